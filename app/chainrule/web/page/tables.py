"""Tensors as tables for people: cells with a heat level, full precision, and their text in Python."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import cast

from chainrule.graph import Complex, Number, Tensor
from chainrule.render.card.heat import Scale
from chainrule.render.card.numbers import magnitude, many

FEWEST_BARRED = 12
"""Elements from which a histogram says more than the numbers beside it."""

CHARACTERS = 9
"""Longest text of one cell."""

MAX_SLICES = 16
"""Matrices shown of a tensor of more than two dimensions."""


@dataclass(frozen=True, slots=True)
class Cell:
    """One element: short text, its text in full, and how strongly it is tinted, as on the cards (`Scale.level`)."""

    text: str
    full: str
    heat: int | None


@dataclass(frozen=True, slots=True)
class Slice:
    """One matrix of a tensor: its index in the leading dimensions, and its rows."""

    index: str
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class TableGrid:
    """A tensor's elements as matrices; ``left_out`` counts the matrices that are not shown."""

    slices: tuple[Slice, ...]
    left_out: int


def short(number: object, digits: int = 4) -> str:
    """Return a number as people read it: a few significant digits, a true minus sign left to the typeface.

    Args:
        number: one element of ``Tensor.values``.
        digits: significant digits.

    Returns:
        Text such as ``0.0833``, ``1.2e-05``, ``nan``, ``True`` or ``1+2j``.
    """
    if isinstance(number, Complex):
        imaginary = short(number.im, digits)
        return f"{short(number.re, digits)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    if isinstance(number, bool | str):
        return str(number)
    if isinstance(number, int):
        return str(number)
    if not isinstance(number, float):
        return str(number)
    if number == 0 or not math.isfinite(number):
        return f"{number:g}"
    size = abs(number)
    if 1e-3 <= size < 1e5:
        places = max(0, digits - 1 - max(math.floor(math.log10(size)), -1))
        return f"{number:.{places}f}"
    return f"{number:.{max(digits - 2, 1)}e}"


def grid(tensor: Tensor) -> TableGrid | None:
    """Return a tensor's elements as matrices of cells.

    Args:
        tensor: any; with more than two dimensions it becomes one matrix for each leading index.

    Returns:
        The matrices, or None where the elements are not listed.
    """
    if tensor.values is None:
        return None
    top = max(abs(tensor.stats.min or 0.0), abs(tensor.stats.max or 0.0))
    cells = _cells(_flat(tensor.values), top)
    columns = tensor.shape[-1] if tensor.shape else 1
    rows = [tuple(cells[start : start + columns]) for start in range(0, len(cells), max(columns, 1))]
    height = tensor.shape[-2] if len(tensor.shape) > 1 else 1
    indices = list(product(*(range(size) for size in tensor.shape[:-2])))
    slices = tuple(
        Slice(f"[{', '.join(map(str, index))}, :, :]" if index else "", tuple(rows[at * height : (at + 1) * height]))
        for at, index in enumerate(indices[:MAX_SLICES])
    )
    return TableGrid(slices, max(0, len(indices) - MAX_SLICES))


def table(rows: Sequence[Sequence[Number]]) -> tuple[tuple[Cell, ...], ...]:
    """Return the cells of a matrix that is no tensor, as a Jacobian.

    Args:
        rows: its numbers.
    """
    numbers = [number for row in rows for number in row]
    sizes = [abs(size) for size in map(magnitude, numbers) if size is not None]
    cells = iter(_cells(numbers, max(sizes, default=0.0)))
    return tuple(tuple(next(cells) for _ in row) for row in rows)


def _cells(numbers: Sequence[Number], top: float) -> list[Cell]:
    scale = Scale("value", top)
    return [
        Cell(text, python_number(number), scale.level(number))
        for text, number in zip(many(numbers, CHARACTERS), numbers, strict=True)
    ]


def _flat(values: object) -> list[Number]:
    """Return the numbers of nested lists, in order."""
    found: list[Number] = []
    pending = [values]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(reversed(value))
        else:
            found.append(cast(Number, value))
    return found


def python_number(value: object) -> str:
    """Return one element in full, as Python writes it."""
    if isinstance(value, Complex):
        return f"complex({python_number(value.re)}, {python_number(value.im)})"
    if isinstance(value, str):
        return f"float({value!r})"
    return repr(value)


def python_text(tensor: Tensor) -> str | None:
    """Return the Python expression that makes a tensor again.

    Args:
        tensor: any whose elements are listed.

    Returns:
        Text such as ``torch.tensor([1.0, 2.0], dtype=torch.float32)``, or None.
    """
    if tensor.values is None:
        return None
    made = f"torch.tensor({_nested(tensor.values)}, dtype=torch.{tensor.dtype})"
    return f"{made}.reshape({tensor.shape})" if 0 in tensor.shape else made


def _nested(values: object) -> str:
    if isinstance(values, list):
        return f"[{', '.join(_nested(value) for value in values)}]"
    return python_number(values)


def bars(tensor: Tensor, bins: int = 16) -> tuple[int, ...] | None:
    """Return the counts of a tensor's finite elements in equal bins.

    Args:
        tensor: any.
        bins: how many, where the elements are listed.

    Returns:
        The counts, or None where a histogram would say nothing (too few elements, or all equal).
    """
    stats = tensor.stats
    if stats.histogram is not None:
        return tuple(stats.histogram)
    if (
        tensor.values is None
        or stats.min is None
        or stats.max is None
        or stats.min == stats.max
        or tensor.numel < FEWEST_BARRED
    ):
        return None
    counts = [0] * bins
    pending: list[object] = [tensor.values]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending.extend(value)
        elif isinstance(value, bool | int | float) and math.isfinite(value):
            place = int((value - stats.min) / (stats.max - stats.min) * bins)
            counts[min(place, bins - 1)] += 1
    return tuple(counts)
