"""A graph as it was in one pass: of a training loop the one iteration, with what its leaves held then."""

from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field
from typing import Any

from chainrule.graph.construct import make
from chainrule.graph.history import EMPTY, History
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Edge, Graph, Node, NoGradient, Output, Pass, Root, Scope
from chainrule.graph.training.series import Series, list_series, series_of

_KEPT = 24
"""Moments of one graph that are kept."""
_SOURCES = ("leaf", "constant")


@dataclass(frozen=True, slots=True, eq=False)
class Moment:
    """One pass of a graph, and all that belongs to it.

    Passes of one structure have the ids of the last of them: what stands at the same place in the program is called
    the same in each, and a picture of one is laid out as that of another.
    """

    index: GraphIndex
    pass_index: int | None
    series: Series | None
    ids: Mapping[str, str]
    """What each of its nodes is called here, by its id in the whole graph."""

    @property
    def graph(self) -> Graph:
        """Return the graph; its passes are numbered as in the whole one, and all but this one are empty."""
        return self.index.graph


def moment_of(graph: Graph | GraphIndex, pass_index: int | None = None) -> Moment:
    """Return a graph as it was in a pass; where it has no series, that is the whole graph.

    Args:
        graph: the whole graph.
        pass_index: which pass, counted from 1; None, or one that is not there, for the pass that is shown by itself.
    """
    index = GraphIndex.of(graph)
    number = pass_index if pass_index is not None and index.run(pass_index) is not None else index.shown_pass
    if not list_series(index):
        return Moment(index, number, None, _Same())
    kept = index.once(_kept)
    found = kept.get(number)
    if found is None:
        found = _Cut(index, number).moment()
        kept.put(number, found)
    return found


def place_of(graph: Graph | GraphIndex, node_id: str) -> tuple[int | None, str]:
    """Return the pass that shows a node of the whole graph, and what it is called there.

    None for a node that every pass shows, or none does.
    """
    index = GraphIndex.of(graph)
    node = index.nodes.get(node_id)
    if node is None or node.kind == "leaf" or not list_series(index):
        return None, node_id
    for output in node.outputs:
        for number in output.gradients.passes:
            moment = moment_of(index, number)
            if node_id in moment.ids:
                return number, moment.ids[node_id]
    return None, node_id


@dataclass(slots=True, eq=False)
class _Kept:
    """The moments that were asked for last; they do not hold the index of the whole graph."""

    moments: OrderedDict[int | None, Moment] = field(default_factory=OrderedDict)

    def get(self, number: int | None) -> Moment | None:
        if number in self.moments:
            self.moments.move_to_end(number)
        return self.moments.get(number)

    def put(self, number: int | None, moment: Moment) -> None:
        self.moments[number] = moment
        while len(self.moments) > _KEPT:
            self.moments.popitem(last=False)


def _kept(index: GraphIndex) -> _Kept:
    return _Kept()


class _Same(dict[str, str]):
    """Calls every node what it is called."""

    def get(self, key: str, default: Any = None) -> Any:
        return key

    def __getitem__(self, key: str) -> str:
        return key

    def __contains__(self, key: object) -> bool:
        return True


def _unclaimed(index: GraphIndex) -> list[Node]:
    """Return what no pass of a series comes from."""
    runs = (index.graph.passes[number - 1] for series in list_series(index) for number in series.passes)
    stack = list(dict.fromkeys(root.node for run in runs for root in run.roots))
    seen = set(stack)
    while stack:
        for edge in index.inputs[stack.pop()]:
            if edge.target not in seen:
                seen.add(edge.target)
                stack.append(edge.target)
    return [node for key, node in index.nodes.items() if key not in seen]


def _blank(index: GraphIndex) -> list[Pass]:
    return [
        make(Pass, **{**vars(run), "roots": [], "order": [], "accumulated": {}, "first_nan": [], "first_inf": []})
        for run in index.graph.passes
    ]


