"""Graphs that were built before the tape: values of the forward pass or none, ``.grad``, and nothing beside them."""

import chainrule
import pytest
import torch
from chainrule.graph import Graph, Node
from chainrule.library.background import shared_engine
from chainrule.render import ViewOptions, draw
from chainrule.render.formats.registry import FORMATS
from chainrule.tape import Tape
from chainrule.tape.existing import graph_of


def node(graph: Graph, op: str) -> Node:
    (found,) = [one for one in graph.nodes if one.op == op]
    return found


def test_a_node_whose_consumer_saves_its_own_result_is_not_shown_with_that() -> None:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    graph = graph_of((x * 3).relu().sum(), {"x": x})
    assert node(graph, "MulBackward0").outputs[0].value is None
    assert node(graph, "ReluBackward0").outputs[0].value is None
    assert [one.gradients[0].values for one in node(graph, "MulBackward0").outputs if one.gradients[0]] == [[0.0, 1.0]]


def test_an_operation_under_the_tape_lends_no_value_to_a_node_from_before() -> None:
    x = torch.ones(2, requires_grad=True)
    total = x + 3
    with Tape() as tape:
        with torch.no_grad():
            x + 5
        total.sum().backward()
    added = node(tape.graph(), "AddBackward0").outputs[0].value
    assert added is not None
    assert added.values == [4.0, 4.0]


def test_what_a_node_saved_is_no_operation_of_the_program() -> None:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    loss = x.relu().exp().sum()
    with Tape() as tape:
        loss.backward()
    assert [one.op for one in tape.graph().nodes] == ["AccumulateGrad", "ReluBackward0", "ExpBackward0", "SumBackward0"]
    assert tape.overflows == frozenset()
    assert all(one.kind != "detached" for one in tape.graph().nodes)


def freed() -> tuple[torch.Tensor, torch.Tensor]:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    loss = (x * 3).relu().square().sum()
    loss.backward()
    return x, loss


def test_a_graph_after_backward_shows_what_its_leaves_hold() -> None:
    x, loss = freed()
    graph = graph_of(loss, {"x": x, "loss": loss})
    leaf = node(graph, "AccumulateGrad")
    assert [None if held is None else held.values for held in leaf.accumulated] == [[0.0, 36.0]]
    assert [(one.call, one.error, one.order) for one in graph.passes] == [("backward", None, [])]
    assert not any(any(output.gradients) for one in graph.nodes for output in one.outputs)
    assert x.grad is not None
    assert x.grad.tolist() == [0.0, 36.0]
    picture = chainrule.show(graph)
    assert "Gradients: x.grad [2]: 0 36." in str(picture)
    assert ".grad" in picture.svg


def test_a_pass_that_freed_nothing_can_be_run_again() -> None:
    x = torch.tensor([-1.0, 2.0], requires_grad=True)
    loss = (x + x).sum()
    loss.backward()
    graph = graph_of(loss, {"x": x})
    gradient = node(graph, "AccumulateGrad").outputs[0].gradients[0]
    assert gradient is not None
    assert gradient.values == [2.0, 2.0]


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_a_graph_after_backward_is_drawn_in_every_format(name: str) -> None:
    x, loss = freed()
    assert draw(graph_of(loss, {"x": x}), name, ViewOptions(), shared_engine()).content


def test_only_what_the_tensor_comes_from_is_drawn() -> None:
    net, other = torch.nn.ModuleDict({"a": torch.nn.Linear(2, 1), "b": torch.nn.Linear(2, 1)}), torch.nn.Linear(1, 1)
    weights = [torch.ones(2, requires_grad=True), torch.ones(2, requires_grad=True)]
    stray = torch.ones(2, requires_grad=True)
    hidden = net["a"](weights[0] * 2)
    loss = hidden.sum()
    names = {"net": net, "other": other, "weights": weights, "stray": stray, "hidden": hidden, "loss": loss, "n": 3}
    graph = graph_of(loss, names)
    assert {name for one in graph.nodes if one.kind == "leaf" for name in one.names} == {
        "net.a.weight",
        "net.a.bias",
        "weights[0]",
    }
    assert [one.name for one in graph.variables] == ["net", "weights", "hidden", "loss"]


def test_a_view_that_is_out_of_date_is_shown_where_it_is_asked_for_and_else_left_alone() -> None:
    x = torch.ones(2, 2, requires_grad=True)
    product = x * 2
    part = product[0]
    product.mul_(3)
    before = torch.autograd._get_sequence_nr()
    graph_of(product, {"part": part}, run_backward=False)
    assert torch.autograd._get_sequence_nr() == before
    assert "AsStridedBackward0" in [one.op for one in graph_of(part, {"part": part}, run_backward=False).nodes]
