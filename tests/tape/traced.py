"""What a test sees of a program that ran on a tape."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from chainrule.graph import Edge, Graph, Node, Values
from chainrule.tape import Tape


@dataclass(frozen=True)
class Traced:
    """A program that ran on a tape."""

    tape: Tape
    graph: Graph
    namespace: dict[str, Any]
    error: Exception | None

    def node(self, name_or_op: str) -> Node:
        """Give the only node with that name or operator."""
        found = [node for node in self.graph.nodes if name_or_op in (*node.names, node.op)]
        assert len(found) == 1, [node.op for node in found]
        return found[0]

    def edges(self, node: Node) -> list[Edge]:
        """Give what a node takes in."""
        return [edge for edge in self.graph.edges if edge.source == node.id]

    def value(self, name_or_op: str) -> Values | None:
        """Give the value of output 0 of a node."""
        value = self.node(name_or_op).outputs[0].value
        return None if value is None else value.values

    def gradient(self, name_or_op: str, index: int = 1) -> Values | None:
        """Give the gradient of output 0 of a node in one pass."""
        gradient = self.node(name_or_op).outputs[0].gradients.in_pass(index)
        return None if gradient is None else gradient.values


Trace = Callable[..., Traced]
