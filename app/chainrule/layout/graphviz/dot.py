"""A scene as DOT: what Graphviz is asked to place."""

import re
from collections.abc import Mapping
from typing import Literal

import graphviz

from chainrule.errors import PictureError
from chainrule.layout.geometry import Size
from chainrule.layout.measure import text
from chainrule.scene.model import Frame, Scene

Direction = Literal["TB", "BT", "LR", "RL"]

FRAME_TITLE = 12.0
"""Font size of a frame's title [px]."""
_INCH = 72.0
_ID = re.compile(r"[A-Za-z0-9._-]{1,200}")


def make_dot(
    scene: Scene,
    sizes: Mapping[str, Size],
    direction: Direction = "TB",
    label_cells: int = 0,
    frame_titles: Mapping[str, str] | None = None,
    text_scale: float = 1.0,
) -> str:
    """Return the DOT by which Graphviz places a scene: boxes of fixed size, no words of the program in it.

    Lines run the way data flows, from what is taken in to what takes it.

    Args:
        scene: boxes, links and frames.
        sizes: the size of each box [px].
        direction: where data flows: from top to bottom, and so on.
        label_cells: how many characters of room each line needs for a label; 0 for none.
        frame_titles: the title of each frame; only its length is used.
        text_scale: how large titles and labels are, beside what they are by themselves.

    Raises:
        PictureError: an id is not one.
    """
    dot = graphviz.Digraph(
        graph_attr={
            "rankdir": direction,
            "nodesep": "0.36",
            "ranksep": "0.5",
            "fontname": "Courier",
            "fontsize": f"{FRAME_TITLE * text_scale:g}",
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"arrowsize": "0.8", "fontname": "Courier", "fontsize": f"{11 * text_scale:g}"},
    )
    titles = frame_titles or {}
    placed: set[str] = set()
    for frame in scene.frames:
        _add_frame(dot, frame, sizes, titles, placed)
    for box in scene.boxes:
        if box.id not in placed:
            _add_box(dot, box.id, sizes[box.id])
    light = {box.id for box in scene.boxes if box.node is not None and box.node.kind == "constant"}
    room = {"label": "0" * label_cells} if label_cells else {}
    for link in scene.links:
        weight = "1" if link.target in light else "4"
        dot.edge(_name(link.target), _name(link.source), id=_name(link.id), weight=weight, **room)
    return dot.source


def _name(identifier: str) -> str:
    # Anything else could mean something to Graphviz, and is no id that tracing gives.
    if not _ID.fullmatch(identifier):
        raise PictureError(f"{identifier[:40]!r} is not an id of letters, digits, dots and hyphens.")
    return identifier


def _add_box(dot: graphviz.Digraph, identifier: str, size: Size) -> None:
    dot.node(_name(identifier), width=f"{size.width / _INCH:.4f}", height=f"{size.height / _INCH:.4f}")


def _add_frame(
    dot: graphviz.Digraph, frame: Frame, sizes: Mapping[str, Size], titles: Mapping[str, str], placed: set[str]
) -> None:
    title = titles.get(frame.id, "")
    attributes = {"label": "0" * max(1, round(text.cells(title))), "labeljust": "l", "margin": "14"}
    with dot.subgraph(name=f"cluster_{_name(frame.id)}", graph_attr=attributes) as inner:
        for nested in frame.frames:
            _add_frame(inner, nested, sizes, titles, placed)
        for identifier in frame.boxes:
            if identifier not in placed:
                placed.add(identifier)
                _add_box(inner, identifier, sizes[identifier])
