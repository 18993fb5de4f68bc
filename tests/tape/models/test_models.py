"""Models as people have them: the tape changes nothing of a training step, and misses nothing of it."""

import os
import subprocess
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import chainrule
import pytest
import torch
from chainrule.tape import Tape
from torch import Tensor

from tests.tape.models.architectures import MODELS, Made

pytestmark = pytest.mark.thorough

ALARMS = {"first_nan", "first_inf", "first_nan_gradient", "first_inf_gradient"}


def trained(make: Callable[[], Made], tape: AbstractContextManager[object]) -> dict[str, Tensor]:
    """Train a model for two steps; return the losses, the parameters and their gradients."""
    torch.manual_seed(0)
    model, step = make()
    model.train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
    seen = {}
    with tape:
        for number in range(2):
            optimizer.zero_grad()
            loss = step()
            loss.backward()
            optimizer.step()
            seen[f"loss {number}"] = loss.detach()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None
        seen |= {name: parameter.detach(), f"{name}.grad": parameter.grad}
    return seen


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_a_training_step_is_the_same_to_the_last_bit(make: Callable[[], Made]) -> None:
    bare, taped = trained(make, nullcontext()), trained(make, Tape())
    assert bare.keys() == taped.keys()
    assert [name for name in bare if not torch.equal(bare[name], taped[name])] == []


@pytest.mark.parametrize("make", MODELS.values(), ids=MODELS)
def test_every_node_has_its_value_and_its_gradient_and_nothing_is_blamed(make: Callable[[], Made]) -> None:
    torch.manual_seed(0)
    model, step = make()

    def train() -> Tensor:
        loss = step()
        loss.backward()
        return loss

    graph = chainrule.trace(train)
    nodes = [node for node in graph.nodes if node.kind in ("function", "leaf")]
    assert [node.op for node in nodes if not any(output.value for output in node.outputs)] == []
    assert [node.op for node in nodes if not any(output.gradients for output in node.outputs)] == []
    assert [(node.op, node.flags) for node in graph.nodes if ALARMS & set(node.flags)] == []
    told = [node.outputs[0] for node in nodes if node.kind == "leaf"]
    found = sorted((tuple(output.value.shape), output.gradients[0].norm) for output in told if output.value is not None)
    expected = sorted((tuple(one.shape), float(one.grad.double().norm())) for one in model.parameters())
    assert [shape for shape, _ in found] == [shape for shape, _ in expected]
    assert [norm for _, norm in found] == pytest.approx([norm for _, norm in expected], rel=1e-5)


SCRIPT = """
import torch
from tests.tape.models.architectures import MODELS
torch.manual_seed(0)
model, step = MODELS["gpt2"]()
loss = step()
loss.backward()
print(loss.item().hex(), *(parameter.grad.double().sum().item().hex() for parameter in model.parameters()))
"""


def test_a_script_shows_the_same_to_the_last_bit_through_view(tmp_path: Path) -> None:
    script, graph = tmp_path / "train.py", tmp_path / "graph.json"
    script.write_text(SCRIPT, encoding="utf-8")
    python = [sys.executable, str(script)]
    view = [sys.executable, "-m", "chainrule", "view", "--no-open", "-o", str(graph), str(script)]
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, (".", os.environ.get("PYTHONPATH"))))}
    bare, viewed = (
        subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.splitlines()
        for command in (python, view)
    )
    assert bare[0] == viewed[0]
    assert any(node.kind == "leaf" for node in chainrule.Graph.model_validate_json(graph.read_text("utf-8")).nodes)
