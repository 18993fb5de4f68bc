"""Graphviz's own picture of a graph (``style=classic``), in our colours and with our classes."""

import re
from collections.abc import Iterator
from xml.etree import ElementTree

from chainrule.errors import PictureError
from chainrule.graph.index import GraphIndex
from chainrule.layout import Engine
from chainrule.layout.measure.text import clean, fitted
from chainrule.render.formats.dot import write_dot
from chainrule.render.options import ViewOptions
from chainrule.render.picture.alt_text import describe_graph, title_of_graph
from chainrule.render.primitives import Mark, MarkGroup, Path, Picture, Text

_NAMESPACE = "{http://www.w3.org/2000/svg}"
_NUMBER = re.compile(r"-?[0-9.]+")
_BOX = re.compile(r'viewBox="[0-9.-]+ [0-9.-]+ ([0-9.]+) ([0-9.]+)"')
_MOVED = re.compile(r"translate\(([0-9.-]+) ([0-9.-]+)\)")


def compose_classic(index: GraphIndex, options: ViewOptions, engine: Engine, pass_index: int | None) -> Picture:
    """Return Graphviz's own picture as marks.

    Only its lines, outlines and texts are taken over; whatever else Graphviz may write stays behind.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    svg = engine.picture(write_dot(index.graph, options)).decode()
    size, moved = _BOX.search(svg), _MOVED.search(svg)
    if size is None or moved is None:
        raise PictureError("Graphviz gave a picture that cannot be read.")
    origin = float(moved[1]), float(moved[2])
    groups = tuple(_group(g, origin) for g in ElementTree.fromstring(svg).iter(f"{_NAMESPACE}g") if _is_part(g))
    width, height = float(size[1]), float(size[2])
    return Picture(width, height, title_of_graph(index.graph), describe_graph(index, pass_index), groups)


def _is_part(group: ElementTree.Element) -> bool:
    return group.get("class") in ("node", "edge", "cluster")


def _group(group: ElementTree.Element, origin: tuple[float, float]) -> MarkGroup:
    kind = group.get("class", "")
    title = clean(group.findtext(f"{_NAMESPACE}title") or "")
    marks = tuple(_marks(group, kind))
    if kind == "node":
        words = ", ".join(mark.content for mark in marks if isinstance(mark, Text))
        return MarkGroup("node classic", words, marks, *origin, (("node", title), ("box", title)), focusable=True)
    if kind == "edge":
        return MarkGroup("edge classic", "", marks, *origin, (("edge", clean(group.get("id", ""))),))
    return MarkGroup("scope", "", marks, *origin)


def _marks(group: ElementTree.Element, kind: str) -> Iterator[Mark]:
    filled = False
    outline = {"node": "card", "edge": "head", "cluster": "frame"}[kind]
    for element in group.iter():
        name = element.tag.removeprefix(_NAMESPACE)
        dashes = " dashed" if element.get("stroke-dasharray") else ""
        if name in ("polygon", "polyline"):
            closed = "Z" if name == "polygon" else ""
            # The second outline of a root lies around the first, which it must not cover.
            yield Path(_lines(element.get("points", "")) + closed, ("inner" if filled else outline) + dashes)
            filled = kind == "node"
        elif name == "ellipse":
            yield Path(_ellipse(element), outline + dashes)
        elif name == "path":
            numbers = "".join(re.findall(r"[MLC0-9., -]+", element.get("d", "")))
            yield Path(numbers, ("line" if kind == "edge" else outline) + dashes)
        elif name == "text":
            yield _text(element)


def _lines(points: str) -> str:
    numbers = _NUMBER.findall(points)
    return "M" + "L".join(f"{x} {y}" for x, y in zip(numbers[::2], numbers[1::2], strict=False))


def _ellipse(element: ElementTree.Element) -> str:
    x, y, across, down = (float(element.get(key, "0")) for key in ("cx", "cy", "rx", "ry"))
    half = f"A{across:.2f} {down:.2f} 0 0 1"
    return f"M{x - across:.2f} {y:.2f}{half} {x + across:.2f} {y:.2f}{half} {x - across:.2f} {y:.2f}Z"


def _text(element: ElementTree.Element) -> Text:
    content = clean((element.text or "").replace("\xa0", " "))
    size = float(element.get("font-size", "11"))
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    anchor = element.get("text-anchor")
    length = fitted(content, size)
    if anchor == "middle":
        return Text(x, y, content, size, "", "middle", length)
    return Text(x, y, content, size, "", "end" if anchor == "end" else "start", length)
