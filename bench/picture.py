"""From a graph to its picture, beside torchviz's DOT of the same graph through native dot, in one run.

Execution is not part of it: the graphs are traced first. `first` is a first picture (folding, layout, drawing), `again`
that of another execution of the same program (drawing upon the kept scene and geometry). Times are processor times,
ours and dot's alike, so that a busy machine changes them little.
"""

import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping

import torch
from chainrule.assets import EXAMPLES
from chainrule.graph.model import Graph
from chainrule.layout import make_engine
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions, draw
from chainrule.run.execute import execute
from chainrule.worker.warmup import warm_up
from torch import nn

DOT_SECONDS = 20
ROUNDS = 7
LIMITS = Limits(
    wall_seconds=600, cpu_seconds=600, nodes=60_000, records=1_000_000, answer_bytes=1 << 30, memory_bytes=1 << 34
)

LSTM = """
cell = nn.LSTMCell(8, 16)
h = c = torch.zeros(2, 16)
for step in range({steps}):
    h, c = cell(torch.randn(2, 8), (h, c))
loss = h.sum()
"""
TRANSFORMER = """
layer = nn.TransformerEncoderLayer(32, 4, 64, dropout=0.0, batch_first=True)
net = nn.TransformerEncoder(layer, {blocks})
loss = net(torch.randn(2, 7, 32)).pow(2).mean()
"""
CHAIN = """
y = torch.ones(3, requires_grad=True)
for step in range(10000):
    y = y.sin()
loss = y.sum()
"""
RANDOM = """
picks = torch.Generator().manual_seed(1)
made = [torch.ones(2, requires_grad=True) for index in range(4)]
for step in range(10000):
    first, second = torch.randint(0, len(made), (2,), generator=picks).tolist()
    made.append(made[first] + made[second] if step % 2 else made[first].sin())
loss = torch.stack(made).sum()
"""
CASES: Mapping[str, tuple[str, float | None]] = {
    "sum of cubes": ((EXAMPLES / "mean_of_cubes.py").read_text(encoding="utf-8"), None),
    "LSTM cell, 50 steps": (LSTM.format(steps=50), 1.0),
    "LSTM cell, 200 steps": (LSTM.format(steps=200), 2.0),
    "transformer, 12 blocks": (TRANSFORMER.format(blocks=12), 0.3),
    "transformer, 48 blocks": (TRANSFORMER.format(blocks=48), 1.0),
    "chain of 10,000": (CHAIN, 2.0),
    "random DAG of 10,000": (RANDOM, 2.0),
}


def used() -> float:
    """Processor time of this process and of those it has started and waited for [s]."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def seconds(work: Callable[[], object]) -> float:
    start = used()
    work()
    return used() - start


def traced(source: str) -> Graph:
    answer = execute(Program(source), LIMITS)
    for problem in answer.problems:
        print(f"  {problem.severity}: {problem.title} {problem.message or ''}")
    return answer.graph


def ours(graph: Graph, source: str) -> tuple[float, float]:
    """The medians of a first picture and of one of another execution: another graph to us, with the same structure."""
    first, again = [], []
    copy = Graph.model_validate_json(graph.model_dump_json())
    draw(graph, "svg", ViewOptions(), make_engine(), source)
    for _ in range(ROUNDS):
        engine = make_engine()
        engine.picture("digraph { a }")
        first.append(seconds(lambda engine=engine: draw(graph, "svg", ViewOptions(), engine, source)))
        layouts = engine.layouts
        again.append(seconds(lambda engine=engine: draw(copy, "svg", ViewOptions(), engine, source)))
        assert engine.layouts == layouts
    return statistics.median(first), statistics.median(again)


def theirs(source: str) -> tuple[float | None, str]:
    """What native dot takes for torchviz's DOT, or why there is none."""
    from torchviz import make_dot

    names: dict[str, object] = {"torch": torch, "nn": nn, "print": lambda *_: None}
    exec(compile(source, "<bench>", "exec"), names)
    try:
        dot = make_dot(names.get("loss", names.get("z"))).source
    except RecursionError:
        return None, "RecursionError"
    times = []
    for _ in range(3):
        try:
            times.append(
                seconds(
                    lambda: subprocess.run(
                        ["dot", "-Tsvg"], input=dot.encode(), capture_output=True, timeout=DOT_SECONDS, check=True
                    )
                )
            )
        except subprocess.TimeoutExpired:
            return None, f"over {DOT_SECONDS} s"
        if times[-1] > 1:
            break
    return statistics.median(times), ""


def main() -> int:
    if shutil.which("dot") is None:
        print("no native dot on the PATH: nothing to compare with (apt install graphviz)")
        return 1
    torch.manual_seed(0)
    warm_up(LIMITS)
    print(f"{'graph':24}{'nodes':>7}{'first':>10}{'budget':>9}{'again':>10}{'again/first':>13}{'torchviz+dot':>16}")
    for name, (source, budget) in CASES.items():
        graph = traced(source)
        first, again = ours(graph, source)
        dot, why = theirs(source)
        told = why if dot is None else f"{dot * 1e3:.1f} ms"
        limit = f"{budget:g} s" if budget else "dot"
        print(
            f"{name:24}{len(graph.nodes):7}{first * 1e3:7.1f} ms{limit:>9}{again * 1e3:7.1f} ms"
            f"{again / first:13.2f}{told:>16}",
            flush=True,
        )
    return 0


if __name__ == "__main__":
    sys.exit(main())
