"""The graph as text and as JSON."""

import json

import pytest
import torch
from chainrule.errors import ViewInvalidError
from chainrule.graph import Graph
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw

from tests.graph.program import CUBES, trace
from tests.render.hostile import STRINGS, hostile_graph


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def test_text_begins_with_what_is_computed_and_the_gradients(engine: Engine) -> None:
    drawing = draw(trace(CUBES), "text", ViewOptions(), engine)
    title, description, blank, first, *rest = drawing.content.decode().splitlines()
    assert drawing.media_type == "text/plain"
    assert title == "Autograd graph of z"
    assert "-1.1008" in description
    assert blank == ""
    assert first.startswith("z = div")
    x = torch.tensor([[0.4490, -0.7287, -1.2367], [1.0262, 0.3886, -1.2934], [0.2356, -1.5048, 0.1285]])
    tree, blank, depths = rest[:7], rest[7], rest[8:]
    assert [line.strip().split(" [")[0] for line in tree][-1] == "12"
    assert blank == ""
    assert depths == [
        "Norms of gradients in pass 1 by the fewest edges from a root:",
        "  0: 1 (n7)",
        "  1: 0.0833 (n5)",
        "  2: 0.25 (n4)",
        "  3: 0.5 (n2)",
        f"  4: {float((x**2 / 2).norm()):.4f} (n0)",
        "",
        "Closed forms, each with autograd's numbers:",
        *depths[-2:],
    ]
    assert depths[-2].endswith("/dx = x**2/2")
    assert depths[-1].endswith("= dz/dg * dg/dx = 1/12 * 6*x**2 = x**2/2")


def test_text_says_where_there_is_no_closed_form(engine: Engine) -> None:
    source = "x = torch.tensor([1.0, 2.0], requires_grad=True)\nz = torch.cumsum(x, 0).sum()\nz.backward()"
    text = draw(trace(source), "text", ViewOptions(), engine).content.decode()
    assert "  x: There is no rule to put cumsum into a closed form." in text


def test_text_of_a_long_program_has_no_closed_forms(engine: Engine) -> None:
    source = "x = torch.tensor(1.0, requires_grad=True)\nz = x\nfor i in range(50):\n    z = z * 2\nz.backward()"
    assert "losed form" not in draw(trace(source), "text", ViewOptions(), engine).content.decode()


def test_text_leaves_out_what_the_view_leaves_out(engine: Engine) -> None:
    assert "constant" not in draw(trace(CUBES), "text", ViewOptions(constants=False), engine).content.decode()


def test_text_of_nothing_explains_it(engine: Engine) -> None:
    text = draw(Graph(), "text", ViewOptions(), engine).content.decode()
    assert text == "The graph is empty: nothing in the program requires a gradient.\n"


def test_text_knows_no_pass_that_did_not_run(engine: Engine) -> None:
    with pytest.raises(ViewInvalidError, match="pass"):
        draw(trace(CUBES), "text", ViewOptions(pass_index=2), engine)


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_text_holds_nothing_that_a_terminal_would_obey(engine: Engine, word: str) -> None:
    text = draw(hostile_graph(word), "text", ViewOptions(), engine).content.decode()
    assert all(character == "\n" or character.isprintable() for character in text)


def test_json_is_the_graph(engine: Engine) -> None:
    graph = trace(CUBES)
    drawing = draw(graph, "json", ViewOptions(), engine)
    assert drawing.media_type == "application/json"
    assert Graph.model_validate_json(drawing.content) == graph
    assert json.loads(drawing.content)["schema_version"] == 2
