"""Statistics of a tensor's elements.

They are computed with NumPy, on one thread: PyTorch's own threads belong to the program.
"""

import math
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from chainrule.graph.construct import make
from chainrule.graph.data import Stats
from chainrule.graph.numbers import rounded

HISTOGRAM_BINS = 16
HISTOGRAM_SAMPLE = 16_384
"""Elements that a histogram counts; of a larger tensor it counts every second one, or third, and so on."""

_LARGEST_SQUARE = 1e15
"""Magnitude above which squares are summed in float64, that their sum stays finite."""

_PIECE = 65_536

_Array = npt.NDArray[Any]


def statistics(array: _Array, histogram: bool) -> Stats:
    """Count and measure the elements of an array.

    Args:
        array: of any dtype; of a complex one the magnitudes are measured.
        histogram: whether to count the finite elements in bins.
    """
    flat, low, high, nan, infinite = _finite(array)
    if flat.size == 0:
        return _stats(None, None, None, None, None, nan, infinite, 0)
    return _of_finite(flat, low, high, nan, infinite, histogram)


class Extent(NamedTuple):
    """The least of what statistics tell: a part of `Stats`, in a fraction of the time."""

    min: float | None
    max: float | None
    nan: int
    inf: int


def extent(array: _Array) -> Extent:
    """Return what ``statistics`` tells of the ends of an array, and of what is not finite."""
    flat, low, high, nan, infinite = _finite(array)
    return Extent(_short(low), _short(high), nan, infinite) if flat.size else Extent(None, None, nan, infinite)


def norm(array: _Array) -> float | None:
    """Return what ``statistics`` tells as the norm of an array."""
    flat, low, high, _, _ = _finite(array)
    return _short(_norm(flat, low, high)) if flat.size else None


def nonfinite_count(array: _Array) -> int:
    """Count what is not finite, as ``statistics`` does, and nothing else."""
    if array.dtype.kind in "biu":
        return 0
    real = np.abs(array) if array.dtype.kind == "c" else array
    return real.size - int(np.count_nonzero(np.isfinite(real)))


def is_zero(array: _Array) -> bool:
    """Return whether there are elements, and all of them are zero."""
    return array.size > 0 and not array.any()


def _finite(array: _Array) -> tuple[_Array, float, float, int, int]:
    """Return the finite elements of an array, their least and their largest, and how many are NaN and infinite."""
    flat = _as_real(array.ravel(order="K"))
    if flat.size == 0:
        return flat, 0.0, 0.0, 0, 0
    low, high = float(flat.min()), float(flat.max())
    if math.isfinite(low) and math.isfinite(high):
        return flat, low, high, 0, 0
    finite = flat[np.isfinite(flat)]
    nan = int(np.count_nonzero(np.isnan(flat)))
    ends = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    return finite, *ends, nan, flat.size - nan - finite.size


def empty_statistics() -> Stats:
    """Return the statistics of a tensor whose elements cannot be read, or that has none."""
    return _stats(None, None, None, None, None, 0, 0, 0)


def of_one(value: complex) -> Stats:
    """Return the statistics of a single number."""
    number = float(abs(value)) if isinstance(value, complex) else float(value)
    if math.isnan(number):
        return _stats(None, None, None, None, None, 1, 0, 0)
    if math.isinf(number):
        return _stats(None, None, None, None, None, 0, 1, 0)
    short = _short(number)
    norm = None if short is None else abs(short)
    zero = int(number == 0)
    return make(Stats, min=short, max=short, mean=short, std=0.0, norm=norm, nan=0, inf=0, zero=zero, histogram=None)


class ElementMeasures(NamedTuple):
    """What is measured of elements, the first five of the finite ones."""

    low: float
    high: float
    mean: float
    square: float
    """The sum of the squares."""
    spread: float
    """The standard deviation."""
    nan: float
    inf: float
    zero: float


def of_measures(measures: ElementMeasures, bins: list[int], size: int) -> Stats:
    """Return the statistics of elements that were measured elsewhere.

    Args:
        measures: of all of them.
        bins: the histogram.
        size: how many elements there are.
    """
    low, high, mean, square, spread = measures[:5]
    nan, infinite, zero = map(int, measures[5:])
    finite = size - nan - infinite
    if not finite:
        return _stats(None, None, None, None, None, nan, infinite, 0)
    if low == high:
        bins = [finite] + [0] * (HISTOGRAM_BINS - 1)
        return _stats(low, high, low, 0.0, abs(low) * math.sqrt(finite), nan, infinite, zero, bins)
    return _stats(low, high, mean, spread, math.sqrt(square), nan, infinite, zero, bins)


def _as_real(flat: _Array) -> _Array:
    real = np.abs(flat) if flat.dtype.kind == "c" else flat
    if real.dtype in (np.float32, np.float64):
        return real
    return real.astype(np.float32 if real.dtype.itemsize <= 2 else np.float64)


def _of_finite(flat: _Array, low: float, high: float, nan: int, infinite: int, histogram: bool) -> Stats:
    zero = _zeros(flat) if low <= 0 <= high else 0
    bins = _histogram(flat, low, high) if histogram else None
    if low == high:
        return _stats(low, high, low, 0.0, _norm(flat, low, high), nan, infinite, zero, bins)
    wide = _wide(flat, low, high)
    mean = float(wide.mean())
    square = float(np.einsum("i,i->", wide, wide))
    spread = math.sqrt(max(square / flat.size - mean * mean, 0.0))
    if spread < 1e-3 * abs(mean):
        # The difference of two large squares has no digits left here.
        spread = float(flat.std(dtype=np.float64))
    return _stats(low, high, mean, spread, math.sqrt(square), nan, infinite, zero, bins)


def _wide(flat: _Array, low: float, high: float) -> _Array:
    """Return numbers as their squares are summed."""
    return flat.astype(np.float64) if flat.size <= 4096 or max(-low, high) > _LARGEST_SQUARE else flat


def _norm(flat: _Array, low: float, high: float) -> float:
    if low == high:
        return abs(low) * math.sqrt(flat.size)
    wide = _wide(flat, low, high)
    return math.sqrt(float(np.einsum("i,i->", wide, wide)))


def _zeros(flat: _Array) -> int:
    """Count the zeros piece by piece: a whole comparison would be one more large piece of memory."""
    return sum(int(np.count_nonzero(flat[at : at + _PIECE] == 0)) for at in range(0, flat.size, _PIECE))


def _histogram(flat: _Array, low: float, high: float) -> list[int]:
    if low == high:
        return [flat.size] + [0] * (HISTOGRAM_BINS - 1)
    step = -(-flat.size // HISTOGRAM_SAMPLE)
    sample = flat[::step].astype(np.float64)
    places = ((sample - low) * (HISTOGRAM_BINS / (high - low))).astype(np.intp)
    counts = np.bincount(np.minimum(places, HISTOGRAM_BINS - 1), minlength=HISTOGRAM_BINS)
    return [int(count) * step for count in counts]


def _stats(
    low: float | None,
    high: float | None,
    mean: float | None,
    std: float | None,
    norm: float | None,
    nan: int,
    infinite: int,
    zero: int,
    histogram: list[int] | None = None,
) -> Stats:
    return make(
        Stats,
        min=_short(low),
        max=_short(high),
        mean=_short(mean),
        std=_short(std),
        norm=_short(norm),
        nan=nan,
        inf=infinite,
        zero=zero,
        histogram=histogram,
    )


def _short(value: float | None) -> float | None:
    """Keep nine digits, as many as tell every float32 apart: more would be noise of the summation."""
    return rounded(value, 9) if value is not None and math.isfinite(value) else None
