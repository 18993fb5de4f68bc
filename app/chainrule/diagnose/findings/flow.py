"""A finished graph, indexed for the questions of diagnosis."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Edge, Graph, Node, Pass, Span, Tensor
from chainrule.words.nodes import say_grad_fn
from chainrule.words.saying import joined, say


@dataclass(frozen=True)
class GraphFlow:
    """A graph with its program."""

    graph: Graph
    text: SourceText

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """Return each node by its id."""
        return {node.id: node for node in self.graph.nodes}

    @cached_property
    def taken(self) -> dict[str, list[Edge]]:
        """Return for each node the edges to what it takes in."""
        return self._by("source")

    @cached_property
    def used(self) -> dict[str, list[Edge]]:
        """Return for each node the edges from those that take it in."""
        return self._by("target")

    @cached_property
    def _takers(self) -> Counter[tuple[str, int]]:
        """Return how many gradient edges take each output of each node."""
        return Counter((edge.target, edge.output_nr) for edge in self.graph.edges if edge.kind == "gradient")

    @cached_property
    def _told(self) -> dict[tuple[str, int], list[tuple[Edge, Tensor]]]:
        """Return what each node passed on in each pass, as far as it was asked for."""
        return {}

    def _by(self, end: str) -> dict[str, list[Edge]]:
        found: dict[str, list[Edge]] = {node.id: [] for node in self.graph.nodes}
        for edge in self.graph.edges:
            found.setdefault(getattr(edge, end), []).append(edge)
        return found

    @property
    def passes(self) -> list[tuple[int, Pass]]:
        """Return the passes that came to their end, each with its place in lists of gradients."""
        return [(index, one) for index, one in enumerate(self.graph.passes) if one.error is None]

    def incoming(self, edge: Edge) -> Tensor | None:
        """Return the forward value that an edge takes in."""
        for output in self.nodes[edge.target].outputs:
            if output.output_nr == edge.output_nr:
                return output.value
        return None

    def gradients(self, node: Node, index: int) -> list[Tensor]:
        """Return the cotangents that arrived at a node's outputs in a pass."""
        found = [output.gradients[index] for output in node.outputs if index < len(output.gradients)]
        return [tensor for tensor in found if tensor is not None]

    def passed_on(self, node: Node, index: int) -> list[tuple[Edge, Tensor]]:
        """Return what a node passed on in a pass, by edge."""
        found = self._told.get((node.id, index))
        if found is None:
            carried = [(edge, self.carried(edge, index)) for edge in self.taken[node.id]]
            found = self._told[node.id, index] = [(edge, tensor) for edge, tensor in carried if tensor is not None]
        return found

    def carried(self, edge: Edge, index: int) -> Tensor | None:
        """Return what an edge carried in a pass.

        Large graphs leave it out where it is all that arrived at the target.
        """
        if edge.kind != "gradient" or index >= len(edge.contributions):
            return None
        if edge.contributions[index] is not None:
            return edge.contributions[index]
        if self._takers[edge.target, edge.output_nr] > 1:
            return None
        for output in self.nodes[edge.target].outputs:
            if output.output_nr == edge.output_nr and index < len(output.gradients):
                return output.gradients[index]
        return None

    def in_order(self, one: Pass) -> Iterator[Node]:
        """Return the nodes of a pass in the order in which autograd ran them."""
        return (self.nodes[id] for id in one.order if id in self.nodes)

    def called(self, node: Node) -> str:
        """Return what to call a node in a sentence: "h", "`x*2` (line 3)", "MulBackward0"."""
        if node.names:
            paths = [name for name in node.names if "." in name]
            return paths[0] if paths and "parameter" in node.flags else node.names[0]
        words = self.words(node.span)
        line = say(" in line {line}", line=node.span.line) if node.span else ""
        return joined([f"`{words}`" if words else say_grad_fn(node), line])

    def operation(self, node: Node) -> str:
        """Return the operation of a node with its place: "SqrtBackward0 (`x.sqrt()`, line 3)"."""
        words = self.words(node.span)
        if node.span is None:
            return node.op
        return (
            say("{op} (`{code}`, line {line})", op=node.op, code=words, line=node.span.line)
            if words
            else say("{op} (line {line})", op=node.op, line=node.span.line)
        )

    def words(self, span: Span | None) -> str:
        """Return the text of a span, if it is short."""
        return self.text.short(span)


def is_finite(tensor: Tensor | None) -> bool:
    """Return whether nothing in a tensor is NaN or infinite; an unknown one counts as finite."""
    return tensor is None or (tensor.stats.nan == 0 and tensor.stats.inf == 0)


def is_zero(tensor: Tensor | None) -> bool:
    """Return whether every element of a tensor is zero."""
    return tensor is not None and tensor.numel > 0 and tensor.stats.zero == tensor.numel


def has_values(tensor: Tensor) -> bool:
    """Return whether a tensor has a finite element that is not zero."""
    return bool(tensor.stats.norm)


def elements(number: int) -> str:
    """Return how many elements: "1 element", "3 elements"."""
    return say("1 element") if number == 1 else say("{number} elements", number=number)
