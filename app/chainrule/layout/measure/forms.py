"""The forms in which a tensor is shown, chosen by its shape and dtype alone, so that sizes never hang on digits."""

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from chainrule.layout.measure import text

SCALAR_SIZE = 13.0
"""Font size of a lone number [px]."""
NOTE_SIZE = 10.0
"""Font size of words in the place of numbers [px]."""
CELL_PAD = 5.0
"""Room left and right of a number in its cell [px]."""
CELL_GAP = 2.0
"""Room between cells [px]."""
SLAB_GAP = 5.0
"""Room between the matrices of a tensor with more than two dimensions [px]."""
BARS = (128.0, 30.0)
"""Width and height of a histogram's bars [px]."""
NO_ELEMENTS = "no elements"
_MOST = 8
"""Rows and columns up to which a tensor's numbers are shown one by one."""
_MOST_IN_A_ROW = 10
_COMPLEX_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Number:
    """One number on its own."""

    characters: int
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class GridForm:
    """A table of cells; ``slab`` rows belong together, as the matrices of a tensor with more dimensions do."""

    rows: int
    columns: int
    slab: int
    characters: int
    font_size: float
    cell_width: float
    cell_height: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars over the range of the elements, with four statistics beneath."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Words:
    """A remark in the place of numbers."""

    width: float
    height: float


Form = Number | GridForm | Histogram | Words


def words(remark: str) -> Words:
    """Return a remark with its size."""
    return Words(text.width(remark, NOTE_SIZE), 16.0)


def line_of(characters: int) -> Words:
    """Return room for a remark of at most so many characters."""
    return Words(text.room(characters, NOTE_SIZE), 16.0)


def histogram() -> Histogram:
    """Return room for a histogram."""
    return Histogram(BARS[0], BARS[1] + 32.0)


@lru_cache(maxsize=1024)
def form_of(shape: tuple[int, ...], dtype: str) -> Form:
    """Return how a tensor of a shape and dtype is shown."""
    is_complex = dtype.startswith("complex")
    if not shape:
        characters = 21 if is_complex else 10
        return Number(characters, text.room(characters, SCALAR_SIZE), 20.0)
    if prod(shape) == 0:
        return words(NO_ELEMENTS)
    columns = shape[-1]
    rows = prod(shape[:-1])
    most = _COMPLEX_COLUMNS if is_complex else _MOST if rows > 1 else _MOST_IN_A_ROW
    if columns > most or rows > _MOST:
        return histogram()
    return _grid(rows, columns, shape[-2] if len(shape) > 2 else rows, is_complex)


def _grid(rows: int, columns: int, slab: int, is_complex: bool) -> GridForm:
    characters, font_size = (7, 11.0) if columns <= 4 else (6, 10.0) if columns <= 6 else (5, 9.5)
    if is_complex:
        characters, font_size = (13, 10.0) if columns <= 2 else (11, 9.5)
    cell_width = round(text.room(characters, font_size) + 2 * CELL_PAD)
    cell_height = font_size + 8.0
    width = columns * (cell_width + CELL_GAP) - CELL_GAP
    height = rows * (cell_height + CELL_GAP) - CELL_GAP + (rows // slab - 1) * SLAB_GAP
    return GridForm(rows, columns, slab, characters, font_size, cell_width, cell_height, width, height)
