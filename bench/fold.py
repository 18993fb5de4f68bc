"""How folding, steps, paths and text grow with a graph: the time for ten times the nodes over ten times the time.

Processor time is counted, for the machine may be shared.

1.0 is linear. The graphs are made by hand, so that no execution is in the figures; what becomes of real programs is
timed in `bench.picture`.
"""

import gc
import random
import statistics
import sys
import time
from collections.abc import Callable, Mapping
from functools import partial

from chainrule.explain.steps.timeline import list_steps
from chainrule.graph import Graph, Scope
from chainrule.graph.paths import find_paths
from chainrule.scene.build import make_scene
from chainrule.words.tree import write_tree

from tests.graph.build import Builder, chain, module

SIZES = (2_000, 20_000)
ROUNDS = 5
WORK: Mapping[str, Callable[[Graph], object]] = {
    "make_scene": make_scene,
    "list_steps": list_steps,
    "find_paths": lambda graph: find_paths(graph, graph.nodes[0].id, graph.nodes[-1].id),
    "write_tree": write_tree,
}


def random_dag(size: int) -> Graph:
    chance = random.Random(0)
    made = Builder()
    keys = [made.leaf("x")]
    for _ in range(size):
        keys.append(made.node("AddBackward0", [chance.choice(keys[-200:]), chance.choice(keys)]))
    return made.graph()


def loop(size: int) -> Graph:
    """A recurrent cell of 14 operations on four shared weights."""
    made = Builder()
    weights = [made.leaf(f"w{number}") for number in range(4)]
    hidden = cell = made.leaf("h")
    for call in range(1, size // 14 + 1):
        scope = [Scope(kind="module", name="cell", type="LSTMCell", call=call)]
        gates = [made.node("AddmmBackward0", [weight, hidden], scope=scope) for weight in weights]
        gates = [made.node("SigmoidBackward0", [gate], scope=scope) for gate in gates]
        cell = made.node(
            "AddBackward0", [made.node("MulBackward0", [gates[0], cell], scope=scope), gates[1]], scope=scope
        )
        hidden = cell
        for gate in gates[2:]:
            hidden = made.node("MulBackward0", [made.node("TanhBackward0", [hidden], scope=scope), gate], scope=scope)
    return made.graph()


def blocks(size: int) -> Graph:
    """Equal blocks of 56 nodes, each in two halves with a skip."""
    made = Builder()
    last = made.leaf("x")
    for number in range(size // 56):
        outer = [module("net", "Net"), module(f"net.{number}", "Block")]
        for half in ("attn", "mlp"):
            scope = [*outer, module(f"net.{number}.{half}", half.title())]
            skip = last
            for step in range(13):
                weight = made.leaf(f"net.{number}.{half}.{step}", scope, parameter=True)
                last = made.node("MulBackward0", [last, weight], scope=scope)
            last = made.node("AddBackward0", [last, skip], scope=scope)
    return made.graph()


SHAPES: Mapping[str, Callable[[int], Graph]] = {
    "chain": chain,
    "random DAG": random_dag,
    "recurrent loop": loop,
    "blocks": blocks,
}


def seconds(work: Callable[[], object]) -> float:
    times = []
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        times.append(time.process_time() - start)
    return statistics.median(times)


def main() -> int:
    gc.disable()  # how often it walks the whole heap depends on what else is alive
    print(f"{'':16}" + "".join(f"{name:>28}" for name in WORK))
    print(f"{'':16}" + f"{f'{SIZES[1]:,} nodes':>18}{'growth':>10}" * len(WORK))
    for shape, make in SHAPES.items():
        graphs = [make(size) for size in SIZES]
        cells = []
        for work in WORK.values():
            small, large = (seconds(partial(work, graph)) for graph in graphs)
            cells.append(f"{large * 1e3:15.0f} ms{large / small / 10:10.2f}")
        print(f"{shape:16}" + "".join(cells), flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