class _Cut:
    """Cuts one pass out of a graph.

    Args:
        index: the whole graph.
        number: the pass.
    """

    def __init__(self, index: GraphIndex, number: int | None) -> None:
        self._index = index
        self._number = number
        self._series = series_of(index, number)
        self._run = None if number is None else index.run(number)
        self._around = self._run.scope if self._series is not None and self._run is not None else []
        self._shown = self._list_shown()
        self._order = list(self._ordered())

    def moment(self) -> Moment:
        """Return the pass as a graph."""
        ids, edge_ids = self._names()
        index, number = self._index, self._number
        nodes = [self._node(index.nodes[key], ids) for key in self._order]
        edges = [self._edge(edge, ids, edge_ids) for edge in self._edges()]
        graph = make(
            Graph,
            nodes=nodes,
            edges=edges,
            roots=[self._root(root, ids) for root in index.graph.roots if root.node in ids],
            passes=self._passes(ids),
            variables=[
                make(type(one), **{**vars(one), "node": ids[one.node]})
                for one in index.graph.variables
                if one.node in ids
            ],
            optimizers=index.graph.optimizers,
        )
        return Moment(GraphIndex.of(graph), number, self._series, ids)

    def _list_shown(self) -> Set[str]:
        """Return what the pass comes from, and what no series does, but for other iterations of its loop."""
        rest = self._index.once(_unclaimed)
        return {node.id for node in rest if not self._is_elsewhere(node)} | self._list_own()

    def _list_own(self) -> set[str]:
        """Return what the pass comes from; what another iteration computed without gradient is a source of it."""
        index = self._index
        stack = [root.node for root in self._run.roots] if self._run is not None else []
        seen = set(stack)
        while stack:
            key = stack.pop()
            for edge in index.inputs[key]:
                target = index.nodes[edge.target]
                if edge.target in seen:
                    continue
                elsewhere = edge.kind == "value" and self._is_elsewhere(target)
                if elsewhere and target.kind == "function":
                    continue
                seen.add(edge.target)
                if not elsewhere:
                    stack.append(edge.target)
        return seen

    def _is_elsewhere(self, node: Node) -> bool:
        """Return whether a node was made in another iteration of the loop around the pass."""
        for own, around in zip(node.scope, self._around, strict=False):
            if (own.kind, own.name, own.type) != (around.kind, around.name, around.type):
                return False
            if own.call != around.call:
                return True
        return False

    def _ordered(self) -> Iterator[str]:
        """Yield what is shown in forward order, each source just before what first takes it in, unused ones last."""
        index, placed = self._index, set[str]()
        shown = sorted(self._shown, key=index.positions.__getitem__)
        for key in shown:
            if index.nodes[key].kind in _SOURCES:
                continue
            for edge in index.inputs[key]:
                target = edge.target
                if target in self._shown and target not in placed and index.nodes[target].kind in _SOURCES:
                    placed.add(target)
                    yield target
            yield key
        yield from (key for key in shown if key not in placed and index.nodes[key].kind in _SOURCES)

    def _edges(self) -> Iterator[Edge]:
        for key in self._order:
            for edge in self._index.inputs[key]:
                if edge.target in self._shown:
                    yield edge

    def _names(self) -> tuple[dict[str, str], dict[str, str]]:
        """Return what nodes and edges are called: as in the last pass of the series, if that has their structure."""
        own = {key: key for key in self._order}, {edge.id: edge.id for edge in self._edges()}
        if self._series is None or self._series.passes[-1] == self._number:
            return own
        last = _Cut(self._index, self._series.passes[-1])
        edges, others = list(self._edges()), list(last._edges())
        if len(self._order) != len(last._order) or len(edges) != len(others):
            return own
        ids = dict(zip(self._order, last._order, strict=True))
        for edge, other in zip(edges, others, strict=True):
            # Each batch is another part of one split: which output it is does not make it another structure.
            gradient = edge.output_nr == other.output_nr or edge.kind == "value"
            same = (ids[edge.source], edge.slot, ids[edge.target], edge.kind) == (
                *(other.source, other.slot, other.target, other.kind),
            )
            if not (same and gradient):
                return own
        nodes = self._index.nodes
        if any((nodes[key].kind, nodes[key].op) != (nodes[other].kind, nodes[other].op) for key, other in ids.items()):
            return own
        return ids, {edge.id: other.id for edge, other in zip(edges, others, strict=True)}

    def _node(self, node: Node, ids: Mapping[str, str]) -> Node:
        number, fields = self._number, vars(node)
        outputs = node.outputs
        course = node.course
        if node.kind == "leaf" and course is not None and number is not None and outputs:
            held = course.values.in_pass(number)
            if held is not None:
                outputs = [make(Output, **{**vars(outputs[0]), "value": held}), *outputs[1:]]
        why = node.no_gradient
        if why is not None and why.node is not None:
            why = make(NoGradient, reason=why.reason, node=ids.get(why.node))
        gradients = node.outputs[0].gradients.passes if node.outputs else ()
        return make(
            Node,
            **{
                **fields,
                "id": ids[node.id],
                # Where a program was not watched as it gave names, only the last iteration has them.
                "names": node.names or self._index.nodes[ids[node.id]].names,
                "scope": self._scope(node.scope),
                "outputs": [make(Output, **{**vars(one), "gradients": self._only(one.gradients)}) for one in outputs],
                "flags": self._index.flags(node, number),
                "no_gradient": why,
                "accumulated": self._only(node.accumulated),
                "gradient_ratios": [
                    ratio for one, ratio in zip(gradients, node.gradient_ratios, strict=False) if self._is_shown(one)
                ],
            },
        )

    def _edge(self, edge: Edge, ids: Mapping[str, str], edge_ids: Mapping[str, str]) -> Edge:
        return make(
            Edge,
            **{
                **vars(edge),
                "id": edge_ids[edge.id],
                "source": ids[edge.source],
                "target": ids[edge.target],
                "contributions": self._only(edge.contributions),
            },
        )

    def _is_shown(self, number: int) -> bool:
        """Return whether a pass is told of: of a series one alone, and without one all that are in none."""
        return number == self._number or (self._series is None and series_of(self._index, number) is None)

    def _only(self, history: History) -> History:
        if not history.passes:
            return history
        if self._series is not None:
            found = history.in_pass(self._number)
            return EMPTY if found is None or self._number is None else History([(self._number, found)])
        return History([(number, tensor) for number, tensor in history.items() if self._is_shown(number)])

    def _scope(self, scopes: Sequence[Scope]) -> list[Scope]:
        """Return the scopes of a node without the loops that the series is over."""
        shared = 0
        for own, around in zip(scopes, self._around, strict=False):
            if own != around:
                break
            shared += 1
        kept = [
            make(Scope, kind=scope.kind, name=scope.name, type=scope.type, call=1)
            for scope in scopes[:shared]
            if scope.kind != "loop"
        ]
        return [*kept, *scopes[shared:]]

    def _passes(self, ids: Mapping[str, str]) -> list[Pass]:
        found = list(self._index.once(_blank))
        for run in self._index.graph.passes:
            if self._is_shown(run.index):
                found[run.index - 1] = self._pass(run, ids)
        return found

    def _pass(self, run: Pass, ids: Mapping[str, str]) -> Pass:
        def known(keys: Sequence[str]) -> list[str]:
            return [ids[key] for key in keys if key in ids]

        return make(
            Pass,
            **{
                **vars(run),
                "roots": [self._root(root, ids) for root in run.roots if root.node in ids],
                "order": known(run.order),
                "accumulated": {ids[key]: tensor for key, tensor in run.accumulated.items() if key in ids},
                "inputs": known(run.inputs),
                "first_nan": known(run.first_nan),
                "first_inf": known(run.first_inf),
            },
        )

    def _root(self, root: Root, ids: Mapping[str, str]) -> Root:
        own = self._series is not None and self._run is not None and root.node in {one.node for one in self._run.roots}
        name = self._series.name if own and self._series is not None and root.name is None else root.name
        return make(Root, node=ids[root.node], output_nr=root.output_nr, name=name)
