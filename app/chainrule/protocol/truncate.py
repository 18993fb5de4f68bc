"""The part of a graph that is nearest to its roots, for one that is too large to be sent whole."""

import math
from collections import deque
from collections.abc import Iterable, Iterator

from chainrule.graph.gradients import depths_of
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Pass, Root, Tensor
from chainrule.graph.tensors.elements import corner_shape

_LISTS = ("order", "inputs", "first_nan", "first_inf")
"""What of a pass is a list of nodes."""
STATISTICS_BYTES = 500
"""What is written of a tensor without its elements, about [bytes]."""
LEAST_SPARED = 256
"""Elements up to which a tensor is not worth leaving out: its statistics would take as much room."""


def nearest(graph: Graph, count: int) -> Graph:
    """Return a graph with the nodes that the fewest edges lead to from a root, and what leads from one to another.

    What backward starts from counts as a root; where there is none at all, the nodes that were made last are kept. A
    node that lacks something of what it takes in has the flag "truncated".

    Args:
        graph: the graph.
        count: how many nodes are kept at most.
    """
    kept = _reached(graph, count)
    short = {edge.source for edge in graph.edges if edge.source in kept and edge.target not in kept}
    return Graph(
        schema_version=graph.schema_version,
        nodes=[_node(node, kept, node.id in short) for node in graph.nodes if node.id in kept],
        edges=[edge for edge in graph.edges if edge.source in kept and edge.target in kept],
        roots=_roots(graph.roots, kept),
        passes=[_pass(run, kept) for run in graph.passes],
        variables=[
            one if one.node is None or one.node in kept else one.model_copy(update={"node": None, "output_nr": 0})
            for one in graph.variables
        ],
        optimizers=[
            one.model_copy(update={"leaves": [leaf for leaf in one.leaves if leaf in kept]}) for one in graph.optimizers
        ],
    )


def _reached(graph: Graph, count: int) -> set[str]:
    index = GraphIndex(graph)
    starts = [root.node for root in (*graph.roots, *(root for run in graph.passes for root in run.roots))]
    starts = starts or [node.id for node in reversed(graph.nodes)]
    queue = deque(dict.fromkeys(starts[:count]))
    kept = set(queue)
    while queue:
        for edge in index.inputs[queue.popleft()]:
            if len(kept) == count:
                return kept
            if edge.target not in kept:
                kept.add(edge.target)
                queue.append(edge.target)
    return kept


def _node(node: Node, kept: set[str], is_short: bool) -> Node:
    changes: dict[str, object] = {}
    if is_short and "truncated" not in node.flags:
        changes["flags"] = [*node.flags, "truncated"]
    if node.no_gradient is not None and node.no_gradient.node is not None and node.no_gradient.node not in kept:
        changes["no_gradient"] = node.no_gradient.model_copy(update={"node": None})
    return node.model_copy(update=changes) if changes else node


def _roots(roots: list[Root], kept: set[str]) -> list[Root]:
    return [root for root in roots if root.node in kept]


def _pass(run: Pass, kept: set[str]) -> Pass:
    named = {name: [node for node in getattr(run, name) if node in kept] for name in _LISTS}
    accumulated = {leaf: tensor for leaf, tensor in run.accumulated.items() if leaf in kept}
    return run.model_copy(update={**named, "roots": _roots(run.roots, kept), "accumulated": accumulated})


def spared_of(graph: Graph, excess: int | None) -> list[Tensor]:
    """Return the tensors whose elements have no room: those that are farthest from a root, first.

    Args:
        graph: the graph.
        excess: how much is to be saved [bytes]; None for all that can be.
    """
    depths = depths_of(graph)
    farthest = len(graph.nodes)
    placed: dict[int, tuple[int, Tensor]] = {}
    for node in graph.nodes:
        _note(placed, depths.get(node.id, farthest), _tensors_of(node))
    for edge in graph.edges:
        _note(placed, depths.get(edge.source, farthest), edge.contributions)
    for run in graph.passes:
        _note(placed, farthest, run.accumulated.values())
    for variable in graph.variables:
        _note(placed, farthest, (variable.tensor, variable.gradient))
    found: list[Tensor] = []
    for _, tensor in sorted(placed.values(), key=lambda one: -one[0]):
        if excess is not None and excess <= 0:
            break
        saved = _saved_by(tensor) if tensor.numel > LEAST_SPARED else 0
        if saved > 0:
            found.append(tensor)
            excess = None if excess is None else excess - saved
    return found


def _saved_by(tensor: Tensor) -> int:
    """Return about how much room a tensor leaves without its elements: statistics and its ends remain [bytes]."""
    elements = tensor.elements
    if elements is None or elements.array is None:
        return 0
    return elements.nbytes - math.prod(corner_shape(elements.shape)) * elements.array.itemsize - STATISTICS_BYTES


def _note(placed: dict[int, tuple[int, Tensor]], depth: int, tensors: Iterable[Tensor | None]) -> None:
    """Note tensors at a depth, each at the least at which it stands."""
    for tensor in tensors:
        if tensor is not None and placed.get(id(tensor), (depth + 1, tensor))[0] > depth:
            placed[id(tensor)] = (depth, tensor)


def _tensors_of(node: Node) -> Iterator[Tensor | None]:
    for output in node.outputs:
        yield from (output.value, output.before, *output.gradients)
    yield from node.accumulated
    if node.course is not None:
        yield from node.course.tensors()
    waiting: list[object] = list(node.saved.values())
    while waiting:
        value = waiting.pop()
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, list):
            waiting.extend(value)
