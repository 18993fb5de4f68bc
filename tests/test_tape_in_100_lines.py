"""The hundred lines that show the idea give autograd's own numbers, with PyTorch alone."""

import ast
import runpy
import subprocess
import sys
from typing import Any

import pytest
import torch
from chainrule.assets import EXAMPLES

from tests import ROOT

PATH = ROOT / "examples" / "tape_in_100_lines.py"
CODE = runpy.run_path(str(PATH))
PROGRAMS = (
    "y = x**2; z = y.sum()",
    "y = x * 2; z = (y * x).sum() / 12",
    "y = x.exp(); z = (y / (1 + y)).log().mean()",
    "y = x * x; y.mul_(3); z = y.prod()",
    "y = x.detach() * x; z = (y.relu() + torch.ones(3)).norm()",
    "y = torch.stack([x, x * x]); z = torch.softmax(y, 0)[0] @ x",
)


def run(program: str) -> tuple[Any, dict[str, Any]]:
    names: dict[str, Any] = {"torch": torch, "x": torch.tensor([1.0, 2.0, 3.0], requires_grad=True)}
    with CODE["Tape"]() as tape:
        exec(program, names)
    return tape, names


@pytest.mark.parametrize("program", PROGRAMS)
def test_values_and_gradients_are_those_of_autograd(program: str) -> None:
    tape, names = run(program)
    expected = torch.autograd.grad(names["z"], [names["y"], names["x"]], retain_graph=True)
    tape.backward(names["z"])
    for name, gradient in zip("yx", expected, strict=True):
        node = CODE["node_of"](names[name])
        torch.testing.assert_close(tape.value(node), names[name].detach())
        torch.testing.assert_close(tape.arrived[node], (gradient,))


@pytest.mark.parametrize("program", PROGRAMS)
def test_what_arrives_at_a_node_is_the_sum_of_what_its_edges_brought(program: str) -> None:
    tape, names = run(program)
    tape.backward(names["z"])
    for node in list(CODE["walk"](names["z"].grad_fn))[1:]:
        brought = [given for (source, slot), given in tape.passed.items() if source.next_functions[slot][0] is node]
        torch.testing.assert_close(tape.arrived[node], (sum(brought),))


def test_a_cotangent_starts_what_is_no_scalar() -> None:
    tape, names = run("z = x**2")
    tape.backward(names["z"], torch.tensor([1.0, 0.0, 0.0]))
    assert tape.arrived[CODE["node_of"](names["x"])][0].tolist() == [2.0, 0.0, 0.0]


def test_a_node_older_than_the_tape_has_no_value() -> None:
    older = torch.tensor(2.0, requires_grad=True) * 2
    with CODE["Tape"]() as tape:
        constant = torch.tensor(5.0)
    assert constant.item() == 5
    assert tape.value(older.grad_fn) is None


def test_a_graph_deeper_than_python_can_recurse_is_walked_and_drawn() -> None:
    tape, names = run("z = x\nfor _ in range(3000): z = z + 1")
    tape.backward(names["z"], torch.ones(3))
    assert CODE["draw"](tape, names["z"]).count("AddBackward0") == 3000


def test_as_a_script_it_prints_the_tree_with_the_shares_of_a_leaf_that_is_used_twice() -> None:
    done = subprocess.run([sys.executable, "-I", str(PATH)], capture_output=True, text=True, check=True)
    lines = done.stdout.splitlines()
    assert lines[:3] == ["z = DivBackward0", "  value    16.3333", "  gradient 1.0"]
    x = torch.tensor([1.0, 2.0, 3.0])
    takes = [ast.literal_eval(line.split(None, 1)[1]) for line in lines if line.strip().startswith("takes")]
    gradients = [ast.literal_eval(line.split(None, 1)[1]) for line in lines if line.strip().startswith("gradient")]
    shares = [takes[-2], takes[-1]]
    torch.testing.assert_close(torch.tensor(shares), torch.stack([x**3 / 2, x**3 / 6]), atol=5e-5, rtol=0)
    torch.testing.assert_close(torch.tensor(gradients[-1]), 2 * x**3 / 3, atol=5e-5, rtol=0)
    assert "x = AccumulateGrad" in done.stdout
    assert done.stdout.count("see above") == 1


def test_it_is_about_a_hundred_lines_that_import_torch_alone() -> None:
    text = PATH.read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 105
    imported = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    modules = {(node.module if isinstance(node, ast.ImportFrom) else node.names[0].name) for node in imported}
    assert {(module or "").split(".")[0] for module in modules} == {"torch", "collections"}


def test_it_is_no_program_of_the_gallery() -> None:
    assert PATH.parent != EXAMPLES
    assert PATH.stem not in {path.stem for path in EXAMPLES.glob("*.py")}
