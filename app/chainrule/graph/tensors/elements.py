"""The elements of a tensor as an array, and everything that is told of them."""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule.graph.data import Stats, Values
from chainrule.graph.tensors.decimals import nested, numbers
from chainrule.graph.tensors.preview import EDGE, preview
from chainrule.graph.tensors.statistics import (
    Extent,
    empty_statistics,
    extent,
    is_zero,
    nonfinite_count,
    norm,
    of_one,
    statistics,
)

Array = npt.NDArray[Any]

CORNER = 2 * EDGE + 1
"""Elements that a corner keeps of each dimension: one more than a preview shows tells that some are left out."""


@dataclass(frozen=True, slots=True, eq=False)
class Elements:
    """What is known of a tensor's elements.

    Args:
        shape: of the tensor.
        dtype: of the tensor, without the ``torch.`` in front; an array may be wider, where NumPy has no such dtype.
        array: all elements, in the tensor's shape; None where they were too many to keep, or could not be read.
        corner: without an array: the first and last few of each dimension; None where they could not be read.
        stats: without an array: what was measured when the tensor was seen.
        listed: whether the elements may be listed one by one.
    """

    shape: tuple[int, ...]
    dtype: str
    array: Array | None
    corner: Array | None
    stats: Stats | None
    listed: bool

    @property
    def nbytes(self) -> int:
        """Return the memory that the elements take [bytes]."""
        return sum(part.nbytes for part in (self.array, self.corner) if part is not None)

    def told_values(self) -> Values | None:
        """Return the elements as nested lists, each the shortest decimal that reads back as the same number."""
        if self.array is None or not self.listed:
            return None
        found: Values = nested(numbers(self.array.reshape(-1), self.dtype), self.shape)
        return found

    def told_stats(self) -> Stats:
        """Return the statistics: counted when the tensor was seen, or now."""
        if self.array is None:
            return self.stats or empty_statistics()
        return of_one(self.array.item()) if not self.shape else statistics(self.array, histogram=not self.listed)

    def told_extent(self) -> Extent:
        """Return the ends of the elements, and how many are not finite: a part of ``told_stats``."""
        if self.array is None or not self.shape:
            stats = self.told_stats()
            return Extent(stats.min, stats.max, stats.nan, stats.inf)
        return extent(self.array)

    def told_norm(self) -> float | None:
        """Return the norm of the elements: a part of ``told_stats``."""
        return self.told_stats().norm if self.array is None or not self.shape else norm(self.array)

    def nonfinite_count(self) -> int:
        """Count the elements that are not finite, without measuring the others."""
        if self.array is None:
            return self.told_stats().nan + self.told_stats().inf
        return nonfinite_count(self.array)

    def is_zero(self) -> bool:
        """Return whether there are elements, and all of them are zero."""
        if self.array is None:
            return 0 < math.prod(self.shape) == self.told_stats().zero
        return is_zero(self.array)

    def told_preview(self) -> str:
        """Return one line, much as torch prints the tensor."""
        corner = self.told_corner()
        if corner is None:
            return f"tensor of shape {list(self.shape)}"
        flat = numbers(corner.reshape(-1), self.dtype)
        return preview(nested(flat, corner.shape), self.shape, self.dtype)

    def told_corner(self) -> Array | None:
        """Return the first and last few elements of each dimension."""
        return self.corner if self.array is None else corner_of(self.array)

    def part(self, place: int) -> "Elements":
        """Return the part at a place of the first dimension, of elements that are all there."""
        assert self.array is not None
        return Elements(self.shape[1:], self.dtype, np.asarray(self.array[place]), None, None, self.listed)

    def without_array(self) -> "Elements":
        """Return the same without its elements: what is left when there is no room for them."""
        if self.array is None:
            return self
        corner = np.ascontiguousarray(self.told_corner())
        unlisted = Elements(self.shape, self.dtype, self.array, None, None, listed=False)
        return Elements(self.shape, self.dtype, None, corner, unlisted.told_stats(), listed=False)


def corner_of(array: Array) -> Array:
    """Return the first and last few elements of each dimension of an array.

    >>> corner_of(np.arange(10)).tolist()
    [0, 1, 2, 3, 7, 8, 9]
    """
    for axis, size in enumerate(array.shape):
        if size > CORNER:
            first = array[(slice(None),) * axis + (slice(EDGE + 1),)]
            last = array[(slice(None),) * axis + (slice(size - EDGE, None),)]
            array = np.concatenate((first, last), axis=axis)
    return array


def corner_shape(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of the corner of a tensor of some shape."""
    return tuple(min(size, CORNER) for size in shape)
