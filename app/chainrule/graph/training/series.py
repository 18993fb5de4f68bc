"""Passes that come from one place in a loop and have one structure: one picture, with the pass as time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Pass, Scope, Span


@dataclass(frozen=True, slots=True)
class Series:
    """The passes of one loop, in order."""

    number: int
    """Counted from 1, in the order of their first passes."""
    name: str
    """What the passes start from: "loss"."""
    span: Span | None
    """The call that runs them."""
    passes: tuple[int, ...]
    """Their numbers, counted from 1 as ``Pass.index`` is."""
    axes: tuple[str, ...]
    """What tells the passes apart, from the outermost loop to the innermost: "epoch", "step"."""
    places: tuple[tuple[int, ...], ...]
    """For each pass, which iteration of each axis it ran in, counted from 1."""

    def place(self, pass_index: int) -> tuple[int, ...]:
        """Return the iterations that a pass ran in.

        Raises:
            ValueError: it is none of this series.
        """
        return self.places[self.passes.index(pass_index)]


def list_series(graph: Graph | GraphIndex) -> tuple[Series, ...]:
    """Return the series of a graph, in the order of their first passes.

    A loop that computes, steps back and changes its parameters again and again makes one; one that does so for two
    losses makes two. What is not in a loop, and what ran once, is in none.

    >>> import chainrule
    >>> graph = chainrule.trace('''
    ... w = torch.tensor(2.0, requires_grad=True)
    ... for epoch in range(2):
    ...     for step in range(3):
    ...         loss = (w - 1) ** 2
    ...         loss.backward()
    ... ''')
    >>> [series] = list_series(graph)
    >>> series.name, series.axes, series.passes, series.place(5)
    ('loss', ('epoch', 'step'), (1, 2, 3, 4, 5, 6), (2, 2))
    """
    return GraphIndex.of(graph).once(_series)


def series_of(graph: Graph | GraphIndex, pass_index: int | None) -> Series | None:
    """Return the series that a pass belongs to; None where it is in none."""
    return GraphIndex.of(graph).once(_by_pass).get(pass_index or 0)


def _by_pass(index: GraphIndex) -> dict[int, Series]:
    return {number: series for series in list_series(index) for number in series.passes}


def _series(index: GraphIndex) -> tuple[Series, ...]:
    runs = [run for run in index.graph.passes if run.error is None and run.order and _loops(run.scope)]
    if len(runs) < 2:
        return ()
    marks = _Marks(index)
    groups: dict[object, list[Pass]] = {}
    for run in runs:
        groups.setdefault((run.call, flat(run.span), _names(run.scope), marks.of(run)), []).append(run)
    found: list[Series] = []
    for group in groups.values():
        axes = _axes([run.scope for run in group])
        around = group[0].scope
        if any(around[axis].kind == "loop" for axis in axes):
            found.append(
                Series(
                    len(found) + 1,
                    _name(index, group),
                    group[0].span,
                    tuple(run.index for run in group),
                    tuple(around[axis].name for axis in axes),
                    tuple(tuple(run.scope[axis].call for axis in axes) for run in group),
                )
            )
    return tuple(found)


class _Marks:
    """Tells what a pass reached, whatever the iteration: equal for passes of one structure.

    An operation is told by where it stands in the program and what it is, so that a sequence of another length has the
    same structure; a leaf by where it was made, so that one that is made anew each time has too.
    """

    def __init__(self, index: GraphIndex) -> None:
        numbers: dict[object, int] = {}
        self._marks = {
            node.id: numbers.setdefault(_mark(node), len(numbers)) for node in index.graph.nodes if node.kind in _RUN
        }

    def of(self, run: Pass) -> frozenset[int]:
        return frozenset([self._marks[node] for node in run.order if node in self._marks])


_RUN = ("function", "leaf")
"""Kinds of nodes that take part in a pass."""


def _mark(node: Node) -> object:
    if node.kind == "leaf":
        return flat(node.span) or node.id
    # A module that is made anew in each iteration has its name in the last one alone.
    return node.op, flat(node.span), tuple([(scope.kind, scope.type) for scope in node.scope])


def flat(span: Span | None) -> object:
    """Return a place as something that can be compared quickly."""
    return None if span is None else tuple(vars(span).values())


def _names(scopes: Sequence[Scope]) -> tuple[tuple[str, str, str], ...]:
    return tuple([(scope.kind, scope.name, scope.type) for scope in scopes])


def _loops(scopes: Sequence[Scope]) -> bool:
    return any(scope.kind == "loop" for scope in scopes)


def _axes(scopes: Sequence[Sequence[Scope]]) -> list[int]:
    """Return the places of those scopes in which some passes are other calls or iterations than others."""
    columns = zip_longest(*([scope.call for scope in one] for one in scopes))
    return [place for place, calls in enumerate(columns) if len(set(calls)) > 1]


def _name(index: GraphIndex, group: Sequence[Pass]) -> str:
    roots = group[-1].roots
    if not roots:
        return "backward"
    return roots[0].name or index.nodes[roots[0].node].op
