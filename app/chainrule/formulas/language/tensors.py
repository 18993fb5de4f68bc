"""The functions of the formula language that move, repeat, take together or multiply elements of whole tensors."""

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from chainrule.formulas.language.convolution import convolve, input_back, weight_back
from chainrule.formulas.language.functions import Array, Function
from chainrule.formulas.language.moves import MOVES, axes


def total(x: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """Return the sum over dimensions."""
    return np.asarray(np.sum(x, axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim)))


def spread(reduced: Array, like: Array, dim: Any = None, keepdim: bool = False) -> Array:
    """Return what was reduced over dimensions, repeated along them again."""
    given = np.asarray(reduced)
    kept = given if keepdim and given.ndim == np.ndim(like) else np.expand_dims(given, axes(dim, np.ndim(like)))
    return np.broadcast_to(kept, np.shape(like))


def count(like: Array, dim: Any = None) -> int:
    """Return how many elements a reduction over dimensions takes together."""
    return math.prod(np.shape(like)[axis] for axis in axes(dim, np.ndim(like)))


def average(x: Array, dim: Any = None) -> Array:
    """Return the mean over dimensions, which stay with size 1."""
    return np.asarray(np.mean(x, axis=axes(dim, np.ndim(x)), keepdims=True))


def softmax(x: Array, dim: int) -> Array:
    """Return the exponentials along a dimension over their sum."""
    if not np.ndim(x):
        return np.ones(())
    grown = np.exp(x - np.max(x, axis=dim, keepdims=True))
    return np.asarray(grown / np.sum(grown, axis=dim, keepdims=True))


def sum_to(x: Array, shape: tuple[int, ...]) -> Array:
    """Undo broadcasting: the sum over the elements that came from the same one."""
    if np.ndim(x) < len(shape):
        return np.broadcast_to(x, shape)
    extra = np.ndim(x) - len(shape)
    summed = np.sum(x, axis=tuple(range(extra)))
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 and np.shape(summed)[i] != 1)
    return np.broadcast_to(np.sum(summed, axis=stretched, keepdims=True), shape)


def transpose(x: Array) -> Array:
    """Return the last two dimensions exchanged, as ``Tensor.mT``; below two dimensions nothing to exchange."""
    return np.swapaxes(x, -1, -2) if np.ndim(x) > 1 else x


def outer(a: Array, b: Array) -> Array:
    """Return the product of a column and a row; of matrices, of each column with its row, added up."""
    return np.multiply.outer(a, b) if np.ndim(a) < 2 else a @ transpose(b)


def one_hot(target: Array, like: Array, ignored: int, weight: Any = None) -> Array:
    """Return for each row the weight of its class at that class, 0 elsewhere."""
    classes = np.atleast_1d(np.asarray(target))
    columns = np.arange(np.shape(like)[-1])
    weights = np.ones(len(columns)) if weight is None else np.asarray(weight)
    hot = np.where((classes[..., None] == columns) & (classes[..., None] != ignored), weights, 0.0)
    return hot.reshape(np.shape(like))


def rows_back(gradient: Array, indices: Array, like: Array, padding: int = -1) -> Array:
    """Return each row's gradient: the sum of what came back from its uses."""
    result = np.zeros(np.shape(like))
    np.add.at(result, np.asarray(indices, dtype=int), gradient)
    if padding >= 0:
        result[padding] = 0
    return result


def split_back(gradients: dict[int, Array], like: Array, sizes: Any, dim: int) -> Array:
    """Return the gradients of the parts put together, 0 for a part that got none."""
    result = np.zeros(np.shape(like))
    length = np.shape(like)[dim]
    each = [sizes] * math.ceil(length / sizes) if isinstance(sizes, int) else sizes
    starts = np.concatenate([[0], np.cumsum(each)])
    for number, gradient in gradients.items():
        place = [slice(None)] * result.ndim
        place[dim] = slice(int(starts[number]), int(starts[number]) + gradient.shape[dim])
        result[tuple(place)] = gradient
    return result


def unbind_back(gradients: dict[int, Array], like: Array, dim: int) -> Array:
    """Return the gradients of the slices put together, 0 for a slice that got none."""
    result = np.moveaxis(np.zeros(np.shape(like)), dim, 0)
    for number, gradient in gradients.items():
        result[number] = gradient
    return np.moveaxis(result, 0, dim)


