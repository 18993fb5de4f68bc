"""The ways from one node to another: which nodes lie between, how many ways there are, and the first of them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Edge, Graph

Users = Mapping[str, list[Edge]]
"""For each node between the two ends, the edges from those between that take it in."""
Along = Callable[[Edge], bool] | None
"""Says whether a way may take an edge; None where it may take any."""


@dataclass(frozen=True, slots=True)
class Paths:
    """All ways between two nodes, in the direction that the data flows."""

    start: str
    """The node that the data comes from."""
    end: str
    count: int
    """How many ways there are, counted without listing them; parallel edges are ways of their own."""
    nodes: frozenset[str]
    """The nodes on any of them, the two ends included; empty where there is none."""
    edges: frozenset[str]
    """The ids of the edges on any of them."""
    listed: tuple[tuple[str, ...], ...]
    """The first of them, each as edge ids from ``start`` to ``end``."""


def find_paths(
    graph: Graph | GraphIndex,
    start: str,
    end: str,
    most: int = 100,
    along: Along = None,
) -> Paths:
    """Find the ways between two nodes, whichever of them comes first.

    Ways are many: with two at each of 200 places there are 2 to the power 200. So what can be told of all of them is
    found without going along each: the nodes between are those that both ends reach, and the number of ways to a node
    is the sum of the numbers of those that it takes in. Only ``most`` are walked, and never into a dead end, since
    every node between leads on. Where edges lead round in a circle between the two, which no graph of PyTorch's has,
    ways have no end: none is counted or listed.

    Here y is (x * x) + x, and z, which no way leads to, takes in x as well. From x to y there are three ways, two of
    them through the parallel edges of the product:

    >>> from chainrule.graph.model import Edge, Graph
    >>> def edge(id, source, target):
    ...     return Edge(id=id, source=source, slot=0, target=target, output_nr=0)
    >>> ends = [("product", "x"), ("product", "x"), ("y", "product"), ("y", "x"), ("z", "x")]
    >>> graph = Graph(edges=[edge(f"e{number}", *pair) for number, pair in enumerate(ends)])
    >>> found = find_paths(graph, "x", "y")
    >>> found.count, sorted(found.nodes)
    (3, ['product', 'x', 'y'])
    >>> found.listed
    (('e0', 'e2'), ('e1', 'e2'), ('e3',))

    Args:
        graph: The graph.
        start: The id of one node.
        end: The id of the other.
        most: How many ways to list; all are counted.
        along: Which edges a way may take; left out, all.
    """
    index = GraphIndex.of(graph)
    found = _paths_down(index, start, end, most, along)
    return found if found.count or start == end else _paths_down(index, end, start, most, along)


def _paths_down(index: GraphIndex, start: str, end: str, most: int, along: Along) -> Paths:
    """Return the ways along which data flows from ``start`` to ``end``."""
    below = _reach(end, index.inputs, "target", along)
    if start not in below:
        return Paths(start, end, 0, frozenset(), frozenset(), ())
    nodes = below & _reach(start, index.uses, "source", along)

    users = {
        node: [edge for edge in index.uses[node] if edge.source in nodes and (along is None or along(edge))]
        for node in nodes
    }
    count = _count(start, end, users)
    listed = tuple(islice(_walk(start, end, users), most)) if count else ()
    edges = frozenset(edge.id for used in users.values() for edge in used)
    return Paths(start, end, count, frozenset(nodes), edges, listed)


def _reach(start: str, edges: Mapping[str, list[Edge]], end: str, along: Along) -> set[str]:
    """Return every node that edges lead to from ``start``, itself included."""
    found = {start}
    waiting = [start]
    while waiting:
        for edge in edges[waiting.pop()]:
            node = getattr(edge, end)
            if node not in found and (along is None or along(edge)):
                found.add(node)
                waiting.append(node)
    return found


def _count(start: str, end: str, users: Users) -> int:
    """Add up the ways node by node; where they lead round in a circle there is no number, and it is 0.

    A node hands on how many ways lead to it, so it must not do so before all that it takes in have handed on theirs:
    ``missing`` says how many of its edges have not, and it is ready at 0. In the example above the product has 1 + 1
    ways and hands 2 on to y, which has one more from x itself.
    """
    missing: dict[str, int] = {}
    for used in users.values():
        for edge in used:
            missing[edge.source] = missing.get(edge.source, 0) + 1
    if start in missing:
        return 0
    ways = {start: 1}
    ready = [start]
    done: set[str] = set()
    while ready:
        node = ready.pop()
        done.add(node)
        for edge in users[node]:
            ways[edge.source] = ways.get(edge.source, 0) + ways[node]
            missing[edge.source] -= 1
            if not missing[edge.source]:
                ready.append(edge.source)
    return ways[end] if len(done) == len(users) else 0


def _walk(start: str, end: str, users: Users) -> Iterator[tuple[str, ...]]:
    """Yield every way, one after the other; all edges lead towards ``end``.

    It goes as deep as the graph, which Python's own recursion does not: ``choices`` holds for each node of the way so
    far the edges that were not tried there.
    """
    if start == end:
        yield ()
        return
    path: list[str] = []
    choices = [iter(users[start])]
    while choices:
        edge = next(choices[-1], None)
        if edge is None:
            choices.pop()
            if path:
                path.pop()
        elif edge.source == end:
            yield (*path, edge.id)
        else:
            path.append(edge.id)
            choices.append(iter(users[edge.source]))
