"""A graph as DOT with labels, for whoever lays it out with Graphviz."""

from collections.abc import Iterator

import graphviz

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.layout.measure.text import clean
from chainrule.render.formats.captions import Captions
from chainrule.render.options import ViewOptions
from chainrule.render.palette import PALETTE
from chainrule.render.picture.alt_text import title_of_graph
from chainrule.render.picture.compose import scene_of
from chainrule.scene.model import Box, Frame

_SHAPES = {
    "leaf": {"style": "rounded,bold"},
    "constant": {"shape": "ellipse", "style": "dashed"},
    "detached": {"style": "dotted"},
}


def draw_dot(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as DOT; lines run the way data flows, dashed where no gradient flows.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
    """
    return write_dot(graph, options).encode()


def write_dot(graph: Graph, options: ViewOptions) -> str:
    """Return a graph as DOT, folded as a picture is."""
    index = GraphIndex.of(graph)
    lines = Captions(index, options)
    font = {"fontname": "Courier", "fontsize": f"{11 * options.font_scale:g}"}
    scene = scene_of(index, options)
    dot = graphviz.Digraph(
        comment=clean(title_of_graph(graph)),
        graph_attr={"rankdir": options.direction, "color": PALETTE["line"].on("print"), **font},
        node_attr={"shape": "box", **font},
        edge_attr={**font, "fontsize": f"{10 * options.font_scale:g}"},
    )
    boxes = {box.id: box for box in scene.boxes}
    for at, frame in _outside_in(dot, scene.frames):
        for key in frame.boxes:
            _add(at, boxes.pop(key), lines)
    for box in boxes.values():
        _add(dot, box, lines)
    for link in scene.links:
        attributes = {"label": graphviz.escape(lines.of_link(link))} if lines.of_link(link) else {}
        if not lines.flows(link):
            attributes["style"] = "dashed"
        dot.edge(link.target, link.source, id=link.id, **attributes)
    for notice in scene.notices:
        dot.body.append(f"\t// {clean(notice)}\n")
    return str(dot.source)


def _outside_in(dot: graphviz.Digraph, frames: tuple[Frame, ...]) -> Iterator[tuple[graphviz.Digraph, Frame]]:
    """Yield each frame with its cluster, which is added to the one around it once all within are done.

    Frames nest only a few deep, whatever the program.
    """
    for frame in frames:
        label = graphviz.escape(clean(frame.label))
        with dot.subgraph(name=f"cluster_{frame.id}", graph_attr={"label": label, "labeljust": "l"}) as cluster:
            yield cluster, frame
            yield from _outside_in(cluster, frame.frames)


def _add(dot: graphviz.Digraph, box: Box, lines: Captions) -> None:
    words = [graphviz.escape(line).replace("\n", " ") for line in lines.of_box(box)]
    attributes = dict(_SHAPES.get(box.node.kind, {})) if box.node else {"shape": "box3d"}
    if box.node and "root" in box.node.flags:
        attributes["peripheries"] = "2"
    if box.fold:
        attributes["tooltip"] = graphviz.escape(f"open={clean(box.fold.path)}")
    label = "".join(f"{word}\\l" for word in words) if len(words) > 1 else words[0]
    dot.node(box.id, graphviz.nohtml(label), **attributes)
