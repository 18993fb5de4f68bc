"""The graph as DOT: what Graphviz itself makes of it."""

import json

import pytest
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw
from chainrule.render.formats.dot import write_dot

from tests.graph.build import Builder, module
from tests.graph.program import CUBES, LSTM, TRANSFORMER, trace
from tests.render.hostile import STRINGS, hostile_graph


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def parsed(dot: str, engine: Engine) -> dict[str, dict[str, str]]:
    """The nodes and clusters by name, as Graphviz read them."""
    answer = json.loads(engine.picture(dot, "json0"))
    return {thing["name"]: thing for thing in answer.get("objects", [])}


def test_graphviz_reads_names_values_and_gradients(engine: Engine) -> None:
    boxes = parsed(write_dot(trace(CUBES), ViewOptions()), engine)
    assert boxes["n4"]["label"].split("\\l")[0] == "g = mul"
    assert "grad 0.0833 at every element" in boxes["n4"]["label"]
    assert boxes["n6"]["label"] == "12"


def test_lines_run_the_way_data_flows(engine: Engine) -> None:
    answer = json.loads(engine.picture(write_dot(trace(CUBES), ViewOptions()), "json0"))
    names = [thing["name"] for thing in answer["objects"]]
    flows = {(names[edge["tail"]], names[edge["head"]]) for edge in answer["edges"]}
    assert ("n0", "n2") in flows
    assert ("n5", "n7") in flows


def test_kinds_are_told_apart(engine: Engine) -> None:
    boxes = parsed(write_dot(trace(CUBES), ViewOptions()), engine)
    assert boxes["n0"]["style"] == "rounded,bold"
    assert boxes["n1"]["shape"] == "ellipse"
    assert boxes["n7"]["peripheries"] == "2"


def test_no_gradient_is_dashed(engine: Engine) -> None:
    dot = write_dot(trace(CUBES), ViewOptions())
    assert "n1 -> n2 [id=e4 style=dashed]" in dot
    assert "n0 -> n2 [id=e0]\n" in dot


@pytest.mark.parametrize(("view", "told", "hidden"), [("values", "value", "grad"), ("gradients", "grad", "value")])
def test_a_view_tells_only_its_tensors(view: str, told: str, hidden: str) -> None:
    dot = write_dot(trace(CUBES), ViewOptions.from_query({"view": view}))
    assert f"\\l{told} " in dot
    assert f"\\l{hidden} " not in dot


def test_labels_of_lines_tell_what_was_carried() -> None:
    assert "label=0.0833" in write_dot(trace(CUBES), ViewOptions(labels="values"))
    assert 'label="norm 0.0833' in write_dot(trace(CUBES), ViewOptions(labels="norms"))
    assert "label=0 id" in write_dot(trace(CUBES), ViewOptions(labels="slots"))


def test_scopes_are_clusters_and_folds_name_what_opens_them(engine: Engine) -> None:
    boxes = parsed(write_dot(trace(TRANSFORMER), ViewOptions()), engine)
    folds = [box for box in boxes.values() if box.get("shape") == "box3d"]
    assert "×6" in folds[0]["label"] or "×5" in folds[1]["label"]
    assert folds[0]["tooltip"] == "open=model.layers.0"
    assert any(name.startswith("cluster_") for name in boxes)


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_any_text_can_be_written(word: str) -> None:
    assert write_dot(hostile_graph(word), ViewOptions(labels="slots")).encode()


def test_hostile_names_stay_words(engine: Engine) -> None:
    made = Builder()
    names = ['"]; evil [label="', "<b>bold</b>", "back\\nslash\\", "new\nline", "a\u202eb"]
    for name in names:
        made.node("MulBackward0", [made.leaf(name)], scope=[module('x"]}; evil')])
    boxes = parsed(write_dot(made.graph(), ViewOptions()), engine)
    assert len([name for name in boxes if not name.startswith("cluster_")]) == 10
    labels = [boxes[f"n{2 * number}"]["label"].split("\\l")[0] for number in range(5)]
    assert labels[0] == '"]; evil [label="'
    assert labels[1] == "<b>bold</b>"
    assert "\n" not in labels[3]


def test_a_second_pass_can_be_shown() -> None:
    graph = trace(
        "x = torch.tensor(2.0, requires_grad=True)\ny = x * 3\n"
        "y.backward(retain_graph=True)\ny.backward(torch.tensor(2.0))"
    )
    assert "grad 3" in write_dot(graph, ViewOptions(pass_index=1))
    assert "grad 6" in write_dot(graph, ViewOptions(pass_index=2))


def test_what_is_folded_is_told_in_a_comment(engine: Engine) -> None:
    content = draw(trace(LSTM), "dot", ViewOptions(boxes=30), engine)
    assert content.media_type == "text/vnd.graphviz"
    assert "nodes are folded into" in content.content.decode()


def test_nodes_with_several_outputs_number_them() -> None:
    graph = trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\na, b = x.unbind()\n(a * b).backward()")
    dot = write_dot(graph, ViewOptions())
    assert "value 0 1" in dot
    assert "grad 1 1" in dot
