"""What arrived at a node and from whom, and how gradients change with depth."""

import math

import pytest
import torch
from chainrule.graph import Graph, Node
from chainrule.graph.gradients import arrivals_of, depths_of, norm_ratio, norms_by_depth

from tests.graph.program import CUBES, SCALARS, trace


def named(graph: Graph, name: str) -> Node:
    return next(node for node in graph.nodes if name in node.names)


def test_contributions_sum_to_the_gradient() -> None:
    graph = trace(SCALARS)
    [arrival] = arrivals_of(graph, named(graph, "x").id, 1)
    values = [part.gradient.values for part in arrival.contributions]
    assert values == pytest.approx([2.0, math.cos(3), -6.0])
    assert arrival.gradient is not None
    assert arrival.gradient.values == pytest.approx(sum(values))  # type: ignore[arg-type]
    assert arrival.adds_up is True
    assert not arrival.seed


def test_shares_tell_who_passed_how_much() -> None:
    graph = trace(SCALARS)
    [arrival] = arrivals_of(graph, named(graph, "x").id, 1)
    assert sum(share or 0 for share in arrival.shares) == pytest.approx(1)
    assert arrival.shares[2] == pytest.approx(6 / (2 + abs(math.cos(3)) + 6))


def test_parallel_edges_are_two_contributions() -> None:
    graph = trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * x\ny.sum().backward()")
    [arrival] = arrivals_of(graph, named(graph, "x").id, 1)
    assert [part.gradient.values for part in arrival.contributions] == [[1.0, 2.0], [1.0, 2.0]]
    assert arrival.adds_up is True


def test_a_root_has_a_part_that_nobody_passed() -> None:
    graph = trace(CUBES)
    [arrival] = arrivals_of(graph, graph.roots[0].node, 1)
    assert arrival.seed
    assert arrival.contributions == ()
    assert arrival.adds_up is None


def test_a_gradient_changed_by_a_tensor_hook_does_not_add_up() -> None:
    graph = trace(
        """
x = torch.tensor([1.0, 2.0], requires_grad=True)
h = x * 2
h.register_hook(lambda gradient: gradient * 10)
(h * 3).sum().backward()
"""
    )
    [arrival] = arrivals_of(graph, named(graph, "h").id, 1)
    assert arrival.gradient is not None
    assert arrival.gradient.values == [30.0, 30.0]
    assert [part.gradient.values for part in arrival.contributions] == [[3.0, 3.0]]
    assert arrival.adds_up is False


def test_what_is_not_listed_is_not_judged() -> None:
    graph = trace("x = torch.ones(5000, requires_grad=True)\ny = x * x\ny.sum().backward()")
    [arrival] = arrivals_of(graph, named(graph, "x").id, 1)
    assert arrival.adds_up is None
    assert len(arrival.contributions) == 2


def test_nan_is_not_judged() -> None:
    graph = trace("x = torch.tensor(0.0, requires_grad=True)\ny = (x * 0).sqrt() * 0 + x\ny.backward()")
    [arrival] = arrivals_of(graph, named(graph, "x").id, 1)
    assert arrival.adds_up is None


def test_each_output_has_its_own_arrival() -> None:
    graph = trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\na, b = x.unbind()\n(a * 3 + b * 4).backward()")
    unbind = next(node for node in graph.nodes if node.op == "UnbindBackward0")
    arrivals = arrivals_of(graph, unbind.id, 1)
    assert [arrival.gradient.values for arrival in arrivals if arrival.gradient] == [3.0, 4.0]
    assert [arrival.adds_up for arrival in arrivals] == [True, True]


@pytest.mark.parametrize("index", [0, 2])
def test_a_pass_that_did_not_run_is_no_answer(index: int) -> None:
    with pytest.raises(IndexError):
        arrivals_of(trace(CUBES), "n0", index)


def test_a_node_that_is_not_there_is_no_answer() -> None:
    with pytest.raises(KeyError):
        arrivals_of(trace(CUBES), "n99", 1)


def test_the_ratio_is_gradient_over_value() -> None:
    graph = trace("w = torch.tensor([3.0, 4.0], requires_grad=True)\n(w * torch.tensor([0.3, 0.4])).sum().backward()")
    assert norm_ratio(named(graph, "w"), 1) == pytest.approx(0.1)


def test_there_is_no_ratio_without_both_norms() -> None:
    graph = trace(
        "w = torch.zeros(2, requires_grad=True)\nunused = torch.ones(2, requires_grad=True)\nw.sum().backward()"
    )
    assert norm_ratio(named(graph, "w"), 1) is None
    assert norm_ratio(named(graph, "w"), 2) is None
    assert norm_ratio(named(graph, "w"), 1, output_nr=5) is None


def test_depth_is_the_fewest_edges_from_a_root() -> None:
    graph = trace("x = torch.tensor(1.0, requires_grad=True)\ny = x.sin().cos() + x\ny.backward()")
    depths = depths_of(graph)
    assert depths[graph.roots[0].node] == 0
    assert depths[named(graph, "x").id] == 1


def test_gradients_vanish_with_depth() -> None:
    graph = trace(
        """
x = torch.tensor([1.0, 1.0], requires_grad=True)
y = x
for _ in range(5):
    y = y * 0.1
y.sum().backward()
"""
    )
    levels = norms_by_depth(graph, 1)
    norms = [level.largest for level in levels]
    assert norms[0] == pytest.approx(1.0)
    expected = [math.sqrt(2) * 0.1**power for power in range(6)]
    assert norms[1:] == pytest.approx(expected)
    assert [level.depth for level in levels] == list(range(7))
    assert levels[-1].nodes == (named(graph, "x").id,)


def test_norms_are_those_of_torch() -> None:
    graph = trace(CUBES)
    deepest = norms_by_depth(graph, 1)[-1]
    x = torch.tensor(named(graph, "x").outputs[0].value.values)  # type: ignore[union-attr,arg-type]
    assert deepest.smallest == deepest.largest == pytest.approx((x**2 / 2).norm().item(), rel=1e-5)
