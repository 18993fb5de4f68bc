"""Small boxes moved to the near side of their rank, beside what takes them in."""

from collections.abc import Collection
from dataclasses import replace

from chainrule.layout.geometry import Area, Geometry, Point, Route
from chainrule.layout.graphviz.dot import Direction
from chainrule.scene.model import Scene

_RUN = 14.0
"""Room left for the line beyond what lies between the ranks [px]."""
_SAME_RANK = 1.0
"""Distance up to which two middles are of one rank [px]."""


def settle(geometry: Geometry, scene: Scene, small: Collection[str], direction: Direction) -> Geometry:
    """Move small boxes that one line leaves to the edge of their rank that the line leaves by.

    Graphviz puts a constant's pill in the middle of a rank of tall cards, far from the card that uses it. Within the
    rank nothing else stands in its column, so it may move along it.

    Args:
        geometry: what Graphviz placed.
        scene: boxes and links.
        small: ids of the boxes that may move.
        direction: where data flows.
    """
    upright = direction in ("TB", "BT")
    forward = direction in ("TB", "LR")
    far = _rank_edges(geometry, upright, forward)
    uses: dict[str, list[str]] = {}
    for link in scene.links:
        uses.setdefault(link.target, []).append(link.id)
    boxes, routes = dict(geometry.boxes), dict(geometry.routes)
    for key in small:
        links = uses.get(key, [])
        if len(links) != 1 or routes[links[0]].tip is None:
            continue
        area = boxes[key]
        moved = _shifted(area, far[_rank(area, upright)], upright, forward)
        if moved != area:
            boxes[key] = moved
            routes[links[0]] = _rerouted(routes[links[0]], moved, upright, forward)
    return replace(geometry, boxes=boxes, routes=routes)


def _rank(area: Area, upright: bool) -> int:
    middle = area.y + area.height / 2 if upright else area.x + area.width / 2
    return round(middle / _SAME_RANK)


def _rank_edges(geometry: Geometry, upright: bool, forward: bool) -> dict[int, float]:
    edges: dict[int, float] = {}
    for area in geometry.boxes.values():
        start, length = (area.y, area.height) if upright else (area.x, area.width)
        edge = start + length if forward else start
        rank = _rank(area, upright)
        edges[rank] = (max if forward else min)(edges.get(rank, edge), edge)
    return edges


def _shifted(area: Area, edge: float, upright: bool, forward: bool) -> Area:
    if upright:
        return replace(area, y=max(area.y, edge - area.height - _RUN) if forward else min(area.y, edge + _RUN))
    return replace(area, x=max(area.x, edge - area.width - _RUN) if forward else min(area.x, edge + _RUN))


def _rerouted(route: Route, area: Area, upright: bool, forward: bool) -> Route:
    start: Point
    if upright:
        start = (area.x + area.width / 2, area.y + (area.height if forward else 0))
    else:
        start = (area.x + (area.width if forward else 0), area.y + area.height / 2)
    end = route.points[-1]
    if upright:
        half = (end[1] - start[1]) * 0.55
        first, second = (start[0], start[1] + half), (end[0], end[1] - half)
    else:
        half = (end[0] - start[0]) * 0.55
        first, second = (start[0] + half, start[1]), (end[0] - half, end[1])
    tip = route.tip
    if tip is not None:
        # The arrow comes in straight, as the new curve does.
        tip = (end[0], tip[1]) if upright else (tip[0], end[1])
    return Route((start, first, second, end), tip, route.label)
