"""Every question that is asked of a graph by an id, by an end of an edge, or in a pass: each table is made once."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from operator import attrgetter
from typing import Any, TypeVar
from weakref import WeakValueDictionary

from chainrule.graph.model import Edge, Flag, Graph, History, Node, Output, Pass, Root, Tensor, Variable

OF_PASS: tuple[Flag, Flag] = ("first_nan_gradient", "first_inf_gradient")
"""Flags that a node has because of one pass or more."""

Result = TypeVar("Result")
_Key = TypeVar("_Key", str, tuple[str, int])
_SOURCE: Callable[[Edge], str] = attrgetter("source")
_TARGET: Callable[[Edge], str] = attrgetter("target")
_OUTPUT: Callable[[Edge], tuple[str, int]] = attrgetter("target", "output_nr")


class _EdgesBy(dict[_Key, list[Edge]]):
    """Edges by one of their ends; asked for an end that has none, it answers so and keeps nothing."""

    def __missing__(self, key: _Key) -> list[Edge]:
        return []


def in_pass(history: History, pass_index: int | None) -> Tensor | None:
    """Return what a place held in a pass.

    Args:
        history: Gradients of an output, contributions of an edge, or ``.grad`` of a leaf.
        pass_index: Which pass, counted from 1 as ``Pass.index`` is; None where none ran.
    """
    return history.in_pass(pass_index)


@dataclass(frozen=True, eq=False)
class GraphIndex:
    """A graph, with tables that are made when something first asks for them.

    Passes are counted from 1 everywhere.
    """

    graph: Graph

    @classmethod
    def of(cls, graph: "Graph | GraphIndex") -> "GraphIndex":
        """Index a graph; where somebody holds an index of it already, that one is returned, with the tables it has."""
        if isinstance(graph, GraphIndex):
            return graph
        found = _INDEXES.get(id(graph))  # no other graph has this id while the index holds its own
        if found is None:
            found = _INDEXES[id(graph)] = GraphIndex(graph)
        return found

    def once(self, make: "Callable[[GraphIndex], Result]") -> "Result":
        """Return what a function makes of the graph, made when it is first asked for.

        Args:
            make: What it gives must not hold the index: both would stay in memory for each other.
        """
        if make not in self._made:
            self._made[make] = make(self)
        found: Result = self._made[make]
        return found

    @cached_property
    def _made(self) -> dict[Callable[["GraphIndex"], object], Any]:
        return {}

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Return the nodes by id, in forward order."""
        return {node.id: node for node in self.graph.nodes}

    @cached_property
    def positions(self) -> dict[str, int]:
        """Return the place of each node in forward order."""
        return {node.id: position for position, node in enumerate(self.graph.nodes)}

    @cached_property
    def edges(self) -> dict[str, Edge]:
        """Return the edges by id."""
        return {edge.id: edge for edge in self.graph.edges}

    @cached_property
    def outputs(self) -> dict[tuple[str, int], Output]:
        """Return the outputs that were seen, by node and output_nr."""
        return {(node.id, output.output_nr): output for node in self.graph.nodes for output in node.outputs}

    @cached_property
    def variables(self) -> dict[tuple[str, int], Variable]:
        """Return the last of the program's variables at its end that holds each output, by node and output_nr."""
        return {(one.node, one.output_nr): one for one in self.graph.variables if one.node is not None}

    @cached_property
    def inputs(self) -> Mapping[str, list[Edge]]:
        """Return for each node the edges to all that it takes in, in the graph's order."""
        return _edges_by(self.graph.edges, _SOURCE)

    @cached_property
    def uses(self) -> Mapping[str, list[Edge]]:
        """Return for each node the edges from all that take it in, in the graph's order."""
        return _edges_by(self.graph.edges, _TARGET)

    @cached_property
    def outgoing(self) -> Mapping[str, list[Edge]]:
        """Return for each node its gradient edges, in the order of their slots: its ``next_functions``."""
        found = _edges_by((edge for edge in self.graph.edges if edge.kind == "gradient"), _SOURCE)
        for edges in found.values():
            edges.sort(key=lambda edge: edge.slot)
        return found

    @cached_property
    def values(self) -> Mapping[str, list[Edge]]:
        """Return for each node what it takes in without passing a gradient there."""
        return _edges_by((edge for edge in self.graph.edges if edge.kind == "value"), _SOURCE)

    @cached_property
    def incoming(self) -> Mapping[tuple[str, int], list[Edge]]:
        """Return for each node and output_nr the gradient edges of those that use that output."""
        return _edges_by((edge for edge in self.graph.edges if edge.kind == "gradient"), _OUTPUT)

    @cached_property
    def is_acyclic(self) -> bool:
        """Return whether no way along the edges leads back to where it began, as of all graphs that PyTorch builds."""
        place = self.positions
        if all(place[edge.target] < place[edge.source] for edge in self.graph.edges):
            return True  # as in nearly all graphs: each node stands behind all that it takes in
        missing = {node: len(edges) for node, edges in self.inputs.items()}
        ready = [node for node in place if node not in missing]
        for node in ready:
            for edge in self.uses[node]:
                missing[edge.source] -= 1
                if not missing[edge.source]:
                    ready.append(edge.source)
        return len(ready) == len(place)

    def output(self, node_id: str, output_nr: int) -> Output | None:
        """Return one output of a node, where it was seen."""
        return self.outputs.get((node_id, output_nr))

    def value(self, node_id: str, output_nr: int = 0) -> Tensor | None:
        """Return the value of an output, where it was seen."""
        output = self.outputs.get((node_id, output_nr))
        return None if output is None else output.value

    def rows(self, node_id: str, output_nr: int) -> slice | None:
        """Return the rows of the local Jacobians of a node that belong to one of its outputs.

        None where it was not seen.
        """
        start = 0
        for number in range(output_nr + 1):
            value = self.value(node_id, number)
            if value is None:
                return None
            start, end = start + value.numel, start
        return slice(end, start)

    def run(self, pass_index: int) -> Pass | None:
        """Return the pass with that number."""
        return self.graph.passes[pass_index - 1] if 0 < pass_index <= len(self.graph.passes) else None

    def roots(self, pass_index: int) -> list[Root]:
        """Return where a pass starts; without such a pass, the graph's own roots."""
        run = self.run(pass_index)
        return self.graph.roots if run is None else run.roots

    def gradient(self, node_id: str, output_nr: int, pass_index: int | None) -> Tensor | None:
        """Return the gradient at an output in a pass."""
        output = self.outputs.get((node_id, output_nr))
        return None if output is None else in_pass(output.gradients, pass_index)

    def reached(self, pass_index: int) -> frozenset[str]:
        """Return the nodes that a gradient arrived at in a pass."""
        return self._reached.get(pass_index, frozenset())

    @cached_property
    def _reached(self) -> dict[int, frozenset[str]]:
        found: defaultdict[int, set[str]] = defaultdict(set)
        for (node_id, _), output in self.outputs.items():
            for number in output.gradients.passes:
                found[number].add(node_id)
        return {number: frozenset(nodes) for number, nodes in found.items()}

    def took_part(self, pass_index: int) -> list[Node]:
        """Return the nodes that a gradient arrived at in a pass, or that passed one on, in forward order."""
        ids = self.reached(pass_index).union(edge.source for edge in self.carriers(pass_index))
        return [self.nodes[ident] for ident in sorted(ids, key=self.positions.__getitem__)]

    def carriers(self, pass_index: int) -> list[Edge]:
        """Return the edges that carried something in a pass, in the graph's order."""
        return self._carriers.get(pass_index, [])

    @cached_property
    def _carriers(self) -> dict[int, list[Edge]]:
        found: defaultdict[int, list[Edge]] = defaultdict(list)
        for edge in self.graph.edges:
            for number in edge.contributions.passes:
                found[number].append(edge)
        return dict(found)

    def carried(self, edge: Edge, pass_index: int) -> Tensor | None:
        """Return what an edge carried in a pass, also where a large graph leaves it out.

        It does so where an edge is alone at an output: what arrives there is what it carried.
        """
        found = in_pass(edge.contributions, pass_index)
        if found is not None or edge.kind == "value" or len(self.incoming[edge.target, edge.output_nr]) > 1:
            return found
        arrived = self.gradient(edge.target, edge.output_nr, pass_index)
        return arrived if arrived is not None and edge.source in self.reached(pass_index) else None

    def flags(self, node: Node, pass_index: int | None) -> list[Flag]:
        """Return the flags of a node without those that only other passes gave it."""
        run = None if pass_index is None else self.run(pass_index)
        if run is None or not self._passes_have_firsts:
            return node.flags
        told = dict(zip(OF_PASS, (run.first_nan, run.first_inf), strict=True))
        return [flag for flag in node.flags if flag not in told or node.id in told[flag]]

    @cached_property
    def _passes_have_firsts(self) -> bool:
        """Return whether passes say where NaN and infinities come up; older graphs have the flags alone."""
        return any(run.first_nan or run.first_inf for run in self.graph.passes)

    @cached_property
    def shown_pass(self) -> int | None:
        """Return the pass that is shown where none is asked for.

        The last that ran to its end, else the last that ran.
        """
        ran = [run for run in self.graph.passes if run.order] or self.graph.passes
        whole = [run for run in ran if run.error is None]
        return next((run.index for run in reversed(whole or ran)), None)

    @cached_property
    def named(self) -> Mapping[str, str]:
        """Return node ids by what a person may call them.

        These are ids, the program's variables at its end, earlier names, and the roots' names.
        """
        names: dict[str, str] = {}
        for root in self.graph.roots:
            if root.name is not None:
                names.setdefault(root.name, root.node)
        for variable in self.graph.variables:
            if variable.node is not None:
                names.setdefault(variable.name, variable.node)
        for node in reversed(self.graph.nodes):
            for name in node.names:
                names.setdefault(name, node.id)
        names.update((node.id, node.id) for node in self.graph.nodes)
        return names


_INDEXES: WeakValueDictionary[int, GraphIndex] = WeakValueDictionary()
"""Those that somebody holds, by the ids of their graphs."""


def _edges_by(edges: Iterable[Edge], key: Callable[[Edge], _Key]) -> _EdgesBy[_Key]:
    found: defaultdict[_Key, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[key(edge)].append(edge)
    return _EdgesBy(found)
