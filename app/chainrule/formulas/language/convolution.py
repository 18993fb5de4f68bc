"""Convolution as the list of products that it adds up, from which both its ways back follow."""

from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from chainrule.formulas.language.functions import Array

MOST_PRODUCTS = 200_000
"""Above so many products a convolution is not computed."""


def _products(
    input_shape: Sequence[int],
    weight_shape: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    groups: int,
) -> tuple[Any, tuple[int, ...]]:
    """Flat positions (output, input, weight) of every product, and the shape of the output.

    Raises:
        KeyError: there are too many.
    """
    batch, spatial, kernel = input_shape[0], input_shape[2:], weight_shape[2:]
    sizes = [
        (size + 2 * pad - dil * (k - 1) - 1) // step + 1
        for size, pad, dil, k, step in zip(spatial, padding, dilation, kernel, stride, strict=True)
    ]
    out_shape = (batch, weight_shape[0], *sizes)
    if np.prod(out_shape) * np.prod(weight_shape[1:]) > MOST_PRODUCTS:
        raise KeyError("too many products")
    per_group_out, per_group_in = weight_shape[0] // groups, weight_shape[1]
    found = []
    for n, out, channel in product(range(batch), range(weight_shape[0]), range(per_group_in)):
        into = (out // per_group_out) * per_group_in + channel
        for place, tap in product(product(*map(range, sizes)), product(*map(range, kernel))):
            at = [p * s + t * d - q for p, s, t, d, q in zip(place, stride, tap, dilation, padding, strict=True)]
            if all(0 <= a < size for a, size in zip(at, spatial, strict=True)):
                found.append(
                    (
                        np.ravel_multi_index((n, out, *place), out_shape),
                        np.ravel_multi_index((n, into, *at), tuple(input_shape)),
                        np.ravel_multi_index((out, channel, *tap), tuple(weight_shape)),
                    )
                )
    return np.array(found, dtype=int).reshape(-1, 3), out_shape


def convolve(x: Array, weight: Array, stride: Any, padding: Any, dilation: Any, groups: int) -> Array:
    """Return the cross-correlation that PyTorch calls convolution."""
    triples, shape = _products(x.shape, weight.shape, stride, padding, dilation, groups)
    result = np.zeros(int(np.prod(shape)))
    np.add.at(result, triples[:, 0], x.ravel()[triples[:, 1]] * weight.ravel()[triples[:, 2]])
    return result.reshape(shape)


def input_back(
    gradient: Array, weight: Array, like: Array, stride: Any, padding: Any, dilation: Any, groups: int
) -> Array:
    """Return the gradient of what is convolved."""
    triples, _ = _products(like.shape, weight.shape, stride, padding, dilation, groups)
    result = np.zeros(like.size)
    np.add.at(result, triples[:, 1], gradient.ravel()[triples[:, 0]] * weight.ravel()[triples[:, 2]])
    return result.reshape(like.shape)


def weight_back(gradient: Array, x: Array, like: Array, stride: Any, padding: Any, dilation: Any, groups: int) -> Array:
    """Return the gradient of the kernel."""
    triples, _ = _products(x.shape, like.shape, stride, padding, dilation, groups)
    result = np.zeros(like.size)
    np.add.at(result, triples[:, 2], gradient.ravel()[triples[:, 0]] * x.ravel()[triples[:, 1]])
    return result.reshape(like.shape)
