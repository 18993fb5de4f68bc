"""Tensors as tables for people: cells with a heat level, full precision, and their text in Python."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from chainrule.graph import Number, Tensor
from chainrule.graph.numbers import magnitude
from chainrule.graph.values import flat
from chainrule.render.card.heat import Scale
from chainrule.words.numbers import python_number, say_numbers

FEWEST_BARRED = 12
"""Elements from which a histogram says more than the numbers beside it."""

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
    cells = _cells(list(flat(tensor.values)), top)
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
        for text, number in zip(say_numbers(numbers), numbers, strict=True)
    ]


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
    for value in flat(tensor.values):
        if isinstance(value, bool | int | float):
            place = int((value - stats.min) / (stats.max - stats.min) * bins)
            counts[min(place, bins - 1)] += 1
    return tuple(counts)
