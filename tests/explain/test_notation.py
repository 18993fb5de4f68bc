"""One notation: dz/dx is a total derivative, ∂y/∂x a local one, a bar what arrives, v what backward was given."""

from contextlib import suppress
from xml.etree import ElementTree

import pytest
import torch
from chainrule.explain.chain.chain_rule import chain_rule
from chainrule.explain.explain import explain
from chainrule.explain.math import lines
from chainrule.explain.model import EdgeExplanation, Explanation
from chainrule.graph import Graph
from chainrule.tape import Namespace, Tape


def traced(source: str) -> Graph:
    given = {"torch": torch, "tensor": torch.tensor}
    with Tape(jacobians=True) as tape:
        namespace = Namespace(tape, given)
        with suppress(RuntimeError):
            exec(compile(source, "<program>", "exec"), namespace)
    return tape.graph(names={name: value for name, value in namespace.items() if name not in given})


def leaf_of(graph: Graph, name: str = "x") -> str:
    return next(node.id for node in graph.nodes if node.kind == "leaf" and name in node.names)


def chain_of(source: str) -> str | None:
    graph = traced(source)
    symbolic = chain_rule(graph, leaf_of(graph), source=source).symbolic
    return None if symbolic is None else symbolic.text


def explained(source: str, op: str, pass_index: int = 1) -> Explanation:
    graph = traced(source)
    return explain(graph, next(node.id for node in graph.nodes if node.op == op), pass_index, source)


def edge_of(source: str, op: str, slot: int = 0) -> EdgeExplanation:
    return explained(source, op).edges[slot]


def symbolic_of(source: str, op: str, slot: int = 0) -> str | None:
    symbolic = edge_of(source, op, slot).symbolic
    return None if symbolic is None else symbolic.text


X = "x = tensor([1.0, 2.0], requires_grad=True)\n"


def test_both_factors_of_a_square_have_a_derivative_of_their_own() -> None:
    source = "x = tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()"
    assert chain_of(source) == "dy/dx = ∂y/∂x₍₁₎ + ∂y/∂x₍₂₎"
    local = [edge_of(source, "MulBackward0", slot).local for slot in (0, 1)]
    assert [one.text for one in local if one is not None] == ["∂y/∂x₍₁₎ = x", "∂y/∂x₍₂₎ = x"]
    assert symbolic_of(source, "MulBackward0") == "dy/dx += dy/dy × x"


def test_a_root_that_is_no_scalar_starts_with_v() -> None:
    assert chain_of(X + "y = x ** 2\ny.backward(gradient=tensor([1.0, 0.0]))") == "grad(x) = v × ∂y/∂x"
    assert symbolic_of(X + "y = x ** 2\ny.backward(tensor([1.0, 0.0]))", "PowBackward0") == (
        "grad(x) = grad(y) × 2 × x"
    )


def test_a_scalar_root_that_starts_with_2_is_no_total_derivative() -> None:
    source = "x = tensor(3.0, requires_grad=True)\nz = x ** 2\nz.backward(gradient=tensor(2.0))"
    assert chain_of(source) == "grad(x) = v × ∂z/∂x"
    numbers = edge_of(source, "PowBackward0").numbers
    assert numbers is not None
    assert numbers.text == "grad(x) = 2 × 2 × 3 = 12"


def test_a_program_that_has_a_v_is_not_given_another() -> None:
    source = X + "v = 2 * x\nv.backward(tensor([1.0, 0.0]))"
    assert chain_of(source) == "grad(x) = grad(v) × ∂v/∂x"


def test_a_hook_is_told_and_ends_the_chain() -> None:
    source = "x = tensor(1.0, requires_grad=True)\nx.register_hook(lambda g: g * 10)\nz = 2 * x\nz.backward()"
    graph = traced(source)
    rule = chain_rule(graph, leaf_of(graph))
    assert rule.symbolic is None
    assert "A hook changed a gradient on the way to x" in rule.sentence
    (told,) = explain(graph, leaf_of(graph)).cotangents
    assert told.hooked
    assert told.sentence == "A hook changed the gradient here: 2 arrived from its uses, and 20 went on."
    assert "dz/dx" not in str(explain(graph, leaf_of(graph)))


def test_above_a_hook_gradients_are_total_derivatives_still() -> None:
    source = (
        "x = tensor(1.0, requires_grad=True)\ny = x * 3\ny.register_hook(lambda g: g * 10)\nu = y * 2\nz = u * 5\n"
        "z.backward()"
    )
    graph = traced(source)
    texts = {node.names[0]: explain(graph, node.id).edges for node in graph.nodes if node.kind == "function"}
    assert texts["z"][0].symbolic is not None
    assert texts["z"][0].symbolic.text == "dz/du = dz/dz × 5"
    assert texts["y"][0].symbolic is not None
    assert texts["y"][0].symbolic.text == "grad(x) = grad(y) × 3"


@pytest.mark.parametrize("name", ["x2", "x_1", "w12", "alpha", "lambda_", "net"])
def test_a_name_is_written_as_it_is(name: str) -> None:
    source = f"{name} = tensor(2.0, requires_grad=True)\nz = {name} ** 3\nz.backward()"
    symbolic = edge_of(source, "PowBackward0").symbolic
    assert symbolic is not None
    assert rf"d \text{{{name}}}" in symbolic.latex
    assert f"<mtext>{name}</mtext>" in symbolic.mathml


def test_an_element_stands_in_square_brackets() -> None:
    numbers = edge_of(X + "z = (x ** 2).sum()\nz.backward()", "PowBackward0").numbers
    assert numbers is not None
    assert r"\frac{d z}{d x[1]}" in numbers.latex


