import json
import math
from functools import partial

import pytest
import torch
from chainrule.graph import Edge, Graph
from chainrule.limits import Limits
from chainrule.tape import Tape

from tests.formulas.cases import CASES, Case
from tests.tape.traced import Trace


@pytest.fixture
def trace(trace: Trace) -> Trace:
    """Run a source text on a tape that computes local Jacobians."""
    return partial(trace, jacobians=True)


def gradient_edges(graph: Graph, op: str) -> list[Edge]:
    source = next(node.id for node in graph.nodes if node.op == op)
    return [edge for edge in graph.edges if edge.source == source and edge.kind == "gradient"]


def number(value: object) -> float:
    return float(value)  # type: ignore[arg-type]  # NaN and the infinities are strings


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op}-{case.label}".rstrip("-"))
def test_cotangent_times_jacobian_is_the_contribution(case: Case) -> None:
    leaves = [value.clone().requires_grad_(value.is_floating_point()) for value in case.inputs]
    with Tape(jacobians=True) as tape:
        made = case.run(*leaves)
        outputs = [made] if isinstance(made, torch.Tensor) else [t for t in made if t.requires_grad]
        torch.autograd.backward(outputs, [torch.full_like(output, 0.5) for output in outputs])
    graph = tape.graph()
    nodes = {node.id: node for node in graph.nodes}
    for edge in graph.edges:
        contribution = edge.contributions.in_pass(1)
        if edge.jacobian is None or contribution is None:
            continue
        outputs = nodes[edge.source].outputs
        cotangents = [flat(one.gradients.in_pass(1).values) if one.gradients.in_pass(1) else None for one in outputs]
        arrived = [
            v
            for one, given in zip(outputs, cotangents, strict=True)
            for v in (given or [0] * (one.value.numel if one.value else 0))
        ]
        row = torch.tensor([number(v) for v in arrived[: len(edge.jacobian)]], dtype=torch.float64)
        jacobian = torch.tensor([[number(v) for v in line] for line in edge.jacobian], dtype=torch.float64)
        carried = torch.tensor([number(v) for v in flat(contribution.values)], dtype=torch.float64)
        finite = jacobian.isfinite().all(0)
        torch.testing.assert_close((row @ jacobian)[finite], carried[finite])


def flat(values: object) -> list[object]:
    return [item for part in values for item in flat(part)] if isinstance(values, list) else [values]


def test_the_jacobian_of_a_square_is_diagonal(trace: Trace) -> None:
    graph = trace("x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\n(x**2).sum().backward()").graph
    (edge,) = gradient_edges(graph, "PowBackward0")
    assert edge.jacobian == [[2, 0, 0], [0, 4, 0], [0, 0, 6]]


def test_a_sum_has_one_row_of_ones(trace: Trace) -> None:
    graph = trace("x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)\nx.sum().backward()").graph
    (edge,) = gradient_edges(graph, "SumBackward0")
    assert edge.jacobian == [[1, 1, 1]]


def test_it_is_that_of_torch_func(trace: Trace) -> None:
    graph = trace("x = torch.tensor([0.1, 0.2, 0.7], requires_grad=True)\ny = x.softmax(0)\ny[0].backward()").graph
    (edge,) = gradient_edges(graph, "SoftmaxBackward0")
    expected = torch.func.jacrev(lambda x: x.softmax(0))(torch.tensor([0.1, 0.2, 0.7]))
    torch.testing.assert_close(torch.tensor(edge.jacobian), expected)


def test_a_graph_without_a_pass_has_jacobians_too(trace: Trace) -> None:
    traced = trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\ny.backward()")
    assert traced.error is not None
    (edge,) = gradient_edges(traced.graph, "MulBackward0")
    assert edge.jacobian == [[3, 0], [0, 3]]


def test_hooks_run_as_often_as_without() -> None:
    calls: list[str] = []
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with Tape(jacobians=True) as tape:
        y = x**2
        x.register_hook(lambda gradient: calls.append("leaf"))
        y.register_hook(lambda gradient: calls.append("tensor"))
        y.grad_fn.register_hook(lambda inputs, outputs: calls.append("node"))
        y.grad_fn.register_prehook(lambda gradients: calls.append("before"))
        y.sum().backward()
    assert tape.graph().passes[0].error is None
    assert sorted(calls) == ["before", "leaf", "node", "tensor"]
    assert x.grad is not None
    assert x.grad.tolist() == [2.0, 4.0]


