"""The ways from one node to another: which nodes lie between, how many ways there are, and the first of them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from chainrule.errors import ViewInvalidError
from chainrule.graph.lookup import find_node
from chainrule.graph.model import Edge, Graph


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


def find_paths(graph: Graph, start: str, end: str, most: int = 100) -> Paths:
    """Find the ways between two nodes, whichever of them comes first.

    Args:
        graph: The graph.
        start: The id of one node.
        end: The id of the other.
        most: How many ways to list; all are counted.
    """
    found = _paths_down(graph, start, end, most)
    return found if found.count or start == end else _paths_down(graph, end, start, most)


def parse_path(graph: Graph, text: str) -> tuple[str, str]:
    """Read "x..z" as two nodes.

    Raises:
        ViewInvalidError: it is not two names with ".." between, or one of them is not there.
    """
    first, dots, last = text.partition("..")
    if not (first and dots and last):
        raise ViewInvalidError("path", f"{text!r} is not two names with '..' between, as in x..z")
    return find_node(graph, first.strip(), "path"), find_node(graph, last.strip(), "path")


def _paths_down(graph: Graph, start: str, end: str, most: int) -> Paths:
    """Return the ways along which data flows from ``start`` to ``end``."""
    below = _reach(end, _by(graph.edges, "source"), "target")
    above = _reach(start, _by(graph.edges, "target"), "source")
    nodes = below & above
    if start not in nodes or end not in nodes:
        return Paths(start, end, 0, frozenset(), frozenset(), ())
    edges = [edge for edge in graph.edges if edge.source in nodes and edge.target in nodes]
    upward = _by(edges, "target")
    listed: list[tuple[str, ...]] = []
    for path in _walk(start, end, upward):
        if len(listed) >= most:
            break
        listed.append(path)
    count = _count(start, end, edges, upward)
    return Paths(start, end, count, frozenset(nodes), frozenset(edge.id for edge in edges), tuple(listed))


def _by(edges: Iterable[Edge], end: str) -> dict[str, list[Edge]]:
    """Edges by their "source" or "target"."""
    found: dict[str, list[Edge]] = {}
    for edge in edges:
        found.setdefault(getattr(edge, end), []).append(edge)
    return found


def _reach(start: str, edges: Mapping[str, list[Edge]], end: str) -> set[str]:
    """Return every node that edges lead to from ``start``, itself included."""
    found = {start}
    waiting = [start]
    while waiting:
        for edge in edges.get(waiting.pop(), ()):
            node = getattr(edge, end)
            if node not in found:
                found.add(node)
                waiting.append(node)
    return found


def _count(start: str, end: str, edges: Iterable[Edge], upward: Mapping[str, list[Edge]]) -> int:
    """Add up the ways node by node, each after all that it takes in."""
    missing: dict[str, int] = {}
    for edge in edges:
        missing[edge.source] = missing.get(edge.source, 0) + 1
    ways = {start: 1}
    ready = [start]
    while ready:
        node = ready.pop()
        for edge in upward.get(node, ()):
            ways[edge.source] = ways.get(edge.source, 0) + ways[node]
            missing[edge.source] -= 1
            if not missing[edge.source]:
                ready.append(edge.source)
    return ways[end]


def _walk(start: str, end: str, upward: Mapping[str, list[Edge]]) -> Iterator[tuple[str, ...]]:
    """Yield every way, one after the other, without recursion; all edges lead towards ``end``."""
    if start == end:
        yield ()
        return
    path: list[str] = []
    choices = [iter(upward.get(start, ()))]
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
            choices.append(iter(upward.get(edge.source, ())))
