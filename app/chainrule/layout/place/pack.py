"""Pictures of unconnected parts set beside and beneath each other: Graphviz would put them all in one endless row."""

import math
from collections.abc import Sequence

from chainrule.layout.geometry import Area, Geometry, Point, Route, Size

GAP = 26.0
"""Room between two parts [px]."""
ASPECT = 1.4
"""Width over height of a page that parts of equal size should fill."""
_LEAST_WIDTH = 640.0
_STEP = 1.25
"""From one width that is tried to the next."""
_TRIES = 16
_WEIGHT = 0.15
"""How much being too wide or too high counts beside the area."""


def pack(parts: Sequence[Geometry]) -> Geometry:
    """Return one geometry with all parts, in order, each as far up and then as far left as it fits.

    Of several widths that one is taken which leaves the least room unused, and comes near the aspect of a page.

    Args:
        parts: at least one; no id twice.
    """
    if len(parts) == 1:
        return parts[0]
    sizes = [part.size for part in parts]
    widest, whole = max(size.width for size in sizes), sum(size.width + GAP for size in sizes)
    widths = [max(widest, _LEAST_WIDTH)]
    while widths[-1] < whole and len(widths) < _TRIES:
        widths.append(widths[-1] * _STEP)
    best = min((_places(sizes, width) for width in widths), key=lambda places: _cost(_extent(sizes, places)))
    boxes: dict[str, Area] = {}
    routes: dict[str, Route] = {}
    frames: dict[str, Area] = {}
    for part, place in zip(parts, best, strict=True):
        moved = move(part, place)
        boxes.update(moved.boxes)
        routes.update(moved.routes)
        frames.update(moved.frames)
    return Geometry(_extent(sizes, best), boxes, routes, frames)


def move(part: Geometry, by: Point) -> Geometry:
    """Return a geometry with everything moved, and as much wider and higher."""
    x, y = by

    def shifted(point: Point) -> Point:
        return point[0] + x, point[1] + y

    def route(one: Route) -> Route:
        points = tuple(map(shifted, one.points))
        return Route(points, one.tip and shifted(one.tip), one.label and shifted(one.label))

    def area(one: Area) -> Area:
        return Area(one.x + x, one.y + y, one.width, one.height)

    return Geometry(
        Size(part.size.width + x, part.size.height + y),
        {key: area(one) for key, one in part.boxes.items()},
        {key: route(one) for key, one in part.routes.items()},
        {key: area(one) for key, one in part.frames.items()},
    )


def _places(sizes: Sequence[Size], width: float) -> list[Point]:
    """Return the top left corners of rectangles in a page of a width.

    Each at the highest place that is free down to the end.

    The skyline is a list of (left, depth): from there to the next left everything above the depth is taken.
    """
    skyline: list[tuple[float, float]] = [(0.0, 0.0)]
    found = []
    for size in sizes:
        starts = [left for left, _ in skyline if left == 0 or left + size.width <= width]
        y, x = min((_depth(skyline, left, left + size.width), left) for left in starts)
        found.append((x, y))
        skyline = _raised(skyline, x, x + size.width + GAP, y + size.height + GAP)
    return found


def _depth(skyline: Sequence[tuple[float, float]], left: float, right: float) -> float:
    ends = [start for start, _ in skyline[1:]] + [math.inf]
    return max(depth for (start, depth), end in zip(skyline, ends, strict=True) if start < right and end > left)


def _raised(
    skyline: Sequence[tuple[float, float]], left: float, right: float, depth: float
) -> list[tuple[float, float]]:
    behind = [old for start, old in skyline if start <= right][-1]
    before = [step for step in skyline if step[0] < left]
    after = [step for step in skyline if step[0] > right]
    return [*before, (left, depth), (right, behind), *after]


def _extent(sizes: Sequence[Size], places: Sequence[Point]) -> Size:
    width = max(x + size.width for (x, _), size in zip(places, sizes, strict=True))
    return Size(width, max(y + size.height for (_, y), size in zip(places, sizes, strict=True)))


def _cost(size: Size) -> float:
    return size.width * size.height * (1 + _WEIGHT * math.log(size.width / size.height / ASPECT) ** 2)
