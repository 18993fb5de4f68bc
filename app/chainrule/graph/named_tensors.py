"""The tensors of a graph under names that a person can read: each name once, and equal for equal graphs.

A name says what the tensor is, in which pass where that matters, and what the program calls it: ``value/x``,
``gradient/1/x``, ``grad/1/net.0.weight``.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Output, Saved, Tensor

What = Literal["value", "before", "gradient", "grad", "saved"]
"""What a node computed, what its output held before a change in place, the gradient that arrived there in a pass, what
a leaf holds in ``.grad`` after a pass, and what a node kept for backward."""


@dataclass(frozen=True, slots=True)
class NamedTensor:
    """A tensor of a graph with its name."""

    name: str
    tensor: Tensor
    what: What
    node: str
    output_nr: int | None = None
    """None for what a node saved."""
    pass_index: int | None = None
    """Counted from 1; None for what belongs to no pass."""


def named_tensors(graph: Graph | GraphIndex) -> Iterator[NamedTensor]:
    """Yield the tensors of a graph, node by node in forward order.

    >>> import chainrule
    >>> graph = chainrule.trace("y = 2 * x\\nz = y * y", inputs={"x": 3.0})
    >>> [one.name for one in named_tensors(graph) if one.what in ("value", "gradient")]
    ['value/x', 'gradient/1/x', 'value/2@n1', 'value/y', 'gradient/1/y', 'value/z', 'gradient/1/z']
    """
    index = GraphIndex.of(graph)
    names = _Names(index)
    for node in index.graph.nodes:
        for output in node.outputs:
            yield from _of_output(node, output, names.output(node, output.output_nr))
        for pass_index, held in node.accumulated.items():
            yield NamedTensor(f"grad/{pass_index}/{names.output(node, 0)}", held, "grad", node.id, 0, pass_index)
        for name, saved in node.saved.items():
            for path, tensor in _saved(name, saved):
                yield NamedTensor(f"saved/{names.node(node)}/{path}", tensor, "saved", node.id)


def _of_output(node: Node, output: Output, name: str) -> Iterator[NamedTensor]:
    number = output.output_nr
    if output.before is not None:
        yield NamedTensor(f"before/{name}", output.before, "before", node.id, number)
    if output.value is not None:
        yield NamedTensor(f"value/{name}", output.value, "value", node.id, number)
    for pass_index, gradient in output.gradients.items():
        yield NamedTensor(f"gradient/{pass_index}/{name}", gradient, "gradient", node.id, number, pass_index)


def _saved(path: str, value: Saved) -> Iterator[tuple[str, Tensor]]:
    waiting: list[tuple[str, Saved]] = [(path, value)]
    while waiting:
        at, one = waiting.pop()
        if isinstance(one, Tensor):
            yield at, one
        elif isinstance(one, list):
            waiting += [(f"{at}[{place}]", part) for place, part in reversed(list(enumerate(one)))]


class _Names:
    """Gives each output what the program calls it, with the node's id where that would not be the only one."""

    def __init__(self, index: GraphIndex) -> None:
        self._index = index
        self._called = {
            (node.id, number): self._call(node, number)
            for node in index.graph.nodes
            for number in {0, *(output.output_nr for output in node.outputs)}
        }
        counts = Counter(called for called in self._called.values() if called is not None)
        variables = ((one.name, (one.node, one.output_nr)) for one in index.graph.variables if one.node is not None)
        self._variables = dict(variables)
        self._once = {called for called, count in counts.items() if count == 1}

    def output(self, node: Node, number: int) -> str:
        """Return the name of an output."""
        called = self._called[node.id, number]
        is_own = called is not None and (called in self._once or self._is_meant(called, node, number))
        if called is not None and is_own:
            return called
        return f"{called or _bare(node)}@{node.id}" + (f"[{number}]" if number else "")

    def node(self, node: Node) -> str:
        """Return the name of a node as a whole: that of its output where it has one."""
        return self.output(node, 0) if len(node.outputs) < 2 else f"{_bare(node)}@{node.id}"

    def _call(self, node: Node, number: int) -> str | None:
        variable = self._index.variables.get((node.id, number))
        if node.names and len(node.outputs) < 2:
            return node.names[0]
        return None if variable is None else variable.name

    def _is_meant(self, called: str, node: Node, number: int) -> bool:
        """Return whether the program means this output by its name at the end, or meant it last."""
        if called in self._variables:
            return self._variables[called] == (node.id, number)
        return self._index.named.get(called) == node.id and number == 0


def _bare(node: Node) -> str:
    value = node.outputs[0].value if node.outputs else None
    if node.kind == "constant" and value is not None and not value.shape:
        return value.preview.removeprefix("tensor(").partition(",")[0].rstrip(").")
    return node.op
