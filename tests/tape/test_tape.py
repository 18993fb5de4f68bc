"""The tape gives the graph of a program as PyTorch built it."""

import pytest
import torch
from chainrule.graph import Graph
from chainrule.limits import Limits
from chainrule.tape import Tape

from tests.tape.traced import Trace

SEED = """
x = torch.tensor([[0.4490,-0.7287,-1.2367],[1.0262,0.3886,-1.2934],[0.2356,-1.5048,0.1285]], requires_grad=True)
g = 2*(x**3)
z = g.sum()/12
z.backward()
"""


def test_the_seed_program_is_a_chain_of_five_nodes(trace: Trace) -> None:
    graph = trace(SEED).graph
    chain = [node.op for node in graph.nodes if node.kind != "constant"]
    assert chain == ["AccumulateGrad", "PowBackward0", "MulBackward0", "SumBackward0", "DivBackward0"]


def test_the_seed_program_has_the_values_and_gradients_of_torch(trace: Trace) -> None:
    traced = trace(SEED)
    x = traced.namespace["x"]
    assert traced.value("x") == [[0.449, -0.7287, -1.2367], [1.0262, 0.3886, -1.2934], [0.2356, -1.5048, 0.1285]]
    torch.testing.assert_close(torch.tensor(traced.gradient("x")), x.detach() ** 2 / 2)
    torch.testing.assert_close(torch.tensor(traced.gradient("g")), torch.full((3, 3), 1 / 12))
    assert traced.value("z") == pytest.approx(-1.1008, abs=1e-4)


def test_python_numbers_are_constants_under_the_operators_argument_names(trace: Trace) -> None:
    traced = trace(SEED)
    values = {node.id: node.outputs[0].value for node in traced.graph.nodes if node.kind == "constant"}
    found = [(edge.argument, values[edge.target].values) for edge in traced.graph.edges if edge.kind == "value"]
    assert found == [("exponent", 3), ("other", 2), ("other", 12)]


def test_x_times_x_has_two_parallel_edges(trace: Trace) -> None:
    traced = trace("x = torch.tensor(3., requires_grad=True)\ny = x*x\ny.backward()")
    edges = traced.edges(traced.node("y"))
    assert [(edge.slot, edge.argument) for edge in edges] == [(0, "self"), (1, "other")]
    assert [edge.contributions.in_pass(1).values for edge in edges if edge.contributions.in_pass(1)] == [3.0, 3.0]
    assert traced.gradient("x") == 6.0


def test_a_pass_that_torch_refuses_to_start_leaves_the_graph_of_its_root(trace: Trace) -> None:
    traced = trace("x = torch.ones(3, requires_grad=True)\nz = x*2\nz.backward()")
    assert "only for scalar outputs" in str(traced.error)
    assert traced.graph.passes == []
    assert [root.name for root in traced.graph.roots] == ["z"]


def test_two_passes_have_a_gradient_each_and_the_leaf_what_accumulated(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = x**2\n"
        "y.backward(torch.tensor([1., 0.]), retain_graph=True)\ny.backward(torch.tensor([0., 1.]))"
    )
    leaf = traced.node("x")
    assert [traced.gradient("x", index) for index in (1, 2)] == [[2, 0], [0, 4]]
    assert [tensor.values for tensor in leaf.accumulated] == [[2, 0], [2, 4]]


def test_the_implicit_pass_is_told_apart(trace: Trace) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with Tape() as tape:
        y = x**3
        tape.backward(y)
    graph = tape.graph(names={"x": x, "y": y})
    assert [done.call for done in graph.passes] == ["implicit"]
    assert x.grad == 12


def test_the_graph_is_what_the_schema_says(trace: Trace) -> None:
    graph = trace(SEED).graph
    assert Graph.model_validate_json(graph.model_dump_json()) == graph


def test_a_custom_function_with_too_few_gradients_fails_as_without_the_tape_and_recording_goes_on() -> None:
    class Scale(torch.autograd.Function):
        @staticmethod
        def forward(ctx, x, factor):
            return x * factor

        @staticmethod
        def backward(ctx, gradient):
            return gradient

    x = torch.ones(2, requires_grad=True)
    with Tape() as tape:
        with pytest.raises(RuntimeError, match="incorrect number of gradients"):
            Scale.apply(x, 3.0).sum().backward()
        y = x * 2
    assert "MulBackward0" in [node.op for node in tape.graph([y]).nodes]


def test_single_numbers_are_listed_even_when_the_budget_of_the_graph_is_used_up(trace: Trace) -> None:
    traced = trace(
        "x = torch.ones(6, requires_grad=True)\ny = x * 2\nloss = (y * y).sum()\nloss.backward()",
        limits=Limits(graph_elements=5),
    )
    assert traced.value("loss") == 24.0
    assert traced.value("x") is None


@pytest.mark.parametrize("last", ["gc.collect()", "pass"])
def test_what_was_cut_off_is_told_alike_whether_the_collector_ran_or_not(trace: Trace, last: str) -> None:
    source = (
        "import gc\n"
        "def cut(x):\n"
        "    held = [x.sum()]\n"
        "    held.append(held)\n"  # a cycle: only the collector lets go of the sum
        "    return held[0].detach()\n"
        "x = torch.ones(3, requires_grad=True)\n"
        "y = (x * cut(x)).prod()\n"
        f"{last}\n"
        "y.backward()\n"
    )
    kinds = {(node.kind, node.op) for node in trace(source).graph.nodes}
    assert ("detached", "aten.sum") in kinds
    assert ("function", "SumBackward0") not in kinds
