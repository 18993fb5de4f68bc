"""Lines between boxes as marks: splines with an arrow in the direction of the data."""

import math
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from chainrule.graph.index import in_pass
from chainrule.graph.model import Edge, Tensor
from chainrule.graph.values import flat
from chainrule.layout.geometry import Point, Route
from chainrule.layout.measure import text
from chainrule.render.options import Labels
from chainrule.render.primitives import Mark, Path, Rect, Text
from chainrule.scene.model import Link
from chainrule.words.numbers import say_number

LABEL_CELLS = 12
LABEL_SIZE = 10.5
_HALF = 3.6
_LENGTH = 8.0


class EdgeFlow(NamedTuple):
    """What a line carries in the pass that is shown."""

    style: str
    """"flow" where a gradient came back along it, "still" where none did, "take" where none can."""
    carried: Tensor | None
    norm: float | None
    """None too where nobody wants to know."""


def flow_of(link: Link, pass_index: int | None, *, measured: bool) -> EdgeFlow:
    """Return what a link carries in a pass.

    Args:
        link: any.
        pass_index: counted from 1; None where none ran.
        measured: whether its norm is wanted; of several edges, that of all together.
    """
    if all(edge.kind == "value" for edge in link.edges):
        return EdgeFlow("take", None, None)
    if pass_index is None:
        return EdgeFlow("plain", None, None)
    carried = [gradient for edge in link.edges if (gradient := in_pass(edge.contributions, pass_index)) is not None]
    if not carried:
        return EdgeFlow("still", None, None)
    norms = [norm for gradient in carried if (norm := gradient.norm) is not None] if measured else []
    norm = math.hypot(*norms) if len(norms) == len(carried) else None
    return EdgeFlow("flow", carried[0] if len(carried) == 1 else None, norm)


def draw_route(
    route: Route, label: str, style: str, output: str = "", width: int = 1, scale: float = 1.0
) -> Iterator[Mark]:
    """Yield the marks of a line: the spline, its arrow, its label, and the number of the output that it leaves."""
    points = route.points
    yield Path(_spline(points), "line")
    if route.tip is not None:
        yield Path(_arrow(points, route.tip, _HALF + (width - 1) * 1.1), "head")
    if output:
        x, y = _along(points[0], points[1], 9.0)
        yield Text(x + 4, y + 3, output, 9.0 * scale, "soft")
    if label:
        x, y = route.label or _middle(points)
        size = LABEL_SIZE * scale
        wide, high = text.width(label, size), 16 * scale
        yield Rect(x - wide / 2 - 3, y - high / 2, wide + 6, high, "halo", 4)
        yield Text(x, y + size * 0.36, label, size, style, "middle", text.fitted(label, size))


@lru_cache(maxsize=2048)
def _spline(points: tuple[Point, ...]) -> str:
    # Remembered, because lines stay where they are while values change.
    start = f"M{_place(points[0])}"
    return start + "".join(f"C{' '.join(map(_place, points[i : i + 3]))}" for i in range(1, len(points) - 2, 3))


def label_of(link: Link, flow: EdgeFlow, labels: Labels) -> str:
    """Return what is written on a line."""
    if labels == "slots":
        return text.shorten(" ".join(_slot(edge) for edge in link.edges[:2]), LABEL_CELLS)
    if labels == "none" or flow.style != "flow":
        return ""
    if labels == "values" and flow.carried is not None and flow.carried.numel == 1:
        number = next(flat(flow.carried.values), None)
        if number is not None:
            return say_number(number, LABEL_CELLS)
    return "norm ?" if flow.norm is None else f"norm {say_number(flow.norm, LABEL_CELLS - 5)}"


def _slot(edge: Edge) -> str:
    return edge.argument or (f"{edge.output_nr}→{edge.slot}" if edge.output_nr else f"{edge.slot}")


def _place(point: Point) -> str:
    return f"{point[0]:.2f} {point[1]:.2f}"


def _along(start: Point, end: Point, length: float) -> Point:
    distance = math.dist(start, end) or 1.0
    return start[0] + (end[0] - start[0]) * length / distance, start[1] + (end[1] - start[1]) * length / distance


@lru_cache(maxsize=2048)
def _arrow(points: tuple[Point, ...], tip: Point, half: float) -> str:
    before = next((p for p in reversed(points) if math.dist(p, tip) > 0.5), (tip[0], tip[1] - 1))
    angle = math.atan2(tip[1] - before[1], tip[0] - before[0])
    cos, sin = math.cos(angle), math.sin(angle)

    def corner(along: float, across: float) -> str:
        return _place((tip[0] - along * cos - across * sin, tip[1] - along * sin + across * cos))

    return f"M{_place(tip)}L{corner(_LENGTH, half)}L{corner(_LENGTH - 2, 0)}L{corner(_LENGTH, -half)}Z"


def _middle(points: tuple[Point, ...]) -> Point:
    pieces = (len(points) - 1) // 3
    index = 3 * ((pieces - 1) // 2)
    a, b, c, d = points[index : index + 4]
    if pieces % 2 == 0:
        return d
    return (a[0] + 3 * b[0] + 3 * c[0] + d[0]) / 8, (a[1] + 3 * b[1] + 3 * c[1] + d[1]) / 8
