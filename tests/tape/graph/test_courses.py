"""What leaves held over the passes of a program, compared with the same program without a tape."""

from collections.abc import Sequence
from typing import Any

import pytest
import torch
from chainrule.graph import Graph, History, LeafCourse

from tests.graph.program import CUBES, trace
from tests.graph.training.loops import ACCUMULATION, BY_HAND, GAN, LBFGS, MLP, exact, run_bare, without_oracle

ADAM = MLP.format(optimizer="torch.optim.Adam(model.parameters(), lr=0.05)", epochs=2, steps=20)


def courses(graph: Graph, prefix: str = "") -> list[LeafCourse]:
    found = [node.course for node in graph.nodes if node.kind == "leaf" and node.names[0].startswith(prefix)]
    assert all(course is not None for course in found)
    return [course for course in found if course is not None]


def listed(history: History) -> list[Any]:
    return [exact(tensor.values) for tensor in history]


def column(moments: Sequence[tuple[float, list[Any], list[Any]]], which: int, part: int) -> list[Any]:
    return [moment[part][which] for moment in moments]


def test_values_are_those_of_the_forward_part_of_each_pass_and_updated_those_after_the_step() -> None:
    seen = run_bare(ADAM).moments
    graph = trace(without_oracle(ADAM))
    for which, course in enumerate(courses(graph)):
        assert listed(course.values) == column(seen["pass"], which, 1)
        assert listed(course.updated) == column(seen["step"], which, 1)
        assert course.values.passes == course.updated.passes == tuple(range(1, 41))
        assert not course.stepped


def test_what_an_optimizer_keeps_is_what_its_state_has() -> None:
    source = ADAM.replace("range(2)", "range(1)")
    graph = trace(without_oracle(source))
    names: dict[str, Any] = {}
    torch.manual_seed(0)
    exec(without_oracle(source), {"torch": torch, "nn": torch.nn}, names)
    for course, parameter in zip(courses(graph), names["model"].parameters(), strict=True):
        assert set(course.state) == {"exp_avg", "exp_avg_sq"}
        assert exact(course.state["exp_avg"][-1].values) == names["opt"].state[parameter]["exp_avg"].tolist()
        assert exact(course.state["exp_avg_sq"][-1].values) == names["opt"].state[parameter]["exp_avg_sq"].tolist()


def test_a_gradient_that_was_clipped_is_told_as_the_step_used_it() -> None:
    seen = run_bare(GAN).moments
    graph = trace(without_oracle(GAN))
    clipped = seen["clip"]
    for which, course in enumerate(courses(graph, "G")):
        assert course.updated.passes == (2, 4, 6, 8, 10, 12)
        assert listed(course.stepped) == column(clipped, which, 2)
    for course in courses(graph, "D"):
        assert course.updated.passes == (1, 3, 5, 7, 9, 11)
        assert not course.stepped
        assert set(course.state) == {"momentum_buffer"}


def test_optimizers_are_told_with_their_leaves_and_learning_rates() -> None:
    graph = trace(without_oracle(GAN))
    critic, maker = graph.optimizers
    assert (critic.type, critic.name, maker.type, maker.name) == ("SGD", "opt_d", "Adam", "opt_g")
    names = {node.id: node.names[0] for node in graph.nodes if node.names}
    assert {names[leaf][0] for leaf in critic.leaves} == {"D"}
    assert {names[leaf][0] for leaf in maker.leaves} == {"G"}
    assert [update.after for update in critic.updates] == [1, 3, 5, 7, 9, 11]
    assert {update.span.line for update in maker.updates if update.span} == {23}
    assert {rate for update in critic.updates for rate in update.learning_rates} == {0.01}


def test_a_schedule_is_seen_in_the_learning_rates() -> None:
    graph = trace(
        "w = torch.tensor(2.0, requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.8)\n"
        "schedule = torch.optim.lr_scheduler.StepLR(opt, 1, gamma=0.5)\n"
        "for i in range(3):\n    opt.zero_grad()\n    (w * w).backward()\n    opt.step()\n    schedule.step()\n"
    )
    [optimizer] = graph.optimizers
    assert [update.learning_rates for update in optimizer.updates] == [[0.8], [0.4], [0.2]]


def test_steps_between_closures_belong_to_the_pass_before() -> None:
    seen = run_bare(LBFGS).moments["pass"]
    [course] = courses(trace(without_oracle(LBFGS)))
    assert listed(course.values) == column(seen, 0, 1)


def test_a_step_after_several_passes_belongs_to_the_last_of_them() -> None:
    seen = run_bare(ACCUMULATION).moments
    graph = trace(without_oracle(ACCUMULATION))
    for which, course in enumerate(courses(graph)):
        assert course.updated.passes == (2, 4, 6, 8, 10, 12)
        assert listed(course.updated) == column(seen["step"], which, 1)
        assert listed(course.values) == column(seen["pass"], which, 1)


def test_a_step_that_is_taken_by_hand_is_seen_too() -> None:
    seen = run_bare(BY_HAND).moments
    graph = trace(without_oracle(BY_HAND))
    [course] = courses(graph)
    assert course.updated.passes == (2, 4, 6, 8, 10)
    assert listed(course.updated) == column(seen["step"], 0, 1)
    assert graph.optimizers == []


def test_a_leaf_of_a_single_pass_that_nothing_changed_has_no_course() -> None:
    assert [node.course for node in trace(CUBES).nodes] == [None] * len(trace(CUBES).nodes)


def test_the_change_of_a_large_parameter_is_measured() -> None:
    source = (
        "model = nn.Linear(40, 40)\nopt = torch.optim.Adam(model.parameters(), lr=0.01)\n"
        "for i in range(4):\n    opt.zero_grad()\n    loss = model(torch.ones(2, 40)).pow(2).mean()\n"
        "    loss.backward()\n    before = model.weight.detach().clone()\n    opt.step()\n"
        "    seen.append((model.weight - before).norm().item())\n"
    )
    seen: list[float] = []
    torch.manual_seed(0)
    exec(source, {"torch": torch, "nn": torch.nn, "seen": seen})
    graph = trace("".join(line for line in source.splitlines(True) if "before" not in line))
    weight, bias = courses(graph)
    assert weight.changes == pytest.approx(seen, rel=1e-5)
    assert bias.changes == []


@pytest.mark.parametrize("rate", ["torch.tensor(0.1)", "0.1"])
def test_a_learning_rate_may_be_a_tensor(rate: str) -> None:
    graph = trace(
        f"w = torch.tensor(2.0, requires_grad=True)\nopt = torch.optim.Adam([w], lr={rate})\n"
        "(w * w).backward()\nopt.step()\n"
    )
    assert graph.optimizers[0].updates[0].learning_rates == [pytest.approx(0.1)]
    [course] = courses(graph)
    assert course.updated.passes == (1,)
