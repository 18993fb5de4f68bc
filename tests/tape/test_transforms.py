"""Function transforms (``torch.func``) and functional derivatives on the tape; PyTorch says what they must give."""

from collections.abc import Callable

import pytest
import torch
from chainrule.limits import Limits
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from chainrule.tape import Tape

from tests.tape.traced import Trace

Transformed = Callable[[torch.Tensor], torch.Tensor]


def _curve(v: torch.Tensor) -> torch.Tensor:
    return (v.sin() * v).sum()


TRANSFORMED: dict[str, Transformed] = {
    "vmap": lambda x: torch.func.vmap(lambda v: v.sin())(x).sum(),
    "vmap of vmap": lambda x: torch.func.vmap(torch.func.vmap(torch.sin))(x.reshape(1, -1)).sum(),
    "vmap of a change in place": lambda x: torch.func.vmap(lambda v: v.clone().mul_(2))(x).sum(),
    "grad": lambda x: torch.func.grad(_curve)(x).sum(),
    "grad of grad": lambda x: torch.func.grad(torch.func.grad(lambda v: v.sin()))(x[0]),
    "grad_and_value": lambda x: torch.func.grad_and_value(_curve)(x)[0].sum(),
    "vmap of grad": lambda x: torch.func.vmap(torch.func.grad(lambda v: v.sin() * 2))(x).sum(),
    "vjp": lambda x: torch.func.vjp(torch.sin, x)[1](torch.ones(3))[0].sum(),
    "jacrev": lambda x: torch.func.jacrev(torch.sin)(x).sum(),
    "hessian by jacrev": lambda x: torch.func.jacrev(torch.func.jacrev(_curve))(x).sum(),
    "jacobian": lambda x: torch.autograd.functional.jacobian(torch.sin, x, create_graph=True).sum(),
    "vectorised jacobian": lambda x: torch.autograd.functional.jacobian(
        torch.sin, x, create_graph=True, vectorize=True
    ).sum(),
    "batched grad": lambda x: torch.autograd.grad(x.sin(), x, torch.eye(3), is_grads_batched=True, create_graph=True)[
        0
    ].sum(),
}
FORWARD: dict[str, Transformed] = {
    "jvp": lambda x: torch.func.jvp(torch.sin, (x,), (torch.ones(3),))[1].sum(),
    "jacfwd": lambda x: torch.func.jacfwd(torch.sin)(x).sum(),
    "hessian": lambda x: torch.func.hessian(_curve)(x).sum(),
}
"""What takes derivatives forwards, for which PyTorch compiles formulas by a switch that it deprecates."""


@pytest.mark.parametrize("name", [*TRANSFORMED, *FORWARD])
@pytest.mark.filterwarnings("ignore:`torch.jit.*:DeprecationWarning")
def test_a_transform_gives_what_it_gives_without_the_tape(name: str) -> None:
    function = {**TRANSFORMED, **FORWARD}[name]
    plain = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
    expected = function(plain)
    expected.backward()
    x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
    with Tape() as tape:
        y = function(x)
        y.backward()
    graph = tape.graph({"y": y}, {"x": x, "y": y})
    assert torch.equal(y, expected)
    assert x.grad is not None
    assert plain.grad is not None
    assert torch.equal(x.grad, plain.grad)
    (root,) = graph.roots
    at = {node.id: node for node in graph.nodes}
    assert y.grad_fn is not None
    assert at[root.node].op == y.grad_fn.name()
    assert tape.values(root.node)[root.output_nr] == expected
    (leaf,) = [node for node in graph.nodes if node.names[:1] == ["x"]]
    last = leaf.accumulated[-1]
    assert last is not None
    assert torch.equal(torch.tensor(last.values), x.grad)


def test_vmap_is_one_batched_node() -> None:
    x = torch.tensor([0.5, 1.0, 2.0], requires_grad=True)
    with Tape() as tape:
        y = torch.func.vmap(torch.sin)(x).sum()
    graph = tape.graph({"y": y}, {"x": x})
    assert [node.op for node in graph.nodes] == ["AccumulateGrad", "SinBackward0", "SumBackward0"]
    (sine,) = [node for node in graph.nodes if node.op == "SinBackward0"]
    found = tape.values(sine.id)[0]
    assert found is not None
    assert torch.equal(found, x.detach().sin())


@pytest.mark.parametrize(
    "source",
    [
        "torch.func.vmap(lambda v: v.sin())(torch.ones(3, requires_grad=True)).sum()",
        "torch.func.grad(lambda v: v.sin().sum())(torch.ones(3, requires_grad=True)).sum()",
        "torch.func.jacrev(lambda v: v.sin())(torch.ones(3, requires_grad=True)).sum()",
        "torch.func.jacrev(torch.func.jacrev(lambda v: v.sin().sum()))(torch.ones(3, requires_grad=True)).sum()",
        "torch.autograd.functional.jacobian(lambda v: v.sin(), torch.ones(3, requires_grad=True)).sum()",
    ],
)
def test_a_program_of_transforms_has_a_graph_and_no_problem(source: str) -> None:
    answer = execute(Program(source), Limits())
    assert answer.problems == []
    assert "SinBackward0" in [node.op for node in answer.graph.nodes]


def test_nodes_of_a_transform_have_the_values_of_their_operations(trace: Trace) -> None:
    traced = trace("x = torch.tensor([1., 2.])\ng = torch.func.grad(lambda v: (v ** 3).sum() * 2)(x)")
    x = torch.tensor([1.0, 2.0])
    expected = {
        "PowBackward0": [x**3, x**2],
        "SumBackward0": [(x**3).sum()],
        "MulBackward0": [(x**3).sum() * 2, 6 * x**2],
    }
    for op, values in expected.items():
        found = [node.outputs[0].value for node in traced.graph.nodes if node.op == op]
        assert [value.values for value in found if value is not None] == [value.tolist() for value in values]
    assert all(node.span is not None for node in traced.graph.nodes if node.kind == "function")
