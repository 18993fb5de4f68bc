"""The seed program: a sandboxed, uncached POST to SVG beside torchviz and native dot in-process without a sandbox.

Both sides execute the same source from text to SVG, taken in turns in the same run. Budgets: the POST's median is not
above torchviz's; a cached POST is at least 20 times faster than an uncached one.
"""

import os
import shutil
import statistics
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

import httpx
from chainrule.assets import EXAMPLES

from bench._server import running_server

ROUNDS = 60
SOURCE = (EXAMPLES / "mean_of_cubes.py").read_text(encoding="utf-8")


def processor_seconds(processes: Iterable[int]) -> float:
    """Return what processes and their children that ended have used, from /proc [s]."""
    stats = (Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split() for pid in processes)
    return sum(int(ticks) for fields in stats for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def started_by(pid: int) -> list[int]:
    """Return a process and those that it started and that live."""
    stats = {int(stat.parent.name): stat.read_text() for stat in Path("/proc").glob("[0-9]*/stat")}
    return [pid, *(other for other, text in stats.items() if text.rpartition(")")[2].split()[1] == str(pid))]


def descended_from(pid: int) -> list[int]:
    """Return a process, those that it started, and those that these did: the server, its stem, its zygote."""
    return [pid, *(further for other in started_by(pid)[1:] for further in descended_from(other))]


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def with_torchviz() -> bytes:
    names: dict[str, object] = {"print": lambda *_: None}
    exec(compile(SOURCE, "<seed>", "exec"), names)
    return bytes(make_dot(names["z"], params={"x": names["x"]}).pipe(format="svg"))


def main() -> int:
    if shutil.which("dot") is None:
        print("no native dot on the PATH: torchviz cannot draw, nothing to compare with (apt install graphviz)")
        return 1
    headers = {"Accept": "image/svg+xml"}
    with running_server() as address, httpx.Client(base_url=address, headers=headers) as client:
        (server,) = (pid for pid in started_by(os.getpid()) if pid != os.getpid())

        def post(seed: int) -> None:
            client.post("/api/v1/graphs", json={"source": SOURCE, "seed": seed}).raise_for_status()

        for warm_up in range(5):
            post(warm_up)
            with_torchviz()
        uncached, cached, torchviz = [], [], []
        used = processor_seconds(descended_from(server))
        for seed in range(1_000, 1_000 + ROUNDS):
            post(seed)
        each = (processor_seconds(descended_from(server)) - used) / ROUNDS
        used = processor_seconds([os.getpid()])
        for _ in range(ROUNDS):
            with_torchviz()
        each_torchviz = (processor_seconds([os.getpid()]) - used) / ROUNDS
        for seed in range(100, 100 + ROUNDS):
            uncached.append(seconds(lambda seed=seed: post(seed)))  # another seed is another request
            cached.append(seconds(lambda seed=seed: post(seed)))
            torchviz.append(seconds(with_torchviz))
    ours, again, theirs = (statistics.median(times) for times in (uncached, cached, torchviz))
    print(f"POST to SVG, sandboxed, uncached  p50 {ours * 1e3:7.2f} ms")
    print(f"the same, cached                  p50 {again * 1e3:7.2f} ms   {ours / again:5.1f} x faster (budget: 20)")
    print(f"torchviz + dot, in-process        p50 {theirs * 1e3:7.2f} ms")
    print(f"processor time, all processes: ours {each * 1e3:.1f} ms, torchviz + dot {each_torchviz * 1e3:.1f} ms")
    print(f"ratio uncached / torchviz         {ours / theirs:.2f} (budget: 1.00)")
    return 0


if __name__ == "__main__":
    from torchviz import make_dot

    sys.exit(main())
