"""The values that a node's formula stands on, taken from the graph."""

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.formulas import Formula, Literal
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Node, Saved, Tensor
from chainrule.graph.numbers import python_values

_UNSIGNED = 2**63
_WIDE = {"f": np.float64, "c": np.complex128}
"""What formulas are computed in, whatever the tensor's own precision."""


def array(tensor: Tensor | None) -> NDArray[Any] | None:
    """Return the numbers of a tensor, or None where they are not listed one by one."""
    if tensor is None or not tensor.is_listed:
        return None
    elements = tensor.elements
    if elements is not None and elements.array is not None:
        kept = elements.array
        return kept.astype(_WIDE[kept.dtype.kind]) if kept.dtype.kind in _WIDE else kept
    try:
        return np.array(python_values(tensor.values)).reshape(tensor.shape)
    except ValueError:
        # A graph that was sent to us need not be one that a tape made.
        return None


def _unlisted(tensor: Tensor | None) -> NDArray[Any] | None:
    """Return a tensor of which only the shape is known: one NaN, repeated without taking memory."""
    try:
        return None if tensor is None else np.broadcast_to(np.array(math.nan), tensor.shape)
    except ValueError:
        return None


def parameter(saved: Saved) -> Any:
    """Return a saved value for a formula.

    The unsigned integers in which PyTorch keeps a dimension of -1 made negative.
    """
    if isinstance(saved, Tensor):
        listed = array(saved)
        return _unlisted(saved) if listed is None else listed
    if isinstance(saved, list):
        return [parameter(item) for item in saved]
    if isinstance(saved, int) and not isinstance(saved, bool) and saved >= _UNSIGNED:
        return saved - 2 * _UNSIGNED
    return saved


class Bound:
    """The values of one node's formula in one pass."""

    def __init__(self, index: GraphIndex, node: Node, formula: Formula, pass_index: int) -> None:
        self.values: dict[str, Any] = dict(formula.defaults)
        """By the formula's names: arrays for tensors, PyTorch's own values for parameters."""
        self.unlisted: set[str] = set()
        """Names of tensors whose numbers are not listed."""
        self.literals: dict[str, Literal] = {}
        """Tensors that the program wrote as a plain number."""
        for name, saved in node.saved.items():
            if isinstance(saved, Tensor):
                self._bind(name, saved)
                value = self.values.get(name)
                if (
                    value is not None
                    and value.ndim == 0
                    and name not in (*formula.vjps, "result")
                    and name not in self.unlisted
                ):
                    self.literals[name] = value.item()
            elif saved is not None or not (name in self.values or name in formula.vjps):
                self.values[name] = parameter(saved)
        if formula.variadic:
            self._bind_list(index, node)
        for edge in index.outgoing[node.id]:
            argument = formula.argument(edge.slot)
            if argument is not None and not formula.variadic:
                self._bind(argument, index.value(edge.target, edge.output_nr))
        for edge in index.values[node.id]:
            argument = edge.argument
            if argument is None or formula.variadic:
                continue
            if self.values.get(argument) is None:
                self._bind(argument, index.value(edge.target, edge.output_nr))
            target = index.nodes[edge.target]
            if target.kind == "constant" and not target.names:
                value = self.values.get(argument)
                if isinstance(value, np.ndarray) and value.ndim == 0 and not np.iscomplexobj(value):
                    self.literals[argument] = value.item()
        gradients: dict[int, NDArray[Any] | None] = {}
        for output in node.outputs:
            self._bind(f"result{output.output_nr}", output.value)
            gradient = in_pass(output.gradients, pass_index)
            self._bind(f"grad{output.output_nr}", gradient)
            if gradient is not None:
                gradients[output.output_nr] = array(gradient)
        if gradients and all(gradient is not None for gradient in gradients.values()):
            self.values["grads"] = gradients
            for output in node.outputs:
                # Nothing arrived there, which counts as 0.
                self.values.setdefault(f"grad{output.output_nr}", 0)
        for only in ("result", "grad"):
            if f"{only}0" in self.values:
                self.values[only] = self.values[f"{only}0"]
                self.unlisted |= {only} if f"{only}0" in self.unlisted else set()

    def at(self, slot: int) -> dict[str, Any]:
        """Return the values for one entry of ``next_functions``."""
        return self.values | {"slot": slot}

    def _bind_list(self, index: GraphIndex, node: Node) -> None:
        """The inputs of an operator that takes a list: known where each of them has a slot of its own."""
        if index.values[node.id]:
            return
        listed = [array(index.value(edge.target, edge.output_nr)) for edge in index.outgoing[node.id]]
        if all(part is not None for part in listed):
            self.values["tensors"] = listed

    def _bind(self, name: str, tensor: Tensor | None) -> None:
        listed = array(tensor)
        if listed is not None:
            self.values[name] = listed
            self.unlisted.discard(name)
        elif (shaped := _unlisted(tensor)) is not None and name not in self.values:
            self.values[name] = shaped
            self.unlisted.add(name)