def avg_pool(x: Array, kernel: Any, stride: Any, padding: Any, count_padding: bool) -> Array:
    """Return the mean of each window of the last two dimensions."""
    windows, weights, _ = _windows(x, kernel, stride, padding, count_padding)
    return np.asarray(np.sum(windows * weights, axis=(-2, -1)))


def avg_pool_back(gradient: Array, like: Array, kernel: Any, stride: Any, padding: Any, count_padding: bool) -> Array:
    """Return each element's gradient: the sum of those of its windows, each by its weight there."""
    _, weights, places = _windows(like, kernel, stride, padding, count_padding)
    flat = np.zeros(np.size(like) + 1)
    np.add.at(flat, places.ravel(), (gradient[..., None, None] * weights * (places > 0)).ravel())
    return flat[1:].reshape(np.shape(like))


def _windows(x: Array, kernel: Any, stride: Any, padding: Any, count_padding: bool) -> tuple[Array, Array, Array]:
    """Return the windows of the last two dimensions, their weights, and each element's number from 1 (0: padding)."""
    steps = stride or kernel
    borders = [(0, 0)] * (np.ndim(x) - 2) + [(pad, pad) for pad in padding]

    def cut(tensor: Array) -> Array:
        windows = np.lib.stride_tricks.sliding_window_view(np.pad(tensor, borders), tuple(kernel), axis=(-2, -1))
        return windows[..., :: steps[0], :: steps[1], :, :]

    places = cut(np.arange(1, np.size(x) + 1).reshape(np.shape(x)))
    inside = (places > 0).sum(axis=(-2, -1), keepdims=True)
    return cut(np.asarray(x)), 1 / (math.prod(kernel) if count_padding else inside), places


def cholesky_back(gradient: Array, factor: Array, upper: bool) -> Array:
    """Return the gradient of a symmetric matrix through its Cholesky factor.

    Source: I. Murray, Differentiation of the Cholesky decomposition (2016), section 3.
    """
    lower, grad = (transpose(factor), transpose(gradient)) if upper else (factor, gradient)
    inner = transpose(lower) @ np.tril(grad)
    half = np.tril(inner) - 0.5 * inner * np.eye(inner.shape[-1])
    inverse = np.linalg.inv(lower)
    outer = transpose(inverse) @ half @ inverse
    return 0.5 * (outer + transpose(outer))


def _over(dim: str) -> str:
    return rf"_{{\text{{dim }} {dim}}}" if dim else ""


def _call(shown: str, apply: Callable[..., Any], text: str = "", operands: int = 1, static: bool = False) -> Function:
    """Return a function that is written with its name before its first operands."""
    listed = ", ".join(f"{{{number}}}" for number in range(operands))
    return Function(
        apply,
        rf"\text{{{{{shown}}}}}\left({listed}\right)",
        f"{text or shown}({listed})",
        kind="other",
        tight=True,
        bare=True,
        static=static,
    )


def _start(tensors: Sequence[Array], dim: int, slot: int) -> int:
    return sum(np.shape(part)[dim] for part in tensors[:slot])


def _size(tensors: Sequence[Array], dim: int, slot: int) -> int:
    return int(np.shape(tensors[slot])[dim])


