"""Graphviz's own picture, in our colours."""

from xml.etree import ElementTree

import pytest
from chainrule.errors import PictureError
from chainrule.graph.model import Graph
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw

from tests.render.build import seed_graph
from tests.render.hostile import check_svg

SVG = "{http://www.w3.org/2000/svg}"
CLASSIC = ViewOptions(style="classic")


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def test_nodes_and_edges_have_the_same_classes_as_on_cards(engine: Engine) -> None:
    graph = seed_graph()
    root = check_svg(draw(graph, "svg", CLASSIC, engine).content)
    found = {
        kind: {g.get(f"data-{kind}") for g in root.iter(f"{SVG}g") if f"data-{kind}" in g.attrib}
        for kind in ("node", "edge")
    }
    assert found["node"] == {node.id for node in graph.nodes}
    assert found["edge"] == {edge.id for edge in graph.edges}


def test_words_outlines_and_arrows_are_taken_over(engine: Engine) -> None:
    root = check_svg(draw(seed_graph(), "svg", CLASSIC, engine).content)
    words = " ".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert "g = mul" in words
    styles = [path.get("class") for path in root.iter(f"{SVG}path")]
    assert styles.count("line") + styles.count("line dashed") == 7
    assert "card dashed" in styles


def test_an_empty_graph_is_explained(engine: Engine) -> None:
    root = ElementTree.fromstring(draw(Graph(), "svg", CLASSIC, engine).content)
    assert "no graph to draw" in "".join(root.itertext())


def test_what_is_not_a_picture_is_refused() -> None:
    class Broken:
        name = "broken"

        def run(self, dot: str, output: str, seconds: float) -> bytes:
            return b"<svg/>"

    with pytest.raises(PictureError, match="cannot be read"):
        draw(seed_graph(), "svg", CLASSIC, Engine(Broken(), 1.0, 1))
