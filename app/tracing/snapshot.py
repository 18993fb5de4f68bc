"""What a tensor held at one moment: small ones are copied, large ones are summarised at once."""

from dataclasses import dataclass
from typing import Any

import torch

from app.graph import Stats, Tensor
from app.tracing.make import make
from app.tracing.numerals import nested, numbers, shortest
from app.tracing.preview import EDGE, preview
from app.tracing.quiet import quiet
from app.tracing.statistics import empty_statistics, of_one, statistics


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
        """Give all elements as a tensor, or None above the limit."""
        if self.number is not None:
            return torch.tensor(self.number, dtype=getattr(torch, self.dtype))
        return self.kept


def capture(tensor: torch.Tensor, limit: int) -> Snapshot:
    """Capture a tensor.

    Args:
        tensor: any tensor; it is read only.
        limit: elements up to which it is copied whole.
    """
    shape, dtype, numel = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."), tensor.numel()
    try:
        with quiet():
            if not shape and limit:
                return Snapshot(shape, dtype, 1, None, None, None, _dense(tensor).item())
            if numel <= limit:
                return Snapshot(shape, dtype, numel, _dense(tensor).clone(), None, None)
            if tensor.layout is torch.strided:
                dense = _dense(tensor)
                return Snapshot(shape, dtype, numel, None, _corner(dense), statistics(dense, histogram=True))
            return Snapshot(shape, dtype, numel, None, None, _sparse_statistics(tensor, numel))
    except (RuntimeError, NotImplementedError, TypeError):
        # Tensors without readable elements (on the meta device, quantised, of a foreign layout) keep their shape.
        return unread(tensor)


def unread(tensor: torch.Tensor) -> Snapshot:
    """Give the shape and dtype of a tensor, and nothing of what it holds."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Snapshot(tuple(tensor.shape), dtype, tensor.numel(), None, None, empty_statistics())


def describe(snapshot: Snapshot, requires_grad: bool, is_leaf: bool, listed: bool) -> Tensor:
    """Give a snapshot as data.

    Args:
        snapshot: what to describe.
        requires_grad: of the tensor.
        is_leaf: of the tensor.
        listed: whether the elements may be listed one by one.
    """
    values: Any = None
    stats = snapshot.stats or empty_statistics()
    corner: Any = None
    if snapshot.number is not None:
        corner = shortest(snapshot.number, snapshot.dtype)
        stats = of_one(snapshot.number)
        values = corner if listed else None
    elif snapshot.kept is not None:
        with quiet():
            corner = nested(numbers(snapshot.kept.reshape(-1)), snapshot.shape)
            stats = statistics(snapshot.kept, histogram=not listed)
        values = corner if listed else None
    elif snapshot.corner is not None:
        with quiet():
            corner = nested(numbers(snapshot.corner.reshape(-1)), tuple(snapshot.corner.shape))
    text = f"tensor of shape {list(snapshot.shape)}"
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
        stats=stats,
        preview=text,
    )


def _dense(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.layout is not torch.strided:
        # A compressed tensor's count of changes goes up when it is merely read.
        with torch.autograd._unsafe_preserve_version_counter(tensor):
            tensor = tensor.to_dense()
    if tensor.device.type != "cpu":
        tensor = tensor.cpu()
    return tensor.resolve_conj().resolve_neg()


def _corner(tensor: torch.Tensor) -> torch.Tensor:
    for dimension, size in enumerate(tensor.shape):
        if size > 2 * EDGE + 1:
            # One element more than is shown tells that some are left out.
            ends = [*range(EDGE + 1), *range(size - EDGE, size)]
            tensor = tensor.index_select(dimension, torch.tensor(ends))
    return tensor.contiguous().clone()


def _sparse_statistics(tensor: torch.Tensor, numel: int) -> Stats:
    values = tensor.coalesce().values() if tensor.layout is torch.sparse_coo else tensor.values()
    told = statistics(values, histogram=False)
    hidden = numel - values.numel()
    low = None if told.min is None else min(told.min, 0.0)
    high = None if told.max is None else max(told.max, 0.0)
    mean = None if told.mean is None else told.mean * values.numel() / numel
    spread = None
    if told.norm is not None and mean is not None:
        spread = max(told.norm**2 / numel - mean**2, 0.0) ** 0.5
    return told.model_copy(update={"min": low, "max": high, "mean": mean, "std": spread, "zero": told.zero + hidden})
