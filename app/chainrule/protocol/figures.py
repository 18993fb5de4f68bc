"""Figures that a program draws: its calls as numbers and words, within bounds, to be drawn by whoever shows them."""

from typing import Literal

from chainrule.graph.data import Data, Whole

FIGURES = 20
"""Most figures of one program."""
AXES = 16
"""Most axes of one figure."""
SERIES = 60
"""Most lines, clouds of points, sets of bars, images and texts of one axes."""
POINTS = 1_000
"""Most points of one of them."""
ALL_POINTS = 20_000
"""Most points of all figures of a program, the cells of images among them."""
SIDE = 64
"""Most rows of an image, and most columns."""
NAMES = 50
"""Most names that stand along an axis."""
TEXT = 200
"""Longest title, label or text [characters]."""
LARGEST = 1e150
"""Largest number that is drawn: what is beyond has no place on any axis."""
COLOURS = 6
"""How many colours there are."""

Numbers = list[float | None]
"""Numbers; None where there is none to draw, as for NaN."""


SeriesKind = Literal["line", "points", "bars", "area", "image", "level", "upright", "text"]
"""``level`` is a line at a height (y), ``upright`` one at a place (x)."""
Dash = Literal["solid", "dashed", "dotted"]


class DrawnSeries(Data):
    """One line, cloud of points, set of bars, area, image, straight line or text."""

    kind: SeriesKind
    x: Numbers = []
    """Of bars, where they begin; of an image, its left and right end."""
    y: Numbers = []
    """Of bars, where they end; of an image, its lower and upper end."""
    to_x: Numbers = []
    """Of bars, their other side."""
    to_y: Numbers = []
    """Of bars and areas, what they stand on."""
    image: list[Numbers] = []
    """Rows of numbers, the lowest first."""
    label: str = ""
    """What the legend calls it; of a text, the text."""
    colour: Whole = 0
    """Which of the colours it has."""
    dash: Dash = "solid"
    dots: bool = False
    """Whether each point of a line is marked."""


class DrawnAxes(Data):
    """One pair of axes with what is drawn between them."""

    row: Whole = 0
    column: Whole = 0
    title: str = ""
    x_label: str = ""
    y_label: str = ""
    x_log: bool = False
    y_log: bool = False
    x_limits: tuple[float, float] | None = None
    y_limits: tuple[float, float] | None = None
    x_names: list[str] = []
    """What stands at 0, 1, 2, … along the x axis instead of numbers."""
    y_names: list[str] = []
    grid: bool = False
    legend: bool = False
    equal: bool = False
    """Whether one unit is as long up as across."""
    off: bool = False
    """Whether the axes themselves are left out."""
    series: list[DrawnSeries] = []


class DrawnFigure(Data):
    """A figure: axes in rows and columns."""

    title: str = ""
    line: Whole | None = None
    """The line of the program that made it."""
    axes: list[DrawnAxes] = []
