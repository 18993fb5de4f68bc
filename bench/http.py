"""Requests per second of one server process on loopback: cached pictures, 304s, and uncached programs.

``python -m bench.http`` prints figures of this machine, and for uncached programs the ratio to the processor time that
the same programs take without a server. The load comes from one other process over keep-alive connections.
"""

import asyncio
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from chainrule.payload import encode

SEED_PROGRAM = (
    "x = tensor([[0.4490,-0.7287,-1.2367],[1.0262,0.3886,-1.2934],[0.2356,-1.5048,0.1285]], requires_grad=True)\n"
    "g = 2*(x**3)\nz = g.sum()/12\nz.backward()\n"
)
CONNECTIONS = 16
SECONDS = float(os.environ.get("BENCH_SECONDS", "4"))
BARE_RUNS = 200


@dataclass(frozen=True, slots=True)
class Load:
    """What came of a load."""

    answers: int
    seconds: float
    processor: float
    """Processor time of the server, and of the programs it ran and has waited for [s]."""
    latencies: list[float]

    @property
    def cost(self) -> float:
        """Processor time of the server for one answer [µs]."""
        return self.processor / self.answers * 1e6

    @property
    def per_second(self) -> float:
        return self.answers / self.seconds

    def percentile(self, percent: int) -> float:
        return statistics.quantiles(self.latencies, n=100)[percent - 1] * 1000


def request(path: str, **headers: str) -> bytes:
    lines = [f"GET {path} HTTP/1.1", "Host: 127.0.0.1", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def post(body: dict[str, object]) -> bytes:
    content = json.dumps(body).encode()
    head = (
        "POST /api/v1/graphs HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Accept: image/svg+xml\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content


def processor_seconds(pid: int) -> float:
    """Return the processor time of a process so far [s]."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


async def ask(pid: int, port: int, make: Callable[[], bytes], status: int, seconds: float, connections: int) -> Load:
    latencies: list[float] = []

    async def client() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        while time.perf_counter() < deadline:
            start = time.perf_counter()
            writer.write(make())
            head = await reader.readuntil(b"\r\n\r\n")
            found = re.search(rb"content-length: (\d+)", head)
            if found:
                await reader.readexactly(int(found[1]))
            latencies.append(time.perf_counter() - start)
            if int(head[9:12]) != status:
                raise RuntimeError(head.decode())
        writer.close()

    before = processor_seconds(pid)
    started = time.perf_counter()
    deadline = started + seconds
    await asyncio.gather(*(client() for _ in range(connections)))
    seconds = time.perf_counter() - started
    return Load(len(latencies), seconds, processor_seconds(pid) - before, latencies)


def fresh_programs() -> Iterator[bytes]:
    number = 0
    while True:
        number += 1
        yield post({"source": SEED_PROGRAM, "seed": number})


def bare_seconds() -> float:
    """Return the processor time of the seed program alone [s]."""
    code = (
        "import time, torch\nfrom torch import tensor\nsource = compile(" + repr(SEED_PROGRAM) + ", 'p', 'exec')\n"
        "torch.set_num_threads(1)\nexec(source)\nstart = time.process_time()\n"
        f"for _ in range({BARE_RUNS}): exec(source)\n"
        f"print((time.process_time() - start) / {BARE_RUNS})"
    )
    return float(subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout)


def main() -> None:
    environ = {**os.environ, "CHAINRULE_RATE_LIMIT": "0"}
    command = [sys.executable, "-m", "chainrule", "serve", "--port", "0"]
    with subprocess.Popen(command, env=environ, stdout=subprocess.PIPE, text=True) as server:
        try:
            assert server.stdout is not None
            found = re.search(r":(\d+) ", server.stdout.readline())
            assert found
            asyncio.run(measure(server.pid, int(found[1])))
        finally:
            server.terminate()


async def measure(pid: int, port: int) -> None:
    path = f"/svg/{encode(SEED_PROGRAM)}"
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request(path, Connection="close"))
    head, _, picture = (await reader.read()).partition(b"\r\n\r\n")
    etag = re.search(rb'etag: ("[^"]+")', head)
    assert etag
    plain, held = request(path), request(path, **{"If-None-Match": etag[1].decode()})
    cached = await ask(pid, port, lambda: plain, 200, SECONDS, CONNECTIONS)
    unchanged = await ask(pid, port, lambda: held, 304, SECONDS, CONNECTIONS)
    programs = fresh_programs()
    uncached = await ask(pid, port, lambda: next(programs), 200, SECONDS, 4)
    bare = bare_seconds()
    print(
        f"cached pictures ({len(picture):,} bytes): {cached.per_second:,.0f}/s, p99 {cached.percentile(99):.1f} ms, "
        f"{cached.cost:.0f} µs of processor each"
    )
    print(
        f"304 answers: {unchanged.per_second:,.0f}/s, p99 {unchanged.percentile(99):.1f} ms, "
        f"{unchanged.cost:.0f} µs of processor each"
    )
    print(
        f"uncached programs to SVG: {uncached.per_second:.1f}/s, p95 {uncached.percentile(95):.0f} ms, "
        f"{uncached.cost / 1000:.1f} ms of the web process's processor each"
    )
    times = uncached.cost / bare / 1e6
    print(f"bare torch work: {bare * 1e6:.0f} µs of processor; the web process takes {times:.0f} times that")


if __name__ == "__main__":
    main()
