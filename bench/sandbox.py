"""What confinement costs: a program through the warm pool against the same program in a bare fork of the same memory.

Prints, of one run on this machine: the median of a request through the pool with all layers and of one through a bare
fork made when it comes; memory of an idle child; programs a second at saturation against what their bare execution
takes; the 99th percentile with fifty clients; what a client that sends nothing but endless loops does to another; and
how soon an answer comes after the zygote was killed, and after all was.
"""

import asyncio
import multiprocessing
import os
import signal
import statistics
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from chainrule.sandbox import Pool
from chainrule.settings import Settings
from chainrule.worker.warmup import warm_up

SEED = Program(
    source="""
x = torch.tensor([[0.4490, -0.7287, -1.2367],
                  [1.0262, 0.3886, -1.2934],
                  [0.2356, -1.5048, 0.1285]], requires_grad=True)
g = 2*(x**3)
z = g.sum()/12
z.backward()
"""
)
ENDLESS = Program("while True:\n    pass")
TIMES = 60


def percentile(times: list[float], share: float) -> float:
    return sorted(times)[min(len(times) - 1, int(share * len(times)))]


def bare_fork() -> float:
    """Time one request that forks when it comes, sends its answer through a pipe, and confines nothing."""
    began = time.perf_counter()
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        content = execute(SEED, Limits()).model_dump_json().encode()
        os.write(writing, content)
        os._exit(0)
    os.close(writing)
    content = b""
    while piece := os.read(reading, 65_536):
        content += piece
    ExecutionAnswer.model_validate_json(content)
    took = time.perf_counter() - began
    os.close(reading)
    os.waitpid(pid, 0)
    return took


def bare(connection: "multiprocessing.connection.Connection") -> None:
    warm_up(Limits())
    forked = statistics.median(bare_fork() for _ in range(TIMES))
    began = time.process_time()
    for _ in range(TIMES):
        execute(SEED, Limits())
    connection.send((forked, (time.process_time() - began) / TIMES))


async def timed(work: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


def processes_of(pid: int) -> list[int]:
    stats = [(stat.parent.name, stat.read_text()) for stat in Path("/proc").glob("[0-9]*/stat")]
    return [int(name) for name, text in stats if text.rpartition(")")[2].split()[1] == str(pid)]


def megabytes(pid: int, *fields: str) -> float:
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return sum(int(line.split()[1]) for line in lines if line.split(":")[0] in fields) / 1024


def processor_seconds(pid: int) -> float:
    """Return what a process and its children that ended have used, from /proc [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def worker_processes() -> tuple[int, int]:
    """Return the process ids of the stem and of the zygote."""
    (stem,) = processes_of(os.getpid())
    (zygote,) = processes_of(stem)
    return stem, zygote


def alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


async def recovery(*, whole: bool) -> tuple[float, float]:
    """Kill the zygote, or the stem too, and time the next answer; with what a start takes of a processor [s]."""
    pool = Pool(Settings())
    await pool.start()
    try:
        stem, zygote = worker_processes()
        started = processor_seconds(stem) + processor_seconds(zygote)
        for pid in (stem, zygote) if whole else (zygote,):
            os.kill(pid, signal.SIGKILL)
        began = time.perf_counter()
        while alive(zygote):  # until then a child of it could still answer
            await asyncio.sleep(0.001)
        while (await pool.execute(SEED)).problems:
            pass
        return time.perf_counter() - began, started
    finally:
        await pool.stop(drain_seconds=0)


def idle_megabytes() -> tuple[float, float]:
    """Return what an idle child has for itself, and its proportional share with what it has in common."""
    _, zygote = worker_processes()
    idle = sorted(processes_of(zygote))[1:]  # the first one only holds the namespace
    own = [megabytes(pid, "Private_Dirty", "Private_Clean") for pid in idle]
    return statistics.median(own), statistics.median(megabytes(pid, "Pss") for pid in idle)


async def pooled() -> dict[str, float]:
    pool = Pool(Settings(queue=1000, limits=Limits(wall_seconds=1.0)), grace_seconds=1.0)
    await pool.start()
    try:
        figures: dict[str, float] = {}
        figures["cores"] = pool.figures().workers
        singles = []
        for _ in range(TIMES):
            singles.append(await timed(lambda: pool.execute(SEED)))
            await asyncio.sleep(0.03)  # a person's pace: the next child is ready again
        figures["p50"] = statistics.median(singles)
        await asyncio.sleep(2)  # those that were used are gone by then
        figures["own"], figures["share"] = idle_megabytes()
        _, zygote = worker_processes()
        began, used = time.perf_counter(), processor_seconds(zygote) + time.process_time()
        await asyncio.gather(*(pool.execute(SEED) for _ in range(200)))
        figures["rate"] = 200 / (time.perf_counter() - began)
        figures["each"] = (processor_seconds(zygote) + time.process_time() - used) / 200

        async def client() -> list[float]:
            return [await timed(lambda: pool.execute(SEED)) for _ in range(6)]

        fifty = [took for times in await asyncio.gather(*(client() for _ in range(50))) for took in times]
        figures["p99"] = percentile(fifty, 0.99)
        alone = [await timed(lambda: pool.execute(SEED)) for _ in range(TIMES)]

        async def greedy() -> None:
            while True:
                await pool.execute(ENDLESS)

        hog = asyncio.create_task(greedy())
        await asyncio.sleep(0.1)
        beside = [await timed(lambda: pool.execute(SEED)) for _ in range(TIMES)]
        hog.cancel()
        figures["p95 alone"], figures["p95 beside"] = percentile(alone, 0.95), percentile(beside, 0.95)
        return figures
    finally:
        await pool.stop(drain_seconds=0)


def main() -> None:
    figures = asyncio.run(pooled())
    again, _ = asyncio.run(recovery(whole=False))
    anew, start = asyncio.run(recovery(whole=True))
    ours, theirs = multiprocessing.get_context("spawn").Pipe()
    process = multiprocessing.get_context("spawn").Process(target=bare, args=(theirs,))
    os.environ["OMP_NUM_THREADS"] = "1"
    process.start()
    forked, bare_cpu = ours.recv()
    process.join()
    p50, rate, cores = figures["p50"], figures["rate"], figures["cores"]
    alone, beside = figures["p95 alone"], figures["p95 beside"]
    print(f"p50 through the pool        {p50 * 1e3:8.1f} ms")
    print(f"p50 of a bare fork          {forked * 1e3:8.1f} ms   ratio {p50 / forked:.2f} (at most 1.3)")
    print(f"an idle child's own memory  {figures['own']:8.1f} MB   (PSS {figures['share']:.1f} MB, under 25)")
    print(f"programs a second           {rate:8.1f}      {rate * bare_cpu / cores:.2f} of what bare execution could do")
    each = figures["each"]
    print(f"processor time of one       {each * 1e3:8.1f} ms   bare execution is {bare_cpu / each:.2f} of it")
    print(f"p99 with 50 clients         {figures['p99'] * 1e3:8.0f} ms")
    print(f"p95 alone                   {alone * 1e3:8.1f} ms")
    print(f"p95 beside endless loops    {beside * 1e3:8.1f} ms   ratio {beside / alone:.2f} (at most 3)")
    print(f"answer after a killed zygote{again:8.2f} s    (under 3)")
    print(f"after stem and zygote       {anew:8.2f} s    (a start takes {start:.2f} s of a processor)")


if __name__ == "__main__":
    main()
