"""Passes of one place in a loop are one series, whatever else the loop does."""

import pytest
from chainrule.graph.training.series import list_series, series_of

from tests.graph.program import CUBES, trace
from tests.graph.training.loops import ACCUMULATION, BY_HAND, GAN, LBFGS, LENGTHS, MLP, without_oracle

NESTED = MLP.format(optimizer="torch.optim.SGD(model.parameters(), lr=0.1)", epochs=3, steps=4)


def test_epochs_and_steps_are_the_axes_of_nested_loops() -> None:
    [series] = list_series(trace(without_oracle(NESTED)))
    assert (series.name, series.axes) == ("loss", ("epoch", "step"))
    assert series.passes == tuple(range(1, 13))
    assert [series.place(number) for number in (1, 4, 5, 12)] == [(1, 1), (1, 4), (2, 1), (3, 4)]


def test_a_gan_has_a_series_for_each_loss() -> None:
    critic, maker = list_series(trace(without_oracle(GAN)))
    assert (critic.name, maker.name) == ("loss_d", "loss_g")
    assert critic.passes == (1, 3, 5, 7, 9, 11)
    assert maker.passes == (2, 4, 6, 8, 10, 12)


def test_two_losses_in_one_iteration_are_two_series() -> None:
    first, second = list_series(trace(without_oracle(BY_HAND)))
    assert (first.name, second.name) == ("first", "second")
    assert (first.number, second.number) == (1, 2)


def test_each_call_of_a_closure_is_a_place_on_an_axis_of_its_own() -> None:
    [series] = list_series(trace(without_oracle(LBFGS)))
    assert series.axes == ("step", "closure")
    assert series.places[:6] == ((1, 1), (1, 2), (1, 3), (1, 4), (1, 5), (2, 1))


def test_a_smaller_last_batch_is_of_the_series() -> None:
    [series] = list_series(trace(without_oracle(ACCUMULATION)))
    assert len(series.passes) == 12


def test_sequences_of_any_length_are_of_one_series() -> None:
    [series] = list_series(trace(without_oracle(LENGTHS)))
    assert len(series.passes) == 4
    assert series.axes == ("step",)


def test_a_model_that_is_made_anew_in_each_iteration_is_the_same_model() -> None:
    [series] = list_series(
        trace(
            "for width in range(3):\n    torch.manual_seed(width)\n    model = nn.Linear(2, 1)\n"
            "    loss = model(torch.ones(1, 2)).sum()\n    loss.backward()"
        )
    )
    assert series.axes == ("width",)
    assert series.passes == (1, 2, 3)


def test_other_operations_in_some_iterations_make_another_series() -> None:
    found = list_series(
        trace(
            "w = torch.tensor(2.0, requires_grad=True)\nfor i in range(6):\n    loss = (w - 1) ** 2\n"
            "    if i % 3 == 0:\n        loss = loss + w.abs()\n    loss.backward()"
        )
    )
    assert [series.passes for series in found] == [(1, 4), (2, 3, 5, 6)]


@pytest.mark.parametrize(
    "source",
    [
        CUBES,
        "x = torch.tensor(3.0, requires_grad=True)\ny = x * x\ny.backward(retain_graph=True)\ny.backward()",
        "def f(x):\n    (x * x).backward()\nx = torch.tensor(3.0, requires_grad=True)\nf(x)\nf(x)",
        "x = torch.tensor(3.0, requires_grad=True)\nfor i in range(1):\n    (x * x).backward()",
    ],
)
def test_what_does_not_come_again_in_a_loop_is_in_no_series(source: str) -> None:
    graph = trace(source)
    assert list_series(graph) == ()
    assert series_of(graph, 1) is None


def test_a_pass_that_failed_is_in_no_series() -> None:
    graph = trace(
        "w = torch.tensor(2.0, requires_grad=True)\nfor i in range(3):\n    y = w.exp()\n"
        "    if i == 2:\n        y.detach().mul_(2)\n    try:\n        y.backward()\n"
        "    except RuntimeError:\n        pass"
    )
    [series] = list_series(graph)
    assert series.passes == (1, 2)
