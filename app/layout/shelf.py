"""Boxes that no line reaches, set in rows beside the graph: Graphviz would put them all in one endless row."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from app.graph.scene import Frame, Scene
from app.layout.geometry import Area, Geometry, Size

_GAP = 26.0
_LEAST_WIDTH = 900.0
_FEW = 2
"""Lone boxes up to which Graphviz may place them."""


def lone_boxes(scene: Scene) -> tuple[str, ...]:
    """Return the boxes without a line that stand in no frame; none where there are only a few."""
    tied = {end for link in scene.links for end in (link.source, link.target)} | _framed(scene.frames)
    lone = tuple(box.id for box in scene.boxes if box.id not in tied)
    return lone if len(lone) > _FEW else ()


def without(scene: Scene, boxes: Sequence[str]) -> Scene:
    """Return a scene without some of its boxes."""
    left = set(boxes)
    return replace(scene, boxes=tuple(box for box in scene.boxes if box.id not in left)) if left else scene


def shelve(geometry: Geometry, boxes: Sequence[str], sizes: Mapping[str, Size]) -> Geometry:
    """Return a geometry with boxes set in rows beneath it, as wide as it is or as a page.

    Args:
        geometry: where everything else stands.
        boxes: ids of the boxes to add, in order.
        sizes: their sizes.
    """
    if not boxes:
        return geometry
    most = max(geometry.size.width, _LEAST_WIDTH)
    placed = dict(geometry.boxes)
    x, y, high, width = 0.0, geometry.size.height + (_GAP if placed else 0.0), 0.0, geometry.size.width
    for key in boxes:
        size = sizes[key]
        if x > 0 and x + size.width > most:
            x, y, high = 0.0, y + high + _GAP, 0.0
        placed[key] = Area(x, y, size.width, size.height)
        x += size.width + _GAP
        high, width = max(high, size.height), max(width, x - _GAP)
    return replace(geometry, size=Size(width, y + high), boxes=placed)


def _framed(frames: Sequence[Frame]) -> set[str]:
    found: set[str] = set()
    stack = list(frames)
    while stack:
        frame = stack.pop()
        found.update(frame.boxes)
        stack.extend(frame.frames)
    return found