def test_a_second_pass_without_retain_graph_still_raises(trace: Trace) -> None:
    traced = trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = (x**2).sum()\ny.backward()\ny.backward()")
    assert "backward through the graph a second time" in str(traced.error)


def test_custom_functions_and_packed_tensors_are_left_alone(trace: Trace) -> None:
    traced = trace(
        "calls = []\n"
        "class Double(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        calls.append('backward')\n        return g * 2\n"
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\n"
        "with torch.autograd.graph.saved_tensors_hooks(lambda t: t, lambda t: (calls.append('unpack'), t)[1]):\n"
        "    y = Double.apply(x).exp().sum()\n"
        "y.backward()"
    )
    assert traced.namespace["calls"] == ["unpack", "backward"]
    (edge,) = gradient_edges(traced.graph, "DoubleBackward")
    assert edge.jacobian is None


def test_what_is_above_the_limit_has_none(trace: Trace) -> None:
    source = "x = torch.ones(4, requires_grad=True)\n(x**2).sum().backward()"
    assert gradient_edges(trace(source, limits=Limits(jacobian_elements=15)).graph, "PowBackward0")[0].jacobian is None
    small = trace(source, limits=Limits(graph_jacobian_elements=4)).graph
    assert gradient_edges(small, "SumBackward0")[0].jacobian == [[1, 1, 1, 1]]
    assert gradient_edges(small, "PowBackward0")[0].jacobian is None


def test_infinite_slopes_are_strings_in_json(trace: Trace) -> None:
    graph = trace("x = torch.tensor([0.0], requires_grad=True)\nx.sqrt().sum().backward()").graph
    (edge,) = gradient_edges(graph, "SqrtBackward0")
    assert json.loads(edge.model_dump_json())["jacobian"] == [["inf"]]
    assert math.isinf(number("inf"))


def test_several_outputs_have_their_rows_one_after_the_other(trace: Trace) -> None:
    graph = trace(
        "x = torch.tensor([[2.0, 1.0], [1.0, 3.0]], requires_grad=True)\nvalues, vectors = torch.linalg.eigh(x)\n"
        "(values * torch.tensor([1.0, 2.0])).sum().backward()"
    ).graph
    (edge,) = gradient_edges(graph, "LinalgEighBackward0")
    both = torch.func.jacrev(torch.linalg.eigh)(torch.tensor([[2.0, 1.0], [1.0, 3.0]]))
    expected = torch.cat([part.reshape(-1, 4) for part in both])
    torch.testing.assert_close(torch.tensor(edge.jacobian), expected)


def test_an_output_that_nothing_used_has_its_rows_too(trace: Trace) -> None:
    graph = trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\na, b = x.unbind()\na.backward()").graph
    (edge,) = gradient_edges(graph, "UnbindBackward0")
    assert edge.jacobian == [[1, 0], [0, 1]]


def test_complex_numbers_have_none(trace: Trace) -> None:
    graph = trace(
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\na, b = x.unbind()\n"
        "c = torch.complex(a, b)\n(c * c).abs().backward()"
    ).graph
    assert all(edge.jacobian is None for edge in gradient_edges(graph, "MulBackward0"))


def test_a_broadcast_input_has_the_sum_over_its_uses(trace: Trace) -> None:
    graph = trace(
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\nb = torch.tensor(3.0, requires_grad=True)\n"
        "(x * b).sum().backward()"
    ).graph
    _, other = gradient_edges(graph, "MulBackward0")
    assert other.jacobian == [[1], [2]]


def test_nothing_of_it_is_in_the_graph(trace: Trace) -> None:
    source = (
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\nb = torch.tensor(3.0, requires_grad=True)\n"
        "(x * b).sum().backward()"
    )
    with_it, without = trace(source).graph, trace(source, limits=Limits(graph_jacobian_elements=1)).graph
    assert [node.op for node in with_it.nodes] == [node.op for node in without.nodes]
    assert with_it.passes == without.passes


def test_nobody_computes_them_unasked() -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    with Tape() as tape:
        (x**2).sum().backward()
    assert [edge.jacobian for edge in tape.graph().edges] == [None] * len(tape.graph().edges)
