"""What recording holds of data that only passes through: the peaks of memory of a program of generators.

``python -m bench.streaming`` prints the peaks of a bare and of a recorded run, each in a process of its own whose
allocator gives large blocks back at once, so that a peak is what was held and not what was kept for later.
"""

import argparse
import os
import subprocess
import sys

import torch
from chainrule.tape import Namespace, Tape

from bench.recording import memory

PROGRAM = """
def load(count):
    for i in range(count):
        yield torch.ones(1_000_000)*i

def scale(tensors):
    for t in tensors:
        t = t.sin()
        yield t*2

total = 0
for i, t in enumerate(scale(load(60))):
    total = total + t.sum()
    if i % 7 == 0:
        for first in scale(load(3)):
            total = total + first.mean()
            break
total = total + sum(t.mean() for t in load(30)) + sum([t.sum() for t in scale(load(10))])
"""


def print_peak(kind: str) -> None:
    torch.set_num_threads(1)
    with Tape():  # what the first tape of a process imports is not what a program holds
        torch.ones(1000).sin().sum()
    code, before = compile(PROGRAM, "<program>", "exec"), memory("VmRSS")
    if kind == "taped":
        tape = Tape(source=PROGRAM)
        with tape:
            exec(code, Namespace(tape, {"torch": torch}))
    else:
        exec(code, {"torch": torch})
    print(memory("VmHWM") - before)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peak", choices=["bare", "taped"])
    given = parser.parse_args()
    if given.peak:
        print_peak(given.peak)
        return
    run = [sys.executable, "-m", "bench.streaming", "--peak"]
    environment = {**os.environ, "MALLOC_MMAP_THRESHOLD_": "100000"}
    bare, taped = (
        int(subprocess.run([*run, kind], capture_output=True, text=True, check=True, env=environment).stdout) / 2**20
        for kind in ("bare", "taped")
    )
    print(f"peak     {bare:8.1f} MiB bare, {taped:.1f} MiB recorded")
    print(f"ratio    {taped / bare:8.2f}   (budget: under 1.5)")


if __name__ == "__main__":
    main()
