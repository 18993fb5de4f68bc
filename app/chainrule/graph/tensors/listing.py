"""How much of a graph JSON tells: tensors that are not listed are given by statistics and a preview."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from chainrule.graph.tensors.references import SHORTEN
from chainrule.graph.tensors.tensor import Tensor

USUALLY_LISTED = 64
"""Elements up to which a tensor is listed where nobody asks for another number."""


@dataclass(frozen=True, slots=True)
class Listing:
    """What JSON tells of a graph.

    Args:
        values: elements up to which a tensor's numbers are listed; 0 for none.
        jacobians: whether edges have their local Jacobians.
    """

    values: int = USUALLY_LISTED
    jacobians: bool = False

    def context(self) -> dict[str, Any]:
        """Return the context with which pydantic writes a graph so."""
        return {SHORTEN: _shortener(self.values)}


def _shortener(most: int) -> Callable[[Tensor], Tensor]:
    """Return what leaves the numbers of larger tensors out, of each tensor once."""
    done: dict[int, tuple[Tensor, Tensor]] = {}

    def shorten(tensor: Tensor) -> Tensor:
        if tensor.numel <= most or not tensor.is_listed:
            return tensor
        known = done.get(id(tensor))
        if known is None:
            known = done[id(tensor)] = (tensor, unlisted(tensor))  # kept, that no id is used twice
        return known[1]

    return shorten


def unlisted(tensor: Tensor) -> Tensor:
    """Return a tensor as it is told where its numbers are not listed, with a histogram where its elements are known."""
    elements = tensor.elements
    if elements is None:
        return tensor.model_copy(update={"values": None})
    return Tensor.of(replace(elements, listed=False), requires_grad=tensor.requires_grad, is_leaf=tensor.is_leaf)
