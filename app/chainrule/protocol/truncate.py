"""The part of a graph that is nearest to its roots, for one that is too large to be sent whole."""

from collections import deque

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Pass, Root

_LISTS = ("order", "inputs", "first_nan", "first_inf")
"""What of a pass is a list of nodes."""


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
