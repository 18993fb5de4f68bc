"""The graph as a Mermaid flowchart."""

import re

import pytest
from chainrule.layout import make_engine
from chainrule.render import ViewOptions, draw
from chainrule.render.formats.mermaid import write_mermaid

from tests.graph.build import Builder, module
from tests.graph.program import CUBES, TRANSFORMER, trace
from tests.render.hostile import STRINGS, hostile_graph


def test_nodes_are_shaped_by_kind() -> None:
    chart = write_mermaid(trace(CUBES), ViewOptions())
    assert 'n0("x<br/>AccumulateGrad' in chart
    assert 'n1(["3"]):::constant' in chart
    assert re.search(r'n7\["z = div<br/>.*"\]:::root', chart)


def test_lines_run_the_way_data_flows_dotted_without_gradient() -> None:
    lines = [line.strip() for line in write_mermaid(trace(CUBES), ViewOptions()).splitlines()]
    assert "n0 --> n2" in lines
    assert "n1 -.-> n2" in lines


def test_the_direction_is_that_of_the_view() -> None:
    assert "flowchart LR" in write_mermaid(trace(CUBES), ViewOptions(direction="LR"))


def test_frames_open_and_close() -> None:
    chart = write_mermaid(trace(TRANSFORMER), ViewOptions(open=("model.layers.1",)))
    words = [line.split()[0] for line in chart.splitlines() if line.strip()]
    assert words.count("subgraph") == words.count("end") > 1


def test_every_box_is_written_once_and_every_line_joins_boxes() -> None:
    chart = write_mermaid(trace(TRANSFORMER), ViewOptions())
    boxes = re.findall(r"^ +(\w+)[\[(]", chart, re.MULTILINE)
    assert len(boxes) == len(set(boxes))
    ends = {end for pair in re.findall(r"^ +(\w+) -\.?->\s*(\w+)$", chart, re.MULTILINE) for end in pair}
    assert ends
    assert ends <= set(boxes)


def test_copies_of_a_leaf_have_names_that_mermaid_takes() -> None:
    made = Builder()
    x = made.leaf("x")
    for _ in range(8):
        made.node("MulBackward0", [x])
    chart = write_mermaid(made.graph(), ViewOptions())
    assert "n0_8 --> n8" in chart
    assert "n0.8" not in chart


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_any_text_can_be_written(word: str) -> None:
    assert write_mermaid(hostile_graph(word), ViewOptions(labels="slots")).encode()


def test_hostile_names_are_written_by_number() -> None:
    made = Builder()
    made.node("MulBackward0", [made.leaf('"] --> evil; click a "javascript:alert(1)" `x` #quot; <script>')])
    made.node("MulBackward0", [made.leaf("a\nend\n%%{init: {}}%%")], scope=[module('s"]')])
    chart = write_mermaid(made.graph(), ViewOptions())
    labels = re.findall(r'"([^"]*)"', chart)
    for label in labels:
        assert not set(label.replace("<br/>", "")) & set("<>\"`'%{}\\")
    assert len(re.findall(r"^\s*end$", chart, re.MULTILINE)) == chart.count("subgraph")


def test_a_carried_gradient_can_label_a_line() -> None:
    chart = write_mermaid(trace(CUBES), ViewOptions(labels="values"))
    assert '-->|"0.0833"|' in chart


def test_it_is_offered_as_a_format() -> None:
    drawing = draw(trace(CUBES), "mermaid", ViewOptions(), make_engine())
    assert drawing.media_type == "text/vnd.mermaid"
    assert drawing.content.decode().startswith('---\ntitle: "Autograd graph of z"\n---\nflowchart TB\n')
