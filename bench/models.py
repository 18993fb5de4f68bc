"""Models and training loops, the user's whole way: POST to folded SVG, and a click on a leaf of what came.

Beside each stands torchviz with native dot, which executes the same text in this process without a sandbox, and bare
PyTorch. Every POST is of another seed, so that nothing is answered from memory; the limits are the default ones.
"""

import os
import shutil
import statistics
import sys
from collections.abc import Callable
from typing import Any

import httpx
import torch
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from chainrule.worker.serve import encode
from chainrule.worker.warmup import warm_up

from bench._server import running_server
from bench.seed import descended_from, processor_seconds, seconds, started_by

ROUNDS = 5
TRANSFORMER = """
import torch
from torch import nn
block = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, dropout=0.0)
model = nn.TransformerEncoder(block, {blocks})
loss = model(torch.randn(2, 8, 32)).pow(3).mean()
loss.backward()
"""
TRAINING = """
import torch
from torch import nn
model = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 4), nn.Tanh(), nn.Linear(4, 1))
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
x, y = torch.randn(16, 4), torch.randn(16, 1)
for step in range({steps}):
    optimizer.zero_grad()
    loss = (model(x) - y).pow(2).mean()
    loss.backward()
    optimizer.step()
"""
CASES = {
    "transformer, 12 blocks": TRANSFORMER.format(blocks=12),
    "transformer, 48 blocks": TRANSFORMER.format(blocks=48),
    "MLP, Adam, 10 steps": TRAINING.format(steps=10),
    "MLP, Adam, 100 steps": TRAINING.format(steps=100),
    "MLP, Adam, 300 steps": TRAINING.format(steps=300),
}


def executed(source: str) -> dict[str, object]:
    names: dict[str, object] = {}
    exec(compile(source, "<model>", "exec"), names)
    return names


def with_torchviz(source: str) -> None:
    names = executed(source)
    model: Any = names["model"]
    make_dot(names["loss"], params=dict(model.named_parameters())).pipe(format="svg")


def median(work: Callable[[], object]) -> float:
    return statistics.median(seconds(work) for _ in range(ROUNDS))


def measure(client: httpx.Client, server: int, name: str, source: str) -> None:
    seeds = iter(range(1, 1_000))

    def post() -> None:
        body = {"source": source, "seed": next(seeds)}
        client.post("/api/v1/graphs", json=body, headers={"Accept": "image/svg+xml"}).raise_for_status()

    post()
    before = processor_seconds(descended_from(server))
    ours = median(post)
    each = (processor_seconds(descended_from(server)) - before) / ROUNDS
    bare = median(lambda: executed(source))
    print(f"{name:24} POST to SVG {ours:6.2f} s ({each:5.2f} s of processor), bare {bare:6.3f} s", end="")
    try:
        theirs = median(lambda: with_torchviz(source))
        print(f", torchviz + dot {theirs:6.2f} s, ratio {ours / theirs:.2f}")
    except RecursionError:
        print(", torchviz: RecursionError")
    answer = client.post("/api/v1/graphs", json={"source": source, "seed": 0}).json()
    graph, told = answer["graph"], [problem["slug"] for problem in answer["problems"]]
    print(f"{'':24} {len(graph['nodes'])} nodes, {len(graph['passes'])} passes, told: {', '.join(told) or 'nothing'}")
    leaves = [node["id"] for node in graph["nodes"] if node["kind"] == "leaf"]
    if leaves:
        click = {"source": source, "seed": 0, "node": leaves[0], "parts": ["inspector"]}
        client.post("/run", json=click).raise_for_status()
        chosen = median(lambda: client.post("/run", json=click).raise_for_status())
        print(f"{'':24} selecting its first leaf {chosen:.3f} s")


def main() -> int:
    if shutil.which("dot") is None:
        print("no native dot on the PATH: torchviz cannot draw, nothing to compare with (apt install graphviz)")
        return 1
    torch.set_num_threads(1)
    with running_server() as address, httpx.Client(base_url=address, timeout=120) as client:
        (server,) = (pid for pid in started_by(os.getpid()) if pid != os.getpid())
        for name, source in CASES.items():
            measure(client, server, name, source)
    limits = Limits(wall_seconds=60, cpu_seconds=60)
    warm_up(limits)
    answer = execute(Program(CASES["transformer, 12 blocks"]), limits)
    print(f"the record of 12 blocks: {len(encode(answer, limits)) / 1e6:.2f} MB", end="")
    print(f"; as JSON {len(answer.model_dump_json()) / 1e6:.2f} MB")
    return 0


if __name__ == "__main__":
    from torchviz import make_dot

    sys.exit(main())