def test_elements_of_one_tensor_are_told_apart_by_the_program() -> None:
    source = X + "z = x[0] * x[1]\nz.backward()"
    assert symbolic_of(source, "MulBackward0", 0) == "dz/dx[0] = dz/dz × x[1]"
    assert symbolic_of(source, "MulBackward0", 1) == "dz/dx[1] = dz/dz × x[0]"


def test_no_formula_has_the_id_of_a_node() -> None:
    source = X + "z = (torch.cumsum(x, 0).view(2, 1).cumsum(0) / 7).sum() + torch.cumsum(x, 0).sum()\nz.backward()"
    graph = traced(source)
    for text in (source, ""):
        for node in graph.nodes:
            told = str(explain(graph, node.id, 1, text).model_dump(exclude={"node", "edges"}))
            told += "".join(str(edge.symbolic) + str(edge.local) for edge in explain(graph, node.id, 1, text).edges)
            assert not any(f" {other.id}" in told or f"_{other.id}" in told for other in graph.nodes)


@pytest.mark.parametrize("code", ["x.clone()", "x * 1", "x ** 1"])
def test_a_copy_is_another_tensor(code: str) -> None:
    source = X + f"z = ({code}).sum()\nz.backward()"
    graph = traced(source)
    for node in graph.nodes:
        for edge in explain(graph, node.id, 1, source).edges:
            assert edge.symbolic is None or edge.symbolic.text != "dz/dx = dz/dx"
    assert f"({code})" in (chain_of(source) or "") or f"∂{code}/" in (chain_of(source) or "")


def test_a_linear_layer_has_no_sum_that_is_not_there() -> None:
    source = (
        "X = torch.ones(4, 3, requires_grad=True)\nW = torch.ones(2, 3, requires_grad=True)\n"
        "b = torch.ones(2, requires_grad=True)\ny = torch.nn.functional.linear(X, W, b)\nz = y.sum()\nz.backward()"
    )
    assert symbolic_of(source, "AddmmBackward0", 0) == "dz/db = sum(dz/dy)"
    assert symbolic_of(source, "AddmmBackward0", 1) == "dz/dX = dz/dy @ W"
    assert symbolic_of(source, "AddmmBackward0", 2) == "dz/d(Wᵀ) = Xᵀ @ dz/dy"


@pytest.mark.parametrize(
    "call", ["torch.addmm(c, X, W)", "torch.baddbmm(c, X.expand(2, 4, 3), W.expand(2, 3, 2))", "torch.addr(d, u, u)"]
)
def test_only_what_was_broadcast_is_summed(call: str) -> None:
    source = (
        "X = torch.ones(4, 3, requires_grad=True)\nW = torch.ones(3, 2, requires_grad=True)\n"
        "c = torch.ones(4, 2, requires_grad=True)\nd = torch.ones(3, 3, requires_grad=True)\n"
        f"u = torch.ones(3, requires_grad=True)\ny = {call}\nz = y.sum()\nz.backward()"
    )
    graph = traced(source)
    node = next(node for node in graph.nodes if "y" in node.names)
    factors = [edge.symbolic for edge in explain(graph, node.id).edges[1:]]
    assert factors
    assert all(one is not None and "sum(" not in one.text for one in factors)


def test_what_a_pass_did_not_reach_has_no_equations() -> None:
    source = (
        "x = tensor(2.0, requires_grad=True)\ny = x * 3\nz = y * 2\nu = y * 5\nz.backward(retain_graph=True)\n"
        "u.backward()"
    )
    graph = traced(source)
    node = next(node for node in graph.nodes if "u" in node.names)
    (edge,) = explain(graph, node.id, 1).edges
    assert edge.symbolic is None
    assert edge.local is None


@pytest.mark.parametrize(
    ("code", "text"),
    [
        ("x * w", "grad(x) = grad(y) × conj(w)"),
        ("torch.exp(x)", "grad(x) = grad(y) × conj(y)"),
        ("x @ w", None),
    ],
)
def test_complex_numbers_have_the_conjugate(code: str, text: str | None) -> None:
    shape = "[1 + 2j, 3 - 1j]" if "@" not in code else "[[1 + 2j, 3 - 1j], [2j, 1 + 0j]]"
    source = (
        f"x = tensor({shape}, requires_grad=True)\nw = tensor({shape}) * (1 - 1j)\ny = {code}\n"
        "y.backward(torch.ones_like(y) * (2 + 1j))"
    )
    graph = traced(source)
    node = next(node for node in graph.nodes if "y" in node.names)
    symbolic = explain(graph, node.id, 1, source).edges[0].symbolic
    assert symbolic is not None
    assert "conj" in symbolic.text
    assert text is None or symbolic.text == text


def test_a_gradient_is_added_to_grad_only_where_it_was() -> None:
    source = "x = tensor(2.0, requires_grad=True)\nz = x ** 2\ng, = torch.autograd.grad(z, x)"
    assert explained(source, "AccumulateGrad").sentence == "x received 4."
    source = "x = tensor(2.0, requires_grad=True)\nz = x ** 2\nz.backward()"
    assert explained(source, "AccumulateGrad").sentence == "x received 4, which was added to x.grad."


def test_a_formula_comes_in_parts_that_are_mathml() -> None:
    latex = r"\frac{d z}{d x} = \frac{\partial z}{\partial y} \cdot \left(a + b\right)"
    latex += r" + \begin{cases} 1 & a = b \end{cases}"
    parts = lines(latex)
    assert len(parts) == 4
    for part in parts:
        ElementTree.fromstring(part)
    assert lines("x") == [lines("x")[0]]
