"""What recording costs: forward and backward of a 12-block transformer, bare and on a tape, in the same process.

``python -m bench.recording`` prints both medians by the clock and in processor time, their ratios, and the ratio of the
peaks of memory, each peak taken in a process of its own; then what it costs to follow numbers to where they were read.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from chainrule.tape import Namespace, Tape

BLOCKS, WIDTH, HEADS, BATCH, LENGTH = 12, 256, 4, 4, 128
ROUNDS = 7
TURNS = 1_000
"""Turns of the loops below, each of which has four operations."""
READING = "for _ in range({turns}):\n    s = t.item()\n    y = y * {number} + x\n    z = y.sum()"
PLAIN = "for _ in range({turns}):\n    s = t.sum()\n    y = y * 1.5 + x\n    z = y.sum()"
LOOPS = {
    "number of the program": PLAIN,
    "number that was read": READING.replace("{number}", "s"),
    "number made of a read one": READING.replace("{number}", "(s * 0.5)"),
}


def model() -> torch.nn.Module:
    torch.manual_seed(0)
    block = torch.nn.TransformerEncoderLayer(WIDTH, HEADS, 4 * WIDTH, batch_first=True)
    return torch.nn.TransformerEncoder(block, BLOCKS, enable_nested_tensor=False)


def step(network: torch.nn.Module, data: torch.Tensor) -> None:
    network.zero_grad(set_to_none=True)
    network(data).square().mean().backward()


def taped(network: torch.nn.Module, data: torch.Tensor) -> None:
    with Tape():
        step(network, data)


def seconds(run: Callable[[], None]) -> tuple[float, float]:
    """Give the time by the clock and that of the processor."""
    start, processor = time.perf_counter(), time.process_time()
    run()
    return time.perf_counter() - start, time.process_time() - processor


def loop(source: str, *, recorded: bool) -> None:
    """Run a loop of scalars, bare or on a tape."""
    given = {"t": torch.tensor(1.0), "x": torch.ones((), requires_grad=True), "y": torch.ones(())}
    code = compile(source.format(turns=TURNS), "<program>", "exec")
    if not recorded:
        exec(code, given)
        return
    tape = Tape(source=source.format(turns=TURNS))
    with tape:
        exec(code, Namespace(tape, given))


def print_loops() -> None:
    """Print the processor time of a turn, least of some runs."""
    for name, source in LOOPS.items():
        bare, recorded = (
            min(seconds(lambda on=on, source=source: loop(source, recorded=on))[1] for _ in range(ROUNDS))
            for on in (False, True)
        )
        print(f"{name:26} {bare / TURNS * 1e6:6.0f} µs a turn bare, {recorded / TURNS * 1e6:.0f} µs recorded")


def peak_bytes(kind: str) -> int:
    """Run one step in a new process and give the peak of its memory above what it had before."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.recording", "--peak", kind], capture_output=True, text=True, check=True
    )
    return int(done.stdout)


def print_peak(kind: str) -> None:
    network, data = model(), torch.randn(BATCH, LENGTH, WIDTH)
    before = memory("VmRSS")
    (taped if kind == "taped" else step)(network, data)
    print(memory("VmHWM") - before)


def memory(field: str) -> int:
    """Read a field of Linux's account of this process [bytes]; ``getrusage`` would tell the parent's peak too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(field))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--peak", choices=["bare", "taped"])
    given = parser.parse_args()
    # With more threads than free processors, what is measured is their waiting for each other.
    torch.set_num_threads(1)
    if given.peak:
        print_peak(given.peak)
        return
    network, data = model(), torch.randn(BATCH, LENGTH, WIDTH)
    step(network, data)
    taped(network, data)
    bare, recorded = [], []
    for _ in range(ROUNDS):
        bare.append(seconds(lambda: step(network, data)))
        recorded.append(seconds(lambda: taped(network, data)))
    for index, kind in enumerate(("by the clock", "of the processor")):
        alone, taped_too = (statistics.median(one[index] for one in runs) for runs in (bare, recorded))
        print(f"bare     {alone:8.3f} s {kind}")
        print(f"recorded {taped_too:8.3f} s {kind}")
        print(f"ratio    {taped_too / alone:8.2f}   (budget: under 3)")
    peaks = {kind: peak_bytes(kind) for kind in ("bare", "taped")}
    print(f"peak     {peaks['bare'] / 2**20:8.0f} MiB bare, {peaks['taped'] / 2**20:.0f} MiB recorded")
    print(f"ratio    {peaks['taped'] / peaks['bare']:8.2f}   (budget: under 1.5)")
    print_loops()


if __name__ == "__main__":
    main()
