"""The SVG of a graph: what is in it, and that it stands alone."""

import re
from xml.etree import ElementTree

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.graph.model import Graph
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw, error_picture

from tests.render.build import SEED_SOURCE, seed_graph, tensor

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def svg(graph: Graph, engine: Engine, source: str = "", **options: object) -> ElementTree.Element:
    drawing = draw(graph, "svg", ViewOptions(**options), engine, source)  # type: ignore[arg-type]
    assert drawing.media_type == "image/svg+xml"
    return ElementTree.fromstring(drawing.content)


def groups(root: ElementTree.Element, style: str) -> list[ElementTree.Element]:
    return [g for g in root.iter(f"{SVG}g") if style in g.get("class", "").split()]


def words(root: ElementTree.Element) -> list[str]:
    return [text.text or "" for text in root.iter(f"{SVG}text")]


def test_each_node_and_edge_has_its_group(engine: Engine) -> None:
    graph = seed_graph()
    root = svg(graph, engine)
    assert [g.get("data-node") for g in groups(root, "node")] == [node.id for node in graph.nodes]
    assert {g.get("data-edge") for g in groups(root, "edge")} == {edge.id for edge in graph.edges}
    ends = {g.get("data-edge"): (g.get("data-source"), g.get("data-target")) for g in groups(root, "edge")}
    assert ends == {edge.id: (edge.source, edge.target) for edge in graph.edges}


def test_a_card_says_name_operation_code_shape_value_and_gradient(engine: Engine) -> None:
    root = svg(seed_graph(), engine, SEED_SOURCE)
    [card] = [g for g in groups(root, "node") if g.get("data-node") == "n4"]
    said = words(card)
    for word in ("g", "mul", "MulBackward0", "2*(x**3)", "3×3", "float32", "value", "grad", "-3.7829", "0.0833"):
        assert word in said, word


def test_data_flows_down_from_the_leaf_to_the_root(engine: Engine) -> None:
    root = svg(seed_graph(), engine)
    tops = {g.get("data-node"): float(re.findall(r"[\d.]+", g.get("transform", ""))[1]) for g in groups(root, "node")}
    assert tops["n0"] < tops["n2"] < tops["n4"] < tops["n5"] < tops["n7"]


def test_the_same_request_gives_the_same_bytes(engine: Engine) -> None:
    first = draw(seed_graph(), "svg", ViewOptions(), engine).content
    assert draw(seed_graph(), "svg", ViewOptions(), make_engine()).content == first


def test_the_title_and_description_say_what_is_computed(engine: Engine) -> None:
    root = svg(seed_graph(), engine)
    assert (root.findtext(f"{SVG}title")) == "Autograd graph of z"
    assert "z (-1.1008)" in (root.findtext(f"{SVG}desc") or "")


def test_an_empty_graph_is_explained(engine: Engine) -> None:
    assert "There is no graph to draw" in words(svg(Graph(), engine))


def test_a_pass_that_did_not_run_is_refused(engine: Engine) -> None:
    with pytest.raises(ViewInvalidError, match="there is one pass"):
        svg(seed_graph(), engine, pass_index=2)


def test_an_unknown_format_is_refused(engine: Engine) -> None:
    with pytest.raises(ViewInvalidError, match="'gif' is not one of"):
        draw(seed_graph(), "gif", ViewOptions(), engine)


def test_an_error_picture_says_what_is_wrong() -> None:
    drawing = error_picture("This view does not exist", "pass: 7 does not exist; there is one pass")
    said = " ".join(words(ElementTree.fromstring(drawing.content)))
    assert "This view does not exist" in said
    assert "there is one pass" in said


def test_other_values_need_neither_folding_nor_layout(engine: Engine) -> None:
    fresh = make_engine()
    first = seed_graph()
    draw(first, "svg", ViewOptions(), fresh)
    doubled = first.model_copy(
        update={
            "nodes": [
                node.model_copy(
                    update={
                        "outputs": [
                            output.model_copy(update={"value": tensor([[-123.456] * 3] * 3)})
                            if output.value and output.value.shape
                            else output
                            for output in node.outputs
                        ]
                    }
                )
                for node in first.nodes
            ]
        }
    )
    content = draw(doubled, "svg", ViewOptions(), fresh).content.decode()
    assert "-123.46" in content
    assert (fresh.layouts, fresh.scenes.made) == (1, 1)


def test_a_screen_reader_hears_each_box_once_with_its_numbers(engine: Engine) -> None:
    said = {g.get("data-node"): g.get("aria-label") for g in groups(svg(seed_graph(), engine), "node")}
    assert said["n1"] == "constant, 3"
    assert said["n2"] == "pow, operation, 3×3, value from -3.4075 to 1.0807, grad 0.1667 at every element"
    assert (said["n7"] or "").startswith("z, div, operation, scalar, value -1.1008")


def test_a_name_of_several_roots_is_in_the_title_once(engine: Engine) -> None:
    graph = seed_graph()
    twice = graph.model_copy(update={"roots": [*graph.roots, *graph.roots]})
    assert svg(twice, engine).findtext(f"{SVG}title") == "Autograd graph of z"


def test_a_constant_without_dimensions_stands_with_its_name(engine: Engine) -> None:
    graph = seed_graph()
    nodes = [node.model_copy(update={"names": ["k"]}) if node.id == "n1" else node for node in graph.nodes]
    root = svg(graph.model_copy(update={"nodes": nodes}), engine)
    (pill,) = [group for group in groups(root, "node") if group.get("data-node") == "n1"]
    assert words(pill) == ["k = 3"]
    assert pill.get("aria-label") == "k, constant, 3"
