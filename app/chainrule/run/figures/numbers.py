"""What a program gives to be drawn, as numbers: few enough, and none that has no place on an axis."""

from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule.graph.numbers import rounded
from chainrule.protocol.figures import LARGEST, NAMES, POINTS, SIDE, TEXT, Numbers

Array = npt.NDArray[np.float64]
_DIGITS = 7
"""Digits that a drawn number keeps."""


class Budget:
    """How much may still be drawn, and whether something was left out.

    Args:
        points: how many points there may be in all.
    """

    def __init__(self, points: int) -> None:
        self.left = points
        self.cut = False

    def take(self, points: int) -> bool:
        """Return whether there is room for so many more, and use it."""
        if points > self.left:
            self.cut = True
            return False
        self.left -= points
        return True


def array_of(values: Any) -> Array:
    """Return an array of real numbers, of a tensor, a list or a number; PyTorch and NumPy raise what they refuse."""
    found = np.asarray(values)
    if found.dtype.kind == "O":  # a list of tensors of one element each, or of nothing
        found = np.asarray([np.nan if value is None else float(value) for value in found.ravel()])
    if found.dtype.kind not in "buifc":
        raise TypeError(f"numbers can be drawn, not {found.dtype}")
    return np.real(found).astype(np.float64)


def names_of(values: Any) -> list[str] | None:
    """Return the words that stand for places on an axis; None where numbers do."""
    if isinstance(values, str):
        values = [values]
    if not isinstance(values, list | tuple) or not any(isinstance(value, str) for value in values):
        return None
    return [str(value)[:TEXT] for value in values[:NAMES]]


def text_of(value: object) -> str:
    """Return a text as it is drawn: one line, of a bounded length."""
    return " ".join(str(value)[:TEXT].split())


def numbers(values: Array) -> Numbers:
    """Return numbers that JSON can hold, None for those that have no place."""
    drawn = np.isfinite(values) & (np.abs(values) <= LARGEST)
    return [rounded(value, _DIGITS) if good else None for value, good in zip(values, drawn, strict=True)]


def pair(one: Any, other: Any) -> tuple[Array, Array]:
    """Return two rows of numbers of one length.

    Raises:
        ValueError: they have different lengths.
    """
    first, second = array_of(one).ravel(), array_of(other).ravel()
    if len(first) != len(second):
        raise ValueError(f"x and y must have same first dimension, but have shapes {first.shape} and {second.shape}")
    return first, second


def kept_of_a_line(y: Array) -> npt.NDArray[Any]:
    """Return which points of a line are drawn: of a long one, the lowest and the highest of each stretch.

    >>> len(kept_of_a_line(np.arange(5.0)))
    5
    >>> len(kept_of_a_line(np.arange(5000.0))) <= POINTS
    True
    """
    count = len(y)
    if count <= POINTS:
        return np.arange(count)
    kept: list[int] = []
    for part in np.array_split(np.arange(count), POINTS // 2):
        heights = np.where(np.isfinite(y[part]), y[part], 0.0)
        kept += sorted({int(part[heights.argmin()]), int(part[heights.argmax()])})
    return np.asarray(kept)


def kept_of_points(count: int) -> npt.NDArray[Any]:
    """Return which of so many points are drawn: of many, those at equal distances."""
    return np.unique(np.linspace(0, count - 1, min(count, POINTS)).astype(int)) if count else np.arange(0)


def image_of(values: Any) -> Array:
    """Return an image as rows and columns of numbers, few enough; a coloured one by its brightness.

    Raises:
        TypeError: it has no rows and columns.
    """
    found = array_of(values)
    if found.ndim == 3 and found.shape[2] == 1:
        found = found[:, :, 0]
    if found.ndim == 3 and found.shape[2] in (3, 4):
        found = found[:, :, :3].mean(axis=2)
    if found.ndim != 2 or not found.size:
        raise TypeError(f"Invalid shape {found.shape} for image data")
    steps = [-(-size // SIDE) for size in found.shape]
    return found[:: steps[0], :: steps[1]]
