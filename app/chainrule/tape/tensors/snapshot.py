"""What a tensor held at one moment, and how it is told as data."""

from dataclasses import dataclass
from typing import Any

import numpy.typing as npt
import torch

from chainrule.graph import Stats, Tensor
from chainrule.tape.construct import make
from chainrule.tape.tensors.decimals import nested, numbers, shortest
from chainrule.tape.tensors.preview import preview
from chainrule.tape.tensors.statistics import empty_statistics, of_one, statistics
from chainrule.tape.tensors.unrecorded import unrecorded
from chainrule.words.shapes import torch_shape


@dataclass(frozen=True, slots=True, eq=False)
class Snapshot:
    """What a tensor held when it was captured."""

    shape: tuple[int, ...]
    dtype: str
    numel: int
    kept: torch.Tensor | None
    """A copy of all elements, dense and on the CPU; None above the limit, and for a single number."""
    corner: torch.Tensor | None
    """Above the limit: the first and last few elements of each dimension."""
    stats: Stats | None
    """Above the limit; below it they are computed from ``kept`` when asked for."""
    number: bool | int | float | complex | None = None
    """The only element of a tensor without dimensions."""

    def tensor(self) -> torch.Tensor | None:
        """Return all elements as a tensor, or None above the limit."""
        if self.number is not None:
            return torch.tensor(self.number, dtype=getattr(torch, self.dtype))
        return self.kept

    def equals(self, other: "Snapshot") -> bool:
        """Return whether another one has the same elements to the last bit; above the limit, as far as is known."""
        if (self.shape, self.dtype) != (other.shape, other.dtype):
            return False
        if self.number is not None or other.number is not None:
            return repr(self.number) == repr(other.number)
        if self.kept is None or other.kept is None:
            return self.kept is other.kept and self.stats is other.stats
        return as_array(self.kept).tobytes() == as_array(other.kept).tobytes()


def describe(snapshot: Snapshot, requires_grad: bool, is_leaf: bool, listed: bool) -> Tensor:
    """Return a snapshot as data.

    Args:
        snapshot: what to describe.
        requires_grad: of the tensor.
        is_leaf: of the tensor.
        listed: whether the elements may be listed one by one.
    """
    values: Any = None
    stats = snapshot.stats
    corner: Any = None
    if snapshot.number is not None:
        corner = shortest(snapshot.number, snapshot.dtype)
        stats = of_one(snapshot.number)
        values = corner if listed else None
    elif snapshot.kept is not None:
        with unrecorded():
            corner = nested(numbers(snapshot.kept.reshape(-1)), snapshot.shape)
            stats = statistics(as_array(snapshot.kept), histogram=not listed)
        values = corner if listed else None
    elif snapshot.corner is not None:
        with unrecorded():
            elements = snapshot.corner.to(getattr(torch, snapshot.dtype))
            corner = nested(numbers(elements.reshape(-1)), tuple(elements.shape))
    text = f"tensor of shape {torch_shape(snapshot.shape)}"
    if corner is not None:
        text = preview(corner, snapshot.shape, snapshot.dtype)
    return make(
        Tensor,
        shape=list(snapshot.shape),
        dtype=snapshot.dtype,
        requires_grad=requires_grad,
        is_leaf=is_leaf,
        numel=snapshot.numel,
        values=values,
        stats=stats or empty_statistics(),
        preview=text,
    )


def as_array(tensor: torch.Tensor) -> npt.NDArray[Any]:
    """Return a dense tensor on the CPU as an array, without a copy where NumPy has its dtype."""
    tensor = tensor.detach()
    if tensor.dtype is torch.complex32:
        tensor = tensor.to(torch.complex64)
    elif tensor.is_floating_point() and tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.float()
    found: npt.NDArray[Any] = tensor.numpy()
    return found
