"""What recording costs: forward and backward of a 12-block transformer, bare and on a tape, in the same process.

``python -m bench.recording`` prints both medians, their ratio, and the ratio of the peaks of memory, each peak taken in
a process of its own.
"""

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch

from app.tracing import Tape

BLOCKS, WIDTH, HEADS, BATCH, LENGTH = 12, 256, 4, 4, 128
ROUNDS = 7


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


def seconds(run: Callable[[], None]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


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
    ratio = statistics.median(recorded) / statistics.median(bare)
    print(f"bare     {statistics.median(bare):8.3f} s")
    print(f"recorded {statistics.median(recorded):8.3f} s")
    print(f"ratio    {ratio:8.2f}   (budget: under 3)")
    peaks = {kind: peak_bytes(kind) for kind in ("bare", "taped")}
    print(f"peak     {peaks['bare'] / 2**20:8.0f} MiB bare, {peaks['taped'] / 2**20:.0f} MiB recorded")
    print(f"ratio    {peaks['taped'] / peaks['bare']:8.2f}   (budget: under 1.5)")


if __name__ == "__main__":
    main()
