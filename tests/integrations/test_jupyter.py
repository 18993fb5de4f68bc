"""The notebook extension, with a real kernel."""

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from pathlib import Path
from typing import Any

import nbformat
import pytest
import torch
from chainrule.limits import Limits
from chainrule.tape.existing import graph_of
from chainrule.tape.script import trace_cell
from nbclient import NotebookClient

from tests import ROOT


def run(tmp_path: Path, *cells: str) -> list[list[Any]]:
    """Run the cells in a kernel; return the outputs of each."""
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    client = NotebookClient(notebook, timeout=120, allow_errors=True, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env={"PYTHONPATH": str(ROOT / "app"), "PATH": "/usr/bin:/bin", "HOME": str(tmp_path)})
    return [cell["outputs"] for cell in notebook["cells"]]


@pytest.fixture(scope="module")
def outputs(tmp_path_factory: pytest.TempPathFactory) -> list[list[Any]]:
    folder = tmp_path_factory.mktemp("notebook")
    return run(
        folder,
        "%load_ext chainrule\nimport torch",
        "%%chainrule theme=light\nx = torch.tensor([1., 2.], requires_grad=True)\ny = x * 3\nloss = (y ** 2).sum()",
        "print(x.grad, loss.item())",
        "show(loss, theme='dark')",
        "show(loss).save('loss.pdf').read_bytes()[:4]",
        "%%chainrule\nloss.backward(gradient=torch.ones(5))",
        "show(5)",
        "%%chainrule theme=pink\nx * 2",
    )


def test_the_cell_is_shown_as_a_picture_and_as_words(outputs: list[list[Any]]) -> None:
    data = outputs[1][0]["data"]
    ET.fromstring(data["image/svg+xml"])
    assert "SumBackward0" in data["text/plain"]
    found = re.fullmatch(
        r'<img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)" style="[^"]+">', data["text/html"]
    )
    assert found, "where pages are made of notebooks, pictures do not share their styles"
    assert b64decode(found[1]).decode() == data["image/svg+xml"]
    assert "SumBackward0" in found[2]


def test_the_notebook_keeps_what_the_cell_made_and_no_grad_is_touched(outputs: list[list[Any]]) -> None:
    assert outputs[2][0]["text"] == "None 45.0\n"


def test_a_tensor_shows_the_graph_that_it_hangs_on(outputs: list[list[Any]]) -> None:
    assert "<svg" in outputs[3][0]["data"]["image/svg+xml"]


def test_a_picture_is_saved_in_the_format_of_its_suffix(outputs: list[list[Any]]) -> None:
    assert outputs[4][0]["data"]["text/plain"] == "b'%PDF'"


def test_an_error_of_the_cell_is_shown_after_the_graph_so_far(outputs: list[list[Any]]) -> None:
    kinds = [output["output_type"] for output in outputs[5]]
    assert kinds == ["display_data", "error"]
    assert "shape" in outputs[5][1]["evalue"]


def test_what_cannot_be_shown_says_why(outputs: list[list[Any]]) -> None:
    assert "a tensor or a Graph, not int" in outputs[6][0]["evalue"]
    assert "pink" in outputs[7][0]["evalue"]


def test_gradients_of_held_tensors_are_those_of_pytorch() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 3
    loss = (y**2).sum()
    graph = graph_of(loss, {"x": x, "y": y, "loss": loss})
    expected = torch.autograd.grad(loss, [x, y], retain_graph=True)
    found = {name: node.outputs[0].gradients[0] for node in graph.nodes for name in node.names}
    for name, gradient in zip(("x", "y"), expected, strict=True):
        tensor = found[name]
        assert tensor is not None
        assert tensor.values == gradient.tolist()
    assert x.grad is None
    loss.backward()


def test_a_graph_that_was_freed_still_shows_its_structure() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    loss = (x**2).sum()
    loss.backward()
    graph = graph_of(loss, {"x": x})
    assert {node.op for node in graph.nodes} >= {"AccumulateGrad", "PowBackward0", "SumBackward0"}


def test_a_tensor_without_a_graph_is_refused() -> None:
    with pytest.raises(ValueError, match="no grad_fn"):
        graph_of(torch.ones(2), {})
    with pytest.raises(TypeError, match="hangs on a tensor, not on int"):
        graph_of(5, {})


def test_a_cell_with_a_pass_of_its_own_gets_no_other() -> None:
    names: dict[str, Any] = {"x": torch.tensor(3.0, requires_grad=True)}
    trace = trace_cell("y = x * x\ny.backward()\ny", names, Limits(), "<cell>")
    assert [run.call for run in trace.graph.passes] == ["backward"]
    assert names["x"].grad.item() == 6.0
    assert trace.value is names["y"]


def test_a_cell_without_tensors_has_an_empty_graph() -> None:
    trace = trace_cell("a = 1\na + 1", {}, Limits(), "<cell>")
    assert (trace.value, trace.graph.nodes, trace.error) == (2, [], None)
