"""Graphviz's JSON as geometry."""

import json
from collections.abc import Iterable
from typing import Any

from chainrule.errors import PictureError
from chainrule.layout.geometry import Area, Geometry, Point, Route, Size

_INCH = 72.0


def parse_geometry(answer: bytes) -> Geometry:
    """Read the places of nodes, edges and clusters from the ``json0`` output of ``dot``.

    Graphviz counts upward from the bottom in points; the geometry counts downward from the top, a point to a pixel.

    Raises:
        PictureError: the answer is not what Graphviz writes.
    """
    try:
        graph = json.loads(answer)
        _, _, wide, high = _numbers(graph["bb"])
        objects = graph.get("objects", [])
        frames = {o["name"].removeprefix("cluster_"): _area(o["bb"], high) for o in objects if "bb" in o}
        boxes = {o["name"]: _box(o, high) for o in objects if "pos" in o}
        routes = {e["id"]: _route(e, high) for e in graph.get("edges", [])}
    except (ValueError, KeyError, TypeError) as error:
        raise PictureError(f"Graphviz gave an answer that cannot be read: {error}") from error
    return Geometry(Size(wide, high), boxes, routes, frames)


def _numbers(text: str) -> Iterable[float]:
    return map(float, text.split(","))


def _point(text: str, high: float) -> Point:
    x, y = _numbers(text)
    return x, high - y


def _area(bounds: str, high: float) -> Area:
    left, bottom, right, top = _numbers(bounds)
    return Area(left, high - top, right - left, top - bottom)


def _box(node: dict[str, Any], high: float) -> Area:
    x, y = _point(node["pos"], high)
    width, height = float(node["width"]) * _INCH, float(node["height"]) * _INCH
    return Area(x - width / 2, y - height / 2, width, height)


def _route(edge: dict[str, Any], high: float) -> Route:
    tip: Point | None = None
    points: list[Point] = []
    for part in edge["pos"].split():
        if part.startswith("e,"):
            tip = _point(part[2:], high)
        elif part.startswith("s,"):
            continue
        else:
            points.append(_point(part, high))
    label = _point(edge["lp"], high) if edge.get("label") and "lp" in edge else None
    return Route(tuple(points), tip, label)
