"""A finished graph with its program, for the questions of diagnosis."""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from functools import cached_property

from chainrule.diagnose.source import SourceText
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Edge, Node, Pass, Span, Tensor
from chainrule.words.nodes import say_grad_fn
from chainrule.words.saying import joined, say


@dataclass(frozen=True, eq=False)
class GraphFlow(GraphIndex):
    """A graph with its program: what flowed where, and what to call it in a sentence."""

    text: SourceText
    updates: Sequence[Set[str]] = ()
    """For each pass, the leaves that were changed in place before the next one began."""

    @cached_property
    def _passed_on(self) -> dict[tuple[str, int], list[tuple[Edge, Tensor]]]:
        """Return what each node passed on in each pass, as far as it was asked for."""
        return {}

    @property
    def passes(self) -> list[Pass]:
        """Return the passes that came to their end."""
        return [one for one in self.graph.passes if one.error is None]

    def taken_in(self, edge: Edge) -> Tensor | None:
        """Return the forward value that an edge takes in."""
        return self.value(edge.target, edge.output_nr)

    def held_in(self, edge: Edge, pass_index: int) -> Tensor | None:
        """Return what an edge took in, where it is sure that it was that in a pass: a leaf may have been updated."""
        changed = any(edge.target in leaves for leaves in self.updates[: max(0, pass_index - 1)])
        return None if changed else self.taken_in(edge)

    def gradients(self, node: Node, pass_index: int) -> list[Tensor]:
        """Return the cotangents that arrived at a node's outputs in a pass."""
        found = [in_pass(output.gradients, pass_index) for output in node.outputs]
        return [tensor for tensor in found if tensor is not None]

    def passed_on(self, node: Node, pass_index: int) -> list[tuple[Edge, Tensor]]:
        """Return what a node passed on in a pass, by edge."""
        found = self._passed_on.get((node.id, pass_index))
        if found is None:
            carried = [(edge, self.carried(edge, pass_index)) for edge in self.inputs[node.id]]
            found = [(edge, tensor) for edge, tensor in carried if tensor is not None]
            self._passed_on[node.id, pass_index] = found
        return found

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
    return tensor is None or not tensor.nonfinite_count


def is_zero(tensor: Tensor | None) -> bool:
    """Return whether every element of a tensor is zero."""
    return tensor is not None and tensor.is_zero


def has_values(tensor: Tensor) -> bool:
    """Return whether a tensor has a finite element that is not zero."""
    return bool(tensor.norm)


def elements(number: int) -> str:
    """Return how many elements: "1 element", "3 elements"."""
    return say("1 element") if number == 1 else say("{number} elements", number=number)
