"""The functions of the formula language that move, repeat or sum elements."""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from app.graph.formulas.functions import Array, Function


def axes(dim: Any, ndim: int) -> tuple[int, ...]:
    """Dimensions as PyTorch gives them (None or empty for all) as numpy's axes."""
    if dim is None or (isinstance(dim, Sequence) and not dim):
        return tuple(range(ndim))
    if ndim == 0:
        return ()
    given = dim if isinstance(dim, Sequence) else [dim]
    return tuple(int(axis) % ndim for axis in given)


def total(x: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """The sum over dimensions."""
    return np.asarray(np.sum(x, axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim)))


def spread(reduced: Array, like: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """What was reduced over dimensions, repeated along them again."""
    kept = reduced if keepdim else np.expand_dims(reduced, axes(dim, np.ndim(like)))
    return np.broadcast_to(kept, np.shape(like))


def count(like: Array, dim: Any = None) -> int:
    """How many elements a reduction over dimensions takes together."""
    return math.prod(np.shape(like)[axis] for axis in axes(dim, np.ndim(like)))


def sum_to(x: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: the sum over the elements that came from the same one."""
    extra = np.ndim(x) - len(shape)
    summed = np.sum(x, axis=tuple(range(extra)))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 and np.shape(summed)[i] != 1)
    return np.asarray(np.sum(summed, axis=stretched, keepdims=True))


def transpose(x: Array) -> Array:
    """The last two dimensions exchanged, as ``Tensor.mT``; below two dimensions nothing to exchange."""
    return np.swapaxes(x, -1, -2) if np.ndim(x) > 1 else x


def outer(a: Array, b: Array) -> Array:
    """The outer product of two vectors."""
    return np.multiply.outer(a, b)


def _over(dim: str) -> str:
    return rf"_{{\text{{dim }} {dim}}}" if dim else ""


TENSORS: dict[str, Function] = {
    "total": Function(total, lambda x, dim="", *_: rf"\sum{_over(dim)} {x}", "sum({0})", kind="total"),
    "spread": Function(spread, r"{0} \, \mathbf{{1}}", "{0}", kind="move"),
    "count": Function(count, "n", "n", kind="other", tight=True, static=True),
    "T": Function(transpose, r"{0}^{{\top}}", "{0}ᵀ", kind="move"),
    "dot": Function(np.dot, r"{0}^{{\top}} {1}", "{0} · {1}", kind="other"),
    "outer": Function(outer, r"{0} \, {1}^{{\top}}", "{0} {1}ᵀ", kind="other"),
}
