"""Functions that put elements of one tensor elsewhere, each with the way back.

Such a function is linear with weights 1, so the way back, its adjoint, needs no code of its own: the function is asked
where it takes each element from, by moving the elements' numbers instead of the elements.
"""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chainrule.formulas.language.functions import Array, Function


def axes(dim: Any, ndim: int) -> tuple[int, ...]:
    """Dimensions as PyTorch gives them (None or empty for all) as numpy's axes."""
    if dim is None or (isinstance(dim, Sequence) and not dim):
        return tuple(range(ndim))
    if ndim == 0:
        return ()
    given = dim if isinstance(dim, Sequence) else [dim]
    return tuple(int(axis) % ndim for axis in given)


def adjoint(move: Callable[..., Any]) -> Callable[..., Array]:
    """Return the way back of a moving function: each element gets the sum of what came from where it went."""

    def back(gradient: Array, like: Array, *parameters: Any) -> Array:
        size = math.prod(np.shape(like))
        places = np.asarray(move(np.arange(1, size + 1).reshape(np.shape(like)), *parameters))
        flat = np.zeros(size + 1)
        np.add.at(flat, places.ravel(), np.ravel(gradient))
        return flat[1:].reshape(np.shape(like))

    return back


def _integers(index: Any) -> Any:
    array = np.asarray(index)
    return array if array.dtype == bool else array.astype(int)


def _slice(x: Array, dim: int, start: Any, end: Any, step: int) -> Array:
    place: list[Any] = [slice(None)] * np.ndim(x)
    place[dim] = slice(start, end, step)
    return np.asarray(x[tuple(place)])


def _index(x: Array, indices: Sequence[Any]) -> Array:
    """Advanced indexing; a dimension without an index is None there."""
    given = tuple(slice(None) if index is None else _integers(index) for index in indices)
    return np.asarray(x[given])


def _pick(x: Array, dim: int, indices: Array, keepdim: bool) -> Array:
    """Return the elements at positions along a dimension, as ``max(dim)`` finds them."""
    if np.ndim(x) == 0:
        return x
    where = _integers(indices)
    if keepdim or where.ndim == np.ndim(x):
        return np.take_along_axis(x, where, dim)
    return np.squeeze(np.take_along_axis(x, np.expand_dims(where, dim), dim), dim)


def _gather(x: Array, dim: int, index: Array) -> Array:
    where = _integers(index)
    if np.ndim(x) == 0:
        return np.broadcast_to(x, where.shape)
    place = list(np.indices(where.shape))
    place[dim] = where
    return np.asarray(x[tuple(place)])


def _roll(x: Array, shifts: Sequence[int], dims: Sequence[int]) -> Array:
    return np.roll(x, tuple(shifts), tuple(dims)) if dims else np.roll(x, shifts[0])


MOST_ELEMENTS = 1_000_000
"""Elements above which a tensor that is made larger is not computed."""


def _bounded(elements: int) -> None:
    if elements > MOST_ELEMENTS:
        raise ValueError(f"{elements} elements are too many to compute")


def _diag_embed(x: Array, offset: int, dim1: int, dim2: int) -> Array:
    size = np.shape(x)[-1] + abs(offset)
    _bounded(np.size(x) * size)
    result = np.zeros((*np.shape(x)[:-1], size, size), dtype=np.asarray(x).dtype)
    positions = np.arange(np.shape(x)[-1])
    result[..., positions + max(-offset, 0), positions + max(offset, 0)] = x
    return np.moveaxis(result, (-2, -1), (dim1, dim2))


def _pad(x: Array, pad: Sequence[int]) -> Array:
    """Padding with zeros, or cropping where it is negative; pairs from the last dimension on."""
    pairs = [(0, 0)] * np.ndim(x)
    for number in range(len(pad) // 2):
        pairs[np.ndim(x) - 1 - number] = (pad[2 * number], pad[2 * number + 1])
    _bounded(math.prod(size + max(a, 0) + max(b, 0) for size, (a, b) in zip(np.shape(x), pairs, strict=True)))
    padded = np.pad(x, [(max(a, 0), max(b, 0)) for a, b in pairs])
    cropped = tuple(slice(max(-a, 0), padded.shape[i] - max(-b, 0)) for i, (a, b) in enumerate(pairs))
    return np.asarray(padded[cropped])


def _unfold(x: Array, dimension: int, size: int, step: int) -> Array:
    if np.ndim(x) == 0:
        return np.reshape(x, 1)[:size]
    windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=dimension)
    return _slice(windows, dimension % np.ndim(x), 0, None, step)


