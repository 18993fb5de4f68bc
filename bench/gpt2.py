"""GPT-2 small (12 layers, 768 wide, random parameters, a batch of 2 x 64) through ``chainrule view``, beside python.

Both run the same script in a fresh process, in turns: one training step, timed by the script. What is compared is the
step's processor time, the whole process's, and its peak memory. Needs ``transformers``.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

ROUNDS = 3
SCRIPT = """
import time
import torch
from transformers import GPT2Config, GPT2LMHeadModel

torch.manual_seed(0)
model = GPT2LMHeadModel(GPT2Config())
ids = torch.randint(0, 50257, (2, 64))
start = time.process_time()
loss = model(input_ids=ids, labels=ids).loss
loss.backward()
print("step", time.process_time() - start, loss.item())
"""


@dataclass(frozen=True)
class Run:
    """What one process took."""

    step: float
    """Processor time [s]."""
    whole: float
    """Processor time [s]."""
    peak: float
    """Resident memory [MB]."""
    loss: str


def run(*command: str) -> Run:
    process = subprocess.Popen(
        [sys.executable, *command], stdout=subprocess.PIPE, text=True, env=os.environ | {"HF_HUB_OFFLINE": "1"}
    )
    assert process.stdout is not None
    printed = process.stdout.read()
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise RuntimeError(f"{' '.join(command)} ended with {os.waitstatus_to_exitcode(status)}")
    (line,) = (line for line in printed.splitlines() if line.startswith("step"))
    _, step, loss = line.split()
    return Run(float(step), usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, loss)


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        script, graph = Path(folder, "train.py"), Path(folder, "graph.json")
        script.write_text(SCRIPT, encoding="utf-8")
        bare, viewed = [], []
        for _ in range(ROUNDS):
            bare.append(run(str(script)))
            viewed.append(run("-m", "chainrule", "view", "--no-open", "-o", str(graph), str(script)))
        print(f"the graph: {graph.stat().st_size / 1e6:.1f} MB of JSON")
    assert len({one.loss for one in (*bare, *viewed)}) == 1, "the loss is another one"
    for name in ("step", "whole", "peak"):
        ours, theirs = (statistics.median(getattr(one, name) for one in runs) for runs in (viewed, bare))
        unit = "MB" if name == "peak" else "s"
        print(f"{name:6} view {ours:8.2f} {unit}, python {theirs:8.2f} {unit}, ratio {ours / theirs:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
