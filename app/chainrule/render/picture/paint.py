"""Boxes, lines and frames as groups of marks at their places."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from chainrule.layout import Geometry
from chainrule.layout.graphviz.dot import FRAME_TITLE
from chainrule.layout.measure import text
from chainrule.render.card import draw
from chainrule.render.card.content import Content
from chainrule.render.card.heat import Scale
from chainrule.render.focus import Focus
from chainrule.render.options import ViewOptions
from chainrule.render.picture import edges
from chainrule.render.picture.edges import EdgeFlow
from chainrule.render.primitives import Mark, MarkGroup, Rect, Text
from chainrule.scene.model import Box, Frame, Link
from chainrule.words.nodes import KIND_WORDS, name_of, operation_of

_WIDTHS = 5
_RING = 5.0


@dataclass(frozen=True)
class Painter:
    """Paints the parts of one picture."""

    several: frozenset[str]
    """Nodes with several outputs."""
    geometry: Geometry
    options: ViewOptions
    focus: Focus
    scales: Mapping[str, Scale]
    flows: Mapping[str, EdgeFlow]
    origin: tuple[float, float]

    def box(self, box: Box, content: Content) -> MarkGroup:
        """Return the group of a box."""
        area = self.geometry.boxes[box.id]
        styles = ["node", *_kind_styles(box, content), *self.focus.box_styles(box)]
        marks: list[Mark] = []
        if "current" in styles or "marked" in styles:
            size, radius = content.size, draw.radius_of(content) + _RING
            marks.append(Rect(-_RING, -_RING, size.width + 2 * _RING, size.height + 2 * _RING, "ring", radius))
        marks += draw.draw_content(content, self.scales)
        x, y = self.origin
        label = text.clean(draw.label_of(content, _called(box)))
        place = area.x + x, area.y + y
        return MarkGroup(" ".join(styles), label, tuple(marks), *place, _box_data(box), True, self.options.font_scale)

    def link(self, link: Link) -> MarkGroup:
        """Return the group of a line."""
        flow = self.flows[link.id]
        styles = ["edge", flow.style, *self.focus.link_styles(link)]
        width = 1
        if self.options.widths and flow.norm:
            width = self._width(flow.norm)
            styles.append(f"w{width}")
        route = self.geometry.routes[link.id]
        label = edges.label_of(link, flow, self.options.labels)
        style = "soft" if self.options.labels == "slots" else "label"
        marks = tuple(edges.draw_route(route, label, style, self._output(link), width, self.options.font_scale))
        first, single = link.edges[0], len(link.edges) == 1
        data = (
            ("edge", " ".join(edge.id for edge in link.edges)),
            ("source", first.source if single else link.source),
            ("target", first.target if single else link.target),
        )
        return MarkGroup(" ".join(styles), "", marks, *self.origin, data)

    def frame(self, frame: Frame) -> MarkGroup:
        """Return the group of a frame."""
        area = self.geometry.frames[frame.id]
        x, y = self.origin
        marks = (Rect(0, 0, area.width, area.height, "frame", 10),)
        return MarkGroup("scope", "", marks, area.x + x, area.y + y, (("scope", text.clean(frame.path)),))

    def frame_name(self, frame: Frame) -> MarkGroup:
        """Return the group of a frame's title, which stands over the lines that cross the frame."""
        area = self.geometry.frames[frame.id]
        x, y = self.origin
        title = frame_title(frame)
        halo = Rect(7, 6, text.width(title, FRAME_TITLE - 1) + 10, 17, "halo", 4)
        size = FRAME_TITLE - 1
        words = Text(12, 18, title, size, "soft bold", length=text.fitted(title, size))
        data = (("scope", text.clean(frame.path)),)
        return MarkGroup("scope-name", "", (halo, words), area.x + x, area.y + y, data, scale=self.options.font_scale)

    def _width(self, norm: float) -> int:
        most = max((flow.norm for flow in self.flows.values() if flow.norm), default=norm)
        return max(1, math.ceil(_WIDTHS * math.sqrt(norm / most) - 1e-9))

    def _output(self, link: Link) -> str:
        # Which output a line leaves matters where there are several.
        if len(link.edges) > 1 or self.options.labels == "slots":
            return ""
        edge = link.edges[0]
        return str(edge.output_nr) if edge.target in self.several and edge.target == link.target else ""


def frame_title(frame: Frame) -> str:
    """Return what stands at the top of a frame."""
    return text.shorten(frame.label or frame.scope.name, 40)


def _kind_styles(box: Box, content: Content) -> list[str]:
    if box.node is None:
        return ["fold", *(["first"] if content.alarms else [])]
    flags = [flag for flag in ("root", "view", "parameter", "in_place") if flag in box.node.flags]
    return [box.node.kind, *flags, *(["first"] if content.alarms else [])]


def _box_data(box: Box) -> tuple[tuple[str, str], ...]:
    if box.node is not None:
        return (("node", box.node.id), ("box", box.id))
    path, members = (text.clean(box.fold.path), runs_of(box.fold.members)) if box.fold else ("", "")
    return (("node", box.id), ("box", box.id), ("fold", path), ("members", members))


@lru_cache(maxsize=1024)
def runs_of(ids: tuple[str, ...]) -> str:
    """Return node ids as runs in which each follows the one before: a fold of thousands stays a few words.

    >>> runs_of(("n2", "n3", "n4", "n9"))
    'n2-n4 n9'
    """
    runs: list[tuple[int, int]] = []
    for number in sorted(int(key[1:]) for key in ids):
        if runs and number == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], number)
        else:
            runs.append((number, number))
    return " ".join(f"n{first}" if first == last else f"n{first}-n{last}" for first, last in runs)


def _called(box: Box) -> str:
    if box.node is not None:
        # A node without a name is called after its operation: nothing is said twice.
        return ", ".join(
            dict.fromkeys(
                (text.clean(name_of(box.node)), text.clean(operation_of(box.node)), KIND_WORDS[box.node.kind])
            )
        )
    return f"{text.clean(box.fold.label)}, folded" if box.fold else ""
