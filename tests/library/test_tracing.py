"""Graphs of programs, functions and tensors, beside what PyTorch itself computes."""

import random
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
from chainrule import Graph, trace
from chainrule.errors import (
    ChainruleError,
    GradientInvalidError,
    InputInvalidError,
    ProgramRejectedError,
    RootUnknownError,
)
from chainrule.graph.model import Node
from chainrule.library import TraceError

X = [1.0, 2.0]


def named(graph: Graph, name: str) -> Node:
    return next(node for node in graph.nodes if name in node.names)


def gradient(graph: Graph, name: str) -> object:
    found = named(graph, name).outputs[0].gradients[0]
    assert found is not None
    return found.values


def functions(graph: Graph) -> list[str]:
    return [node.op for node in graph.nodes if node.kind == "function"]


def double(x: torch.Tensor) -> torch.Tensor:
    return x * 2


def squares(x: torch.Tensor) -> torch.Tensor:
    doubled = double(x)
    return (doubled**2).sum()


def test_a_program_is_traced_in_the_sandbox_with_its_inputs() -> None:
    graph = trace("import math\nz = (x ** 2).sum() * math.pi ** 0", inputs={"x": torch.tensor(X)})
    assert gradient(graph, "x") == [2.0, 4.0]
    with pytest.raises(ProgramRejectedError, match=r"line 1, column 8: import pickle"):
        trace("import pickle; pickle.load")


def test_root_seed_and_gradient_are_asked_of_a_program() -> None:
    graph = trace("a = x * 2\nb = a * 3", inputs={"x": X}, root="a", gradient=torch.tensor([1.0, 10.0]))
    assert gradient(graph, "x") == [2.0, 20.0]
    source = "w = torch.randn(2, requires_grad=True)\nw * 1"
    values = [named(trace(source, seed=seed), "w").outputs[0].value for seed in (7, 8)]
    torch.manual_seed(7)
    assert torch.tensor(values[0].values).allclose(torch.randn(2))  # type: ignore[union-attr]
    assert values[0] != values[1]
    assert trace("x * x", inputs={"x": 1.0}, gradient="none").passes == []


def test_a_program_that_raises_says_what_where_and_what_helps_and_keeps_its_graph() -> None:
    with pytest.raises(TraceError) as caught:
        trace("x = tensor([1., 2.], requires_grad=True)\ny = x * 2\ny.backward()\n")
    first, words, detail, *fixes = str(caught.value).splitlines()
    assert first == "line 3, column 1, `y.backward()`: Backward needs a scalar to start from"
    assert words == "RuntimeError: grad can be implicitly created only for scalar outputs"
    assert "y has 2 elements" in detail
    assert "- Differentiate the sum of y: `y.sum().backward()`" in fixes
    assert functions(caught.value.graph) == ["MulBackward0"]
    assert [problem.slug for problem in caught.value.problems] == ["backward-non-scalar"]
    assert isinstance(caught.value, ChainruleError)


def test_a_function_is_called_with_the_inputs_and_what_it_returns_is_the_root() -> None:
    x = torch.tensor(X, requires_grad=True)
    (expected,) = torch.autograd.grad(squares(x), [x])
    graph = trace(squares, inputs={"x": X})
    assert functions(graph) == ["MulBackward0", "PowBackward0", "SumBackward0"]
    assert gradient(graph, "x") == expected.tolist()
    assert graph.roots[0].node == graph.nodes[-1].id
    assert named(graph, "doubled").op == "MulBackward0"


def test_scopes_of_a_function_begin_inside_it_wherever_it_is_called_from() -> None:
    def here() -> Graph:
        for _ in range(1):
            graph = trace(squares, inputs={"x": X})
        return graph

    scopes = {node.op: [scope.name for scope in node.scope] for node in here().nodes}
    assert scopes["MulBackward0"] == ["double"]
    assert scopes["PowBackward0"] == scopes["SumBackward0"] == []


def test_a_tensor_is_given_as_it_is_and_no_grad_is_changed() -> None:
    weight = torch.ones(2, requires_grad=True)
    other = torch.tensor(X, requires_grad=True)
    graph = trace(lambda given: (given * weight).sum(), inputs={"given": other})
    assert gradient(graph, "given") == [1.0, 1.0]
    assert gradient(graph, "weight") == X
    assert weight.grad is None
    assert other.grad is None


