"""A graph as a Mermaid flowchart, for pages that draw those themselves."""

from collections.abc import Iterator

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.layout.measure.text import clean
from chainrule.render.formats.captions import Captions
from chainrule.render.options import ViewOptions
from chainrule.render.picture.alt_text import title_of_graph
from chainrule.render.picture.compose import scene_of
from chainrule.scene.model import Box, Frame

_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 =.,+-()[]:/_×·–")
_BRACKETS = {
    "function": ("[", "]"),
    "leaf": ("(", ")"),
    "constant": ("([", "])"),
    "detached": ("[/", "/]"),
    "fold": ("[[", "]]"),
}
_CLASSES = """    classDef leaf stroke-width:3px
    classDef root stroke-width:4px
    classDef constant stroke-dasharray:4 3
    classDef detached stroke-dasharray:2 3
    classDef fold stroke-width:2px"""


def draw_mermaid(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as a Mermaid flowchart; lines run the way data flows, dotted where no gradient flows.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
    """
    return write_mermaid(graph, options).encode()


def write_mermaid(graph: Graph, options: ViewOptions) -> str:
    """Return a graph as a Mermaid flowchart, folded as a picture is."""
    index = GraphIndex.of(graph)
    lines = Captions(index, options)
    scene = scene_of(index, options)
    boxes = {box.id: box for box in scene.boxes}
    head = ["---", f"title: {_quoted(title_of_graph(graph))}", "---", f"flowchart {options.direction}"]
    words = [*head, *_framed(scene.frames, boxes, lines)]
    words += [f"    {_box(box, lines)}" for box in boxes.values()]
    for link in scene.links:
        label = lines.of_link(link)
        arrow = "-->" if lines.flows(link) else "-.->"
        middle = f'{arrow}|"{_escape(label)}"|' if label else arrow
        words.append(f"    {_id(link.target)} {middle} {_id(link.source)}")
    words.append(_CLASSES)
    return "\n".join(words) + "\n"


def _framed(frames: tuple[Frame, ...], boxes: dict[str, Box], lines: Captions) -> Iterator[str]:
    """Yield the subgraphs with what is in them; what they hold is taken out of ``boxes``."""
    waiting: list[tuple[Frame | None, int]] = [(frame, 1) for frame in reversed(frames)]
    while waiting:
        frame, depth = waiting.pop()
        indent = "    " * depth
        if frame is None:
            yield f"{indent}end"
            continue
        yield f'{indent}subgraph {_id(frame.id)}["{_escape(frame.label)}"]'
        for key in frame.boxes:
            yield f"{indent}    {_box(boxes.pop(key), lines)}"
        waiting.append((None, depth))
        waiting.extend((inner, depth + 1) for inner in reversed(frame.frames))


def _box(box: Box, lines: Captions) -> str:
    kind = box.node.kind if box.node else "fold"
    start, end = _BRACKETS[kind]
    text = "<br/>".join(_escape(line) for line in lines.of_box(box))
    style = "root" if box.node and "root" in box.node.flags else kind
    mark = f":::{style}" if style != "function" else ""
    return f'{_id(box.id)}{start}"{text}"{end}{mark}'


def _id(key: str) -> str:
    return key.replace(".", "_")


def _quoted(text: str) -> str:
    """Return a string for the YAML of a diagram's head."""
    return '"' + "".join(character for character in clean(text) if character not in '"\\') + '"'


def _escape(text: str) -> str:
    """Text of the program as Mermaid writes what could mean something to it, by number."""
    return "".join(character if character in _PLAIN else f"#{ord(character)};" for character in clean(text))
