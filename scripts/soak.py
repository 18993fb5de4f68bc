"""Ten thousand requests, one after the other: does the web process or the zygote grow? Not part of `make bench`."""

import asyncio
import os
import sys
from pathlib import Path

from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

SOURCES = (
    "(x*x).sum()",
    "x = torch.randn(4, 4, requires_grad=True)\nprint(x)\n(x @ x).exp().mean().backward()",
    "raise ValueError('x')",
    "import os",
    "net = nn.Sequential(nn.Linear(4, 4), nn.ReLU(), nn.Linear(4, 1))\nnet(torch.ones(2, 4)).sum().backward()",
)


def _resident_megabytes(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) / 1024


def _zygote() -> int:
    """Return the zygote's process id: the only child of the only child."""
    pid = os.getpid()
    for _ in range(2):
        pid = next(child for child in _processes() if _parent(child) == pid)
    return pid


def _processes() -> list[int]:
    return [int(stat.parent.name) for stat in Path("/proc").glob("[0-9]*/stat")]


def _parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:  # it has ended meanwhile
        return 0


async def main(count: int) -> None:
    """Run so many programs, and print what grew."""
    pool = Pool(Settings(zygote_executions=10_000_000, zygote_minutes=100_000))
    await pool.start()
    try:
        before = (0.0, 0.0)
        for done in range(count + 1):
            await pool.execute(Program(SOURCES[done % len(SOURCES)], inputs={"x": [1.0, 2.0]}))
            if done == count // 10:  # caches are full by then
                before = _resident_megabytes(os.getpid()), _resident_megabytes(_zygote())
            if done and done % (count // 10) == 0:
                after = _resident_megabytes(os.getpid()), _resident_megabytes(_zygote())
                growth = [100 * (now / then - 1) for now, then in zip(after, before, strict=True)]
                print(f"{done:6} requests: server {after[0]:6.1f} MB ({growth[0]:+.1f} %), "
                      f"zygote {after[1]:6.1f} MB ({growth[1]:+.1f} %)", flush=True)  # fmt: skip
        print(pool.figures())
    finally:
        await pool.stop()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000))