def test_a_module_is_called_by_the_callers_name_for_it() -> None:
    net = torch.nn.Sequential(torch.nn.Linear(2, 3), torch.nn.Tanh())
    graph = trace(net, inputs={"input": torch.ones(1, 2)}, gradient=[[1.0, 0.0, 0.0]])
    first = 1 - net(torch.ones(1, 2))[0, 0].item() ** 2
    assert gradient(graph, "net.0.bias") == pytest.approx([first, 0, 0])
    assert named(graph, "net.0.bias").kind == "leaf"


def test_several_roots_are_a_dict_of_which_one_can_be_asked_for() -> None:
    def both(x: torch.Tensor) -> dict[str, torch.Tensor]:
        return {"total": x.sum(), "largest": x.max()}

    assert [root.name for root in trace(both, inputs={"x": X}).roots] == ["total", "largest"]
    graph = trace(both, inputs={"x": X}, root="largest")
    assert [root.name for root in graph.roots] == ["largest"]
    assert gradient(graph, "x") == [0.0, 1.0]
    with pytest.raises(RootUnknownError, match="no tensor 'mean' was returned, only 'total', 'largest'"):
        trace(both, inputs={"x": X}, root="mean")
    with pytest.raises(RootUnknownError, match="names one of a dict of tensors, and a Tensor was returned"):
        trace(squares, inputs={"x": X}, root="mean")


def test_a_function_that_runs_backward_itself_gets_no_other_pass() -> None:
    def run(x: torch.Tensor) -> None:
        (x**2).sum().backward()

    assert [one.call for one in trace(run, inputs={"x": X}).passes] == ["backward"]
    assert trace(squares, inputs={"x": X}, gradient="none").passes == []


def test_a_function_has_the_same_random_numbers_each_time_and_the_caller_keeps_its_own() -> None:
    def noisy(x: torch.Tensor) -> torch.Tensor:
        return (x * torch.rand(2) * random.random()).sum()

    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)
    first, second = (trace(noisy, inputs={"x": X}) for _ in range(2))
    assert torch.rand(1) == expected
    assert first == second
    assert trace(noisy, inputs={"x": X}, seed=1) != first


def test_a_function_that_raises_keeps_its_graph_and_its_exception() -> None:
    def fail(x: torch.Tensor) -> torch.Tensor:
        y = x * 2
        return y.view(5)

    with pytest.raises(TraceError, match=r"`return y.view\(5\)`: A new shape must hold every element") as caught:
        trace(fail, inputs={"x": X})
    assert isinstance(caught.value.__cause__, RuntimeError)
    assert functions(caught.value.graph) == ["MulBackward0"]


@pytest.mark.parametrize("function", [torch.sin, partial(torch.pow, exponent=2)], ids=["built in", "partial"])
def test_functions_that_have_no_text_are_traced(function: Callable[..., Any]) -> None:
    assert len(functions(trace(function, inputs={"input": X}, gradient=[1, 1]))) == 1


def test_a_tensor_that_is_there_has_its_graph_with_the_callers_names() -> None:
    x = torch.tensor(X, requires_grad=True)
    loss = (x**2).sum()
    graph = trace(loss, gradient=3.0)
    assert gradient(graph, "x") == [6.0, 12.0]
    assert graph.roots[0].name == "loss"
    assert x.grad is None
    assert trace(loss, gradient="none").passes == []


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: trace(5), TypeError, "a tensor or a Graph, not int"),  # type: ignore[arg-type]
        (lambda: trace(torch.ones(2)), ValueError, "no grad_fn"),
        (lambda: trace(squares), TypeError, r"squares\(x.*missing a required argument: 'x'"),
        (lambda: trace(lambda: 5), TypeError, "a tensor, or a list or a dict of them, not int"),
        (lambda: trace(lambda: torch.ones(2)), ValueError, "no grad_fn"),
        (lambda: trace(squares, inputs={"x": [1.0, [2.0]]}), InputInvalidError, "all must be alike"),
        (lambda: trace(squares, inputs={"x": X}, gradient=X), GradientInvalidError, "shape"),
        (lambda: trace(squares, inputs={"x": X}, gradient=torch.ones(2)), GradientInvalidError, "shape"),
        (lambda: trace(squares(torch.ones(2, requires_grad=True)), seed=1), TypeError, "for a program or a function"),
    ],
)
def test_what_cannot_be_traced_says_why(call: Callable[[], object], kind: type[Exception], words: str) -> None:
    with pytest.raises(kind, match=words):
        call()
