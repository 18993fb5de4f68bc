"""A scene placed: each connected part by Graphviz, the parts beside each other."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from time import monotonic

from chainrule.interest import go_on
from chainrule.layout.geometry import Area, Geometry, Point, Size
from chainrule.layout.graphviz.dot import Direction, make_dot
from chainrule.layout.graphviz.engine import Engine
from chainrule.layout.place.components import boxes_within, components
from chainrule.layout.place.pack import move, pack
from chainrule.layout.place.rank_offsets import settle
from chainrule.scene.model import Frame, Scene

_FRAME_PAD = 14.0
_FRAME_HEAD = 34.0
_LEAST_SECONDS = 0.01


@dataclass(frozen=True, slots=True)
class Room:
    """How large everything is that has to be placed."""

    sizes: Mapping[str, Size]
    """The size of each box [px]."""
    small: Collection[str] = ()
    """Boxes that may move along their rank, to what takes them in."""
    direction: Direction = "TB"
    """Where data flows."""
    label_cells: int = 0
    """How many characters of room each line needs for a label; 0 for none."""
    frame_titles: Mapping[str, str] | None = None
    """The title of each frame; only its length is used."""
    text_scale: float = 1.0
    """How large the text on lines and frames is, beside what it is by itself."""


def arrange(scene: Scene, room: Room, engine: Engine) -> Geometry:
    """Return where everything of a scene stands.

    Args:
        scene: boxes, links and frames.
        room: how large they are.
        engine: what places connected parts; it has its time once for all of them.

    Raises:
        LayoutDeadlineError: layout took longer than it may.
        PictureError: Graphviz failed.
    """
    until = monotonic() + engine.seconds

    def place(part: Scene) -> Geometry:
        go_on()
        if len(part.boxes) == 1 and not part.links and not part.frames:
            size = room.sizes[part.boxes[0].id]
            return Geometry(size, {part.boxes[0].id: Area(0.0, 0.0, size.width, size.height)}, {}, {})
        inside = _framed_parts(part)
        if len(inside) > 1:
            return _wrapped(part.frames[0], pack([place(one) for one in inside]), room)
        dot = make_dot(
            part, room.sizes, room.direction, room.label_cells, room.frame_titles, text_scale=room.text_scale
        )
        geometry = engine.place(dot, max(_LEAST_SECONDS, min(engine.seconds, until - monotonic())))
        small = [box.id for box in part.boxes if box.id in room.small]
        return settle(geometry, part, small, room.direction)

    # Parts of one box come last: they fill the room beside the others.
    parts = sorted(components(scene), key=lambda part: len(part.boxes) == 1)
    return pack([place(part) for part in parts]) if scene.boxes else engine.place(make_dot(scene, room.sizes))


def _framed_parts(part: Scene) -> tuple[Scene, ...]:
    """Return the parts within the one frame around everything; none where there is no such frame."""
    if len(part.frames) != 1 or len(boxes_within(part.frames[0])) != len(part.boxes):
        return ()
    return components(replace(part, frames=part.frames[0].frames))


def _wrapped(frame: Frame, inner: Geometry, room: Room) -> Geometry:
    corner: Point = (_FRAME_PAD, _FRAME_HEAD * room.text_scale)
    moved = move(inner, corner)
    size = Size(moved.size.width + _FRAME_PAD, moved.size.height + _FRAME_PAD)
    return replace(moved, size=size, frames={**moved.frames, frame.id: Area(0.0, 0.0, size.width, size.height)})
