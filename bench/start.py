"""How long a command takes to start: processor and wall time of fresh processes, and a ratio to bare Python.

Run it as ``python -m bench.start``. What is measured imports and parses; it runs no program and draws nothing.
"""

import os
import resource
import statistics
import subprocess
import sys
from time import perf_counter

from tests import ROOT

RUNS = 7
STARTS = {
    "python alone": "pass",
    "chainrule render --help": "from chainrule.cli.main import main; main(['render', '--help'])",
    "chainrule render, all that draws an SVG": (
        "import chainrule.cli.main, chainrule.cli.jobs\n"
        "from chainrule.render.formats.registry import FORMATS\n"
        "FORMATS['svg'].draw"
    ),
    "chainrule serve, all of it": "import chainrule.cli.main, chainrule.cli.serve",
}


def measure(code: str) -> tuple[float, float]:
    """Return the processor and wall time of a process that runs some code [s]."""
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), perf_counter()
    environ = {**os.environ, "PYTHONPATH": str(ROOT / "app")}
    subprocess.run([sys.executable, "-c", code], env=environ, stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return spent, perf_counter() - started


def main() -> None:
    """Print the medians."""
    measure(STARTS["python alone"])
    bare = 0.0
    for name, code in STARTS.items():
        runs = [measure(code) for _ in range(RUNS)]
        spent, wall = (statistics.median(times) for times in zip(*runs, strict=True))
        bare = bare or spent
        print(f"{name:<42} {spent * 1000:7.0f} ms of processor, {wall * 1000:7.0f} ms, {spent / bare:5.1f} of bare")


if __name__ == "__main__":
    main()
