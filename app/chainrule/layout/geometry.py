"""Where everything of a picture stands, in pixels from the top left corner."""

from dataclasses import dataclass

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height [px]."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle; ``x`` and ``y`` are its top left corner [px]."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Route:
    """The way of one line: a cubic Bezier spline in the direction of the data, and the tip of its arrow."""

    points: tuple[Point, ...]
    """Start, then three points for each piece."""
    tip: Point | None
    label: Point | None = None
    """The middle of its label, where room for one was asked."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """The places of boxes, lines and frames by their ids in the scene."""

    size: Size
    boxes: dict[str, Area]
    routes: dict[str, Route]
    frames: dict[str, Area]
