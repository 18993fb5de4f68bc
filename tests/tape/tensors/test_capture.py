"""What a large tensor held when it was recorded: its statistics are those of that moment, however it changes."""

import subprocess
import sys

import pytest
import torch

from tests.tape.traced import Trace

START = "x = torch.ones(50, 40, requires_grad=True)\nt = torch.arange(2000.).view(50, 40)\na = (x * t).sum()\n"


@pytest.mark.parametrize(
    "change",
    [
        "t.mul_(2)",
        "t.data.mul_(2)",
        "t.detach().view(-1).mul_(2)",
        "t[0] = 7",
        "torch.mul(t, 3, out=t)",
        "torch._foreach_mul_([torch.ones(2), t], 2)",
        "t.view(-1)[5:1500].zero_()",
        "t.t_()",
        "t.resize_(40, 50)",
    ],
)
def test_a_change_in_place_is_measured_anew(trace: Trace, change: str) -> None:
    traced = trace(START + change + "\nb = (x.view(t.shape) * t).sum()\nc = a + b", root="c")
    assert traced.error is None
    products = [node for node in traced.graph.nodes if node.op == "MulBackward0"]
    shown = [node.outputs[0].value for node in products]
    now = (torch.ones(()) * traced.namespace["t"]).detach()
    for value, expected in zip(shown, (torch.arange(2000.0).view(50, 40), now), strict=True):
        assert value is not None
        assert value.stats.norm == pytest.approx(float(expected.double().norm()))
        assert value.stats.zero == int((expected == 0).sum())
        assert value.stats.max == expected.max()


def test_views_conjugates_and_negatives_of_one_memory_are_told_apart(trace: Trace) -> None:
    traced = trace(
        "c = torch.complex(torch.arange(2000.), torch.ones(2000)).requires_grad_()\n"
        "first, second = c.imag * 1, c.conj().imag * 1\n"
        "even = c.real[::2].clone() * 1; odd = c.real[1::2].clone() * 1\n"
        "(first.sum() + second.sum() + even.sum() + odd.sum()).backward()"
    )
    for name in ("first", "second", "even", "odd"):
        value = traced.node(name).outputs[0].value
        assert value is not None
        assert value.stats.min == traced.namespace[name].min()
        assert value.stats.max == traced.namespace[name].max()


def test_recording_does_not_import_pytorchs_compiler() -> None:
    source = (
        "import sys, torch; from chainrule.tape import Tape\n"
        "with Tape() as tape: torch.ones(3, requires_grad=True).sum().backward()\n"
        "tape.graph(); sys.exit('torch._dynamo' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", source], check=False).returncode == 0
