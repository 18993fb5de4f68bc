"""A graph with the look-ups that questions about it need."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Self

from chainrule.graph.model import Edge, Graph, Node, Output, Pass


@dataclass(frozen=True)
class GraphIndex:
    """A graph, with its nodes by id and its edges by both ends."""

    graph: Graph
    nodes: dict[str, Node]
    outgoing: dict[str, list[Edge]]
    """What each node takes in: gradient edges, in the order of their slots."""
    values: dict[str, list[Edge]]
    """What each node takes in without passing a gradient there."""
    incoming: dict[tuple[str, int], list[Edge]]
    """By node and output_nr: the gradient edges of those that use that output."""

    @classmethod
    def of(cls, graph: Graph) -> Self:
        """Index a graph."""
        outgoing: dict[str, list[Edge]] = defaultdict(list)
        values: dict[str, list[Edge]] = defaultdict(list)
        incoming: dict[tuple[str, int], list[Edge]] = defaultdict(list)
        for edge in graph.edges:
            if edge.kind == "value":
                values[edge.source].append(edge)
            else:
                outgoing[edge.source].append(edge)
                incoming[edge.target, edge.output_nr].append(edge)
        for edges in outgoing.values():
            edges.sort(key=lambda edge: edge.slot)
        nodes = {node.id: node for node in graph.nodes}
        return cls(graph, nodes, dict(outgoing), dict(values), dict(incoming))

    def run(self, pass_index: int) -> Pass | None:
        """Return the pass with that number, counted from 1."""
        return self.graph.passes[pass_index - 1] if 0 < pass_index <= len(self.graph.passes) else None

    def output(self, node_id: str, output_nr: int) -> Output | None:
        """Return one output of a node, where it was seen."""
        node = self.nodes.get(node_id)
        if node is None:
            return None
        return next((output for output in node.outputs if output.output_nr == output_nr), None)

    def rows(self, node_id: str, output_nr: int) -> slice | None:
        """Return the rows of the local Jacobians of a node that belong to one of its outputs.

        None where it was not seen.
        """
        start = 0
        for number in range(output_nr + 1):
            output = self.output(node_id, number)
            if output is None or output.value is None:
                return None
            start, end = start + output.value.numel, start
        return slice(end, start)