TENSORS: dict[str, Function] = MOVES | {
    "total": Function(total, lambda x, dim="", *_: rf"\sum{_over(dim)} {x}", "sum({0})", kind="total"),
    "spread": Function(spread, r"{0} \cdot \text{{ones}}", "{0}", kind="move"),
    "count": Function(count, "n", "n", kind="other", tight=True, static=True),
    "equals": Function(
        lambda x, like, dim=None: total(x == like, dim, True) if dim is not None else total(x == like),
        r"n_{{\text{{equal}}}}",
        "n_equal",
        kind="other",
        tight=True,
    ),
    "average": _call("mean", average),
    "softmax": _call("softmax", softmax),
    "T": Function(transpose, r"{0}^{{\top}}", "{0}ᵀ", kind="move"),
    "dot": Function(np.dot, r"{0}^{{\top}} {1}", "{0} · {1}", kind="other"),
    "outer": Function(outer, r"{0} \, {1}^{{\top}}", "{0} {1}ᵀ", kind="other"),
    "inverse": Function(np.linalg.inv, r"{0}^{{-1}}", "{0}⁻¹", kind="other"),
    "solve": Function(np.linalg.solve, r"{0}^{{-1}} {1}", "{0}⁻¹ {1}", kind="other"),
    "determinant": _call("det", np.linalg.det),
    "logdet": _call("ln|det|", lambda a: np.linalg.slogdet(a)[1], text="log|det|"),
    "cholesky": _call(
        "cholesky", lambda a, upper: transpose(np.linalg.cholesky(a)) if upper else np.linalg.cholesky(a)
    ),
    "cholesky_back": _call("cholesky back", cholesky_back),
    "cross": Function(lambda a, b, dim: np.cross(a, b, axis=dim), r"{0} \times {1}", "{0} × {1}", kind="other"),
    "eye": Function(lambda like: np.eye(*np.shape(like)[-2:]), "I", "I", kind="other", tight=True),
    "trace": _call("tr", np.trace, text="trace"),
    "product": Function(
        lambda x, dim=None, keepdim=False: np.prod(x, axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim)),
        r"\prod {0}",
        "prod({0})",
        kind="other",
    ),
    "amax": _call(
        "max", lambda x, dim=None, keepdim=False: np.max(x, axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim))
    ),
    "amin": _call(
        "min", lambda x, dim=None, keepdim=False: np.min(x, axis=axes(dim, np.ndim(x)), keepdims=bool(keepdim))
    ),
    "cumsum": _call("cumsum", lambda x, dim: np.cumsum(x, axis=dim) if np.ndim(x) else x),
    "cumsum_back": _call(
        "cumsum from the end", lambda g, dim: np.flip(np.cumsum(np.flip(g, dim), axis=dim), dim) if np.ndim(g) else g
    ),
    "one_hot": _call("onehot", one_hot),
    "rows": Function(
        lambda weight, indices: np.asarray(weight)[np.asarray(indices, dtype=int)],
        r"\text{{rows}}\left({0}\right)",
        "rows({0})",
        kind="move",
        tight=True,
        bare=True,
    ),
    "rows_back": _call("sum by row", rows_back),
    "split_back": _call("cat", split_back),
    "unbind_back": _call("stack", unbind_back),
    "convolve": Function(convolve, r"{1} \star {0}", "conv({0}, {1})", kind="other"),
    "input_back": Function(input_back, r"{1} \ast {0}", "conv_transpose({0}, {1})", kind="other"),
    "weight_back": Function(weight_back, r"{0} \star {1}", "conv({1}, {0})", kind="other"),
    "cat": Function(
        lambda tensors, dim: np.concatenate(tensors, axis=dim),
        r"\text{{cat}}\left({0}\right)",
        "cat({0})",
        kind="other",
        tight=True,
        bare=True,
    ),
    "stack": Function(
        lambda tensors, dim: np.stack(tensors, axis=dim),
        r"\text{{stack}}\left({0}\right)",
        "stack({0})",
        kind="other",
        tight=True,
        bare=True,
    ),
    "avg_pool": _call("avg pool", avg_pool),
    "avg_pool_back": Function(
        avg_pool_back,
        r"{{\text{{avg pool}}}}^{{\top}}\left({0}\right)",
        "avg_poolᵀ({0})",
        kind="other",
        tight=True,
        bare=True,
    ),
    "sum_like": Function(
        lambda x, like: sum_to(x, np.shape(like)), r"\sum_{{\text{{rows}}}} {0}", "sum({0})", kind="total"
    ),
    "channels": Function(lambda x, like: np.reshape(x, (1, -1, *[1] * (np.ndim(like) - 2))), "{0}", "{0}", kind="move"),
    "layer_dims": Function(lambda shape: list(range(-len(shape), 0)), "", "", kind="other", static=True),
    "batch_dims": Function(lambda like: [i for i in range(np.ndim(like)) if i != 1], "", "", kind="other", static=True),
    "length": Function(lambda like, dim: int(np.shape(like)[dim]), "", "", kind="other", static=True),
    "start": Function(_start, "", "", kind="other", static=True),
    "size": Function(_size, "", "", kind="other", static=True),
}