def _repeat(x: Array, repeats: Sequence[int]) -> Array:
    _bounded(np.size(x) * math.prod(repeats))
    return np.tile(x, tuple(repeats))


def _masked_select(x: Array, mask: Array) -> Array:
    shape = np.broadcast_shapes(np.shape(x), np.shape(mask))
    chosen = np.broadcast_to(np.asarray(mask, dtype=bool), shape)
    return np.asarray(np.broadcast_to(x, shape)[chosen])


def _flat_pick(x: Array, indices: Array) -> Array:
    """Return the elements at positions of each flattened plane (the last two dimensions), as max pooling finds them."""
    where = _integers(indices)
    planes = x.reshape(*x.shape[:-2], -1)
    flat = where.reshape(*where.shape[:-2], -1)
    return np.take_along_axis(planes, flat, -1).reshape(where.shape)


_TABLE: dict[str, tuple[str, Callable[..., Any]]] = {
    "reshape": ("reshape", lambda x, like: np.reshape(x, np.shape(like))),
    "permute": ("permute", lambda x, dims: np.transpose(x, tuple(dims))),
    "swap": ("transpose", lambda x, dim0, dim1: np.swapaxes(x, dim0, dim1) if np.ndim(x) else x),
    "expand": ("expand", lambda x, like: np.broadcast_to(x, np.shape(like))),
    "select": ("select", lambda x, dim, index: np.take(x, index, axis=dim)),
    "slice": ("slice", _slice),
    "index": ("index", _index),
    "index_select": ("index_select", lambda x, dim, index: np.take(x, _integers(index), axis=dim) if np.ndim(x) else x),
    "gather": ("gather", _gather),
    "repeat": ("repeat", _repeat),
    "flip": ("flip", lambda x, dims: np.flip(x, tuple(dims))),
    "roll": ("roll", _roll),
    "diagonal": ("diagonal", lambda x, offset, dim1, dim2: np.diagonal(x, offset, dim1, dim2)),
    "diag_embed": ("diag_embed", _diag_embed),
    "tril": ("tril", lambda x, diagonal: np.tril(x, diagonal)),
    "triu": ("triu", lambda x, diagonal: np.triu(x, diagonal)),
    "pad": ("pad", _pad),
    "take": ("take", lambda x, index: np.take(x, _integers(index))),
    "masked_select": ("masked_select", _masked_select),
    "unfold": ("unfold", _unfold),
    "narrow": ("narrow", lambda x, dim, start, length: _slice(x, dim, start, start + length, 1)),
    "max_pool": ("max_pool", _flat_pick),
    **{name: (name, _pick) for name in ("max", "min", "median", "kthvalue", "mode", "topk", "sort")},
}


def _moving(shown: str, apply: Callable[..., Any]) -> Function:
    latex = shown.replace("_", " ")
    return Function(
        apply, rf"\text{{{{{latex}}}}}\left({{0}}\right)", f"{shown}({{0}})", kind="move", tight=True, bare=True
    )


def _back(shown: str, apply: Callable[..., Any]) -> Function:
    latex = shown.replace("_", " ")
    return Function(
        adjoint(apply),
        rf"{{{{\text{{{{{latex}}}}}}}}}^{{{{\top}}}}\left({{0}}\right)",
        f"{shown}ᵀ({{0}})",
        kind="total",
        tight=True,
        bare=True,
    )


MOVES: dict[str, Function] = {
    **{name: _moving(shown, apply) for name, (shown, apply) in _TABLE.items()},
    **{f"{name}_back": _back(shown, apply) for name, (shown, apply) in _TABLE.items()},
}
"""The moving functions by name, and each one's way back as "<name>_back", whose second operand gives the shape."""
