"""What is measured of a training loop, compared with PyTorch alone."""

import math

import pytest
import torch
from chainrule.graph.training.measures import LeafMeasures, Measures, measure
from chainrule.graph.training.series import list_series
from torch import nn

from tests.graph.program import trace
from tests.graph.training.loops import ACCUMULATION, GAN, MLP, run_bare, without_oracle

SGD = MLP.format(optimizer="torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)", epochs=1, steps=30)
SCALAR = "w = torch.tensor(2.0, requires_grad=True)\nopt = torch.optim.SGD([w], lr={lr})\n"


def measured(source: str, number: int = 1) -> Measures:
    graph = trace(without_oracle(source))
    return measure(graph, list_series(graph)[number - 1])


def leaf(measures: Measures, name: str) -> LeafMeasures:
    [found] = [one for one in measures.leaves if name in one.node.names]
    return found


def norm(values: object) -> float:
    return torch.tensor(values, dtype=torch.float64).norm().item()


def test_loss_and_norms_are_those_of_each_step() -> None:
    seen = run_bare(SGD).moments
    measures = measured(SGD)
    assert measures.loss == pytest.approx([loss for loss, _, _ in seen["pass"]], rel=1e-6)
    for which, one in enumerate(measures.leaves):
        values = [held[which] for _, held, _ in seen["pass"]]
        after = [held[which] for _, held, _ in seen["step"]]
        assert one.value == pytest.approx([norm(held) for held in values], rel=1e-6)
        assert one.gradient == pytest.approx([norm(grads[which]) for _, _, grads in seen["pass"]], rel=1e-6)
        gaps = [
            norm((torch.tensor(b, dtype=torch.float64) - torch.tensor(a, dtype=torch.float64)).tolist()) / norm(a)
            for a, b in zip(values, after, strict=True)
        ]
        assert one.update == pytest.approx(gaps, rel=1e-4)


def test_the_learning_rate_is_that_of_each_step() -> None:
    source = (
        SCALAR.format(lr=0.8) + "plan = torch.optim.lr_scheduler.ExponentialLR(opt, 0.5)\n"
        "for i in range(3):\n    opt.zero_grad()\n    loss = w * w\n    loss.backward()\n    opt.step()\n"
        "    plan.step()\n"
    )
    [(optimizer, rates)] = measured(source).rates
    assert (optimizer.name, rates) == ("opt", (0.8, 0.4, 0.2))


def test_clipping_is_told_with_what_the_step_used() -> None:
    measures = measured(GAN, 2)
    seen = run_bare(GAN).moments["clip"]
    one = leaf(measures, "G.0.weight")
    assert one.clipped == measures.series.passes
    assert one.used == pytest.approx([norm(grads[0]) for _, _, grads in seen], rel=1e-5)
    assert leaf(measures, "D.0.weight").clipped == ()


def test_a_pass_that_no_step_follows_has_no_update() -> None:
    one = leaf(measured(ACCUMULATION), "model.weight")
    assert [update is None for update in one.update] == [True, False] * 6
    assert [used is None for used in one.used] == [True, False] * 6


def test_the_first_step_with_nan_is_named() -> None:
    measures = measured(
        SCALAR.format(lr=2.5) + "for i in range(5):\n    opt.zero_grad()\n    loss = w.sqrt()\n"
        "    loss.backward()\n    opt.step()\n"
    )
    [one] = measures.leaves
    values = [2.0]
    while not math.isnan(values[-1]):
        w = torch.tensor(values[-1], requires_grad=True)
        w.sqrt().backward()
        assert w.grad is not None
        values.append((w - 2.5 * w.grad).item() if w >= 0 else math.nan)
    assert one.first_not_finite == next(k for k, held in enumerate(values, 1) if held < 0 or math.isnan(held))
    assert measures.loss[one.first_not_finite - 1] == "nan"


def test_a_gradient_that_dies_and_one_that_grows_are_told() -> None:
    dying = measured(
        SCALAR.format(lr=1e-3) + "for i in range(6):\n    opt.zero_grad()\n    loss = w * 10.0 ** (-3 * i)\n"
        "    loss.backward()\n    opt.step()\n"
    )
    assert leaf(dying, "w").vanishes == 3
    assert leaf(dying, "w").explodes is None
    growing = measured(
        SCALAR.format(lr=1e-9) + "for i in range(9):\n    opt.zero_grad()\n    loss = w * (1.0 if i < 7 else 1e3)\n"
        "    loss.backward()\n    opt.step()\n"
    )
    assert leaf(growing, "w").explodes == 7
    assert leaf(growing, "w").vanishes is None


def test_a_parameter_in_no_optimizer_is_told() -> None:
    measures = measured(
        "model = nn.Linear(2, 1)\nopt = torch.optim.SGD([model.weight], lr=0.1)\n"
        "for i in range(3):\n    opt.zero_grad()\n    loss = model(torch.ones(1, 2)).sum()\n"
        "    loss.backward()\n    opt.step()\n"
    )
    assert leaf(measures, "model.weight").optimizer is not None
    assert leaf(measures, "model.bias").optimizer is None


def test_a_leaf_that_is_made_anew_each_time_is_one_row() -> None:
    measures = measured(
        "w = torch.tensor([1.0, 2.0])\nfor i in range(4):\n    w = w.detach().requires_grad_()\n"
        "    loss = (w * w).sum()\n    loss.backward()\n    w = w - 0.1 * w.grad\n"
    )
    [one] = measures.leaves
    assert one.gradient == pytest.approx([2 * 5**0.5 * 0.8**k for k in range(4)], rel=1e-6)
    assert one.value == pytest.approx([5**0.5 * 0.8**k for k in range(4)], rel=1e-6)


def test_modules_are_the_oracle_of_their_own_names() -> None:
    names = [one.node.names[0] for one in measured(SGD).leaves]
    model = nn.Sequential(nn.Linear(1, 8), nn.Tanh(), nn.Linear(8, 1))
    assert names == [f"model.{name}" for name, _ in model.named_parameters()]
