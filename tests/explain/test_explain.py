import pytest
import torch
from chainrule.explain.explain import explain
from chainrule.explain.math import mathml
from chainrule.graph import Graph
from chainrule.tape import Namespace, Tape


def traced(source: str) -> Graph:
    given = {"torch": torch, "tensor": torch.tensor}
    with Tape(jacobians=True) as tape:
        namespace = Namespace(tape, given)
        exec(compile(source, "<program>", "exec"), namespace)
    return tape.graph(names={name: value for name, value in namespace.items() if name not in given})


def node_of(graph: Graph, op: str) -> str:
    return next(node.id for node in graph.nodes if node.op == op)


def numbers_of(graph: Graph, op: str, slot: int = 0) -> str:
    edge = explain(graph, node_of(graph, op)).edges[slot]
    assert edge.numbers is not None
    return edge.numbers.text


CUBES = """
x = tensor([2.0, 3.0], requires_grad=True)
g = 2 * x**3
z = g.sum() / 12
z.backward()
"""


def test_a_power_shows_its_exponent_and_the_names_of_the_program() -> None:
    edge = explain(traced(CUBES), node_of(traced(CUBES), "PowBackward0")).edges[0]
    assert edge.symbolic is not None
    assert edge.symbolic.text == "dz/dx = dz/d(x^3) × 3 × x^2"
    assert edge.symbolic.latex == r"\frac{d z}{d x} = \frac{d z}{d \left(x^{3}\right)} \odot 3 \, x^{2}"
    assert edge.local is not None
    assert edge.local.text == "∂(x^3)/∂x = 3 × x^2"


def test_the_numbers_are_those_of_the_largest_element() -> None:
    # d z / d x = 2 * 3 * x**2 / 12: 4.5 at x = 3.
    assert numbers_of(traced(CUBES), "PowBackward0") == "dz/dx[1] = 0.1667 × 3 × 3^2 = 4.5"


def test_the_forward_formula_is_told_with_its_numbers() -> None:
    graph = traced(CUBES)
    explanation = explain(graph, node_of(graph, "MulBackward0"))
    assert explanation.forward is not None
    assert explanation.forward_numbers is not None
    assert explanation.forward.text == "g = 2 × x^3"
    assert explanation.forward_numbers.text == "g[1] = 2 × 27 = 54"


def test_a_value_used_three_times_adds_up_its_contributions() -> None:
    graph = traced("x = tensor(3.0, requires_grad=True)\ny = x * x + x\ny.backward()")
    cotangent = explain(graph, node_of(graph, "AccumulateGrad")).cotangents[0]
    assert cotangent.sum is not None
    assert cotangent.sum.text == "dy/dx = 3 + 3 + 1 = 7"
    assert "used 3 times" in cotangent.sentence
    assert numbers_of(graph, "MulBackward0") == "dy/dx += 1 × 3 = 3"


def test_the_sentence_tells_what_was_received_and_passed() -> None:
    graph = traced("x = tensor(3.0, requires_grad=True)\ng = x.exp()\nz = g * 2\nz.backward(tensor(0.5))")
    edge = explain(graph, node_of(graph, "MulBackward0")).edges[0]
    assert edge.sentence == "MulBackward0 received 0.5 and passed 0.5 × 2 = 1 to ExpBackward0 (g)."


def test_a_matrix_product_writes_out_its_sum() -> None:
    graph = traced(
        "A = tensor([[1.0, 2.0]], requires_grad=True)\nB = tensor([[3.0], [4.0]], requires_grad=True)\n"
        "y = (A @ B).sum()\ny.backward()"
    )
    explanation = explain(graph, node_of(graph, "MmBackward0"))
    assert explanation.forward_numbers is not None
    assert explanation.forward_numbers.text == "(A @ B)[0, 0] = 1 × 3 + 2 × 4 = 11"
    assert explanation.edges[0].symbolic is not None
    assert explanation.edges[0].symbolic.text == "dy/dA = dy/d(A @ B) @ Bᵀ"


def test_a_broadcast_value_gets_the_sum_over_its_uses() -> None:
    graph = traced(
        "a = tensor([1.0, 2.0], requires_grad=True)\nb = tensor(5.0, requires_grad=True)\n(a * b).sum().backward()"
    )
    assert numbers_of(graph, "MulBackward0", 1) == "d(sum(a × b))/db = 1 × 1 + 1 × 2 = 3"


def test_a_root_that_is_not_a_scalar_is_written_with_a_bar() -> None:
    graph = traced("x = tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\ny.backward(tensor([1.0, 0.0]))")
    edge = explain(graph, node_of(graph, "MulBackward0")).edges[0]
    assert edge.symbolic is not None
    assert edge.symbolic.latex == r"\overline{x} = \overline{y} \cdot 3"


def test_each_pass_has_its_own_numbers() -> None:
    graph = traced(
        "x = tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\n"
        "y.backward(tensor([1.0, 0.0]), retain_graph=True)\ny.backward(tensor([0.0, 5.0]))"
    )
    second = explain(graph, node_of(graph, "MulBackward0"), 2).edges[0]
    assert second.numbers is not None
    assert second.numbers.text == "grad(x)[1] = 5 × 3 = 15"


def test_names_bound_twice_are_told_apart() -> None:
    graph = traced("x = tensor(2.0, requires_grad=True)\nh = x.sin()\nh = h.cos()\nh.backward()")
    explanation = explain(graph, node_of(graph, "CosBackward0"))
    assert explanation.forward is not None
    assert explanation.forward.text == "h⁽²⁾ = cos(h⁽¹⁾)"


def test_without_a_pass_there_are_formulas_and_no_numbers() -> None:
    graph = traced("x = tensor(2.0, requires_grad=True)\ny = x.sin()")
    with Tape(jacobians=True) as tape:
        y = torch.tensor(2.0, requires_grad=True).sin()
    graph = tape.graph(roots={"y": y})
    explanation = explain(graph, node_of(graph, "SinBackward0"))
    assert explanation.edges[0].symbolic is not None
    assert explanation.edges[0].numbers is None
    assert explanation.sentence == "No backward pass has run here, so there are no gradients yet."


def test_a_gradient_that_a_hook_changed_has_no_numbers_that_do_not_hold() -> None:
    graph = traced(
        "x = tensor(2.0, requires_grad=True)\ny = x * 3\n"
        "def change(inputs, outputs):\n    return (inputs[0] * 7, None)\n"
        "y.grad_fn.register_hook(change)\ny.backward()"
    )
    edge = explain(graph, node_of(graph, "MulBackward0")).edges[0]
    assert edge.symbolic is not None
    assert edge.numbers is None
    assert edge.sentence == "MulBackward0 received 1 and passed 21 to x."


def test_tensors_above_the_element_limit_keep_their_formula_and_have_no_numbers() -> None:
    graph = traced("x = torch.ones(2000, requires_grad=True)\n(x * 3).sum().backward()")
    edge = explain(graph, node_of(graph, "MulBackward0")).edges[0]
    assert edge.symbolic is not None
    assert edge.numbers is None
    assert edge.sentence.endswith("passed a gradient of shape [2000] to x.")


def test_a_name_that_is_no_identifier_never_reaches_the_formula() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with Tape(jacobians=True) as tape:
        y = x.sin()
        y.backward()
    graph = tape.graph(names={"<img src=x onerror=alert(1)>": x, "y": y})
    edge = explain(graph, node_of(graph, "SinBackward0")).edges[0]
    assert edge.symbolic is not None
    assert edge.symbolic.text == "dy/dleaf = dy/dy × cos(leaf)"
    assert "img" not in edge.symbolic.mathml


def test_what_is_not_mathml_is_refused() -> None:
    with pytest.raises(ValueError, match="is not MathML"):
        mathml(r"\text{<script>alert(1)</script>}")


def test_cotangent_times_jacobian_is_written_out() -> None:
    graph = traced("x = tensor([1.0, 2.0], requires_grad=True)\ny = x**2\ny.backward(tensor([1.0, 0.0]))")
    jacobian = explain(graph, node_of(graph, "PowBackward0")).edges[0].jacobian
    assert jacobian is not None
    assert jacobian.rows == ["y[0]", "y[1]"]
    assert jacobian.columns == ["x[0]", "x[1]"]
    assert jacobian.values == [[2, 0], [0, 4]]
    assert jacobian.product is not None
    assert jacobian.product.text == "[1 0] @ [2 0; 0 4] = [2 0]"
    assert "Only the diagonal is non-zero" in jacobian.sentence


def test_the_jacobian_of_a_scalar_is_one_row() -> None:
    graph = traced("x = tensor([1.0, 2.0], requires_grad=True)\nz = x.sum()\nz.backward()")
    jacobian = explain(graph, node_of(graph, "SumBackward0")).edges[0].jacobian
    assert jacobian is not None
    assert jacobian.rows == ["z"]
    assert "There is only one row because z is a scalar" in jacobian.sentence


def test_a_jacobian_without_a_pass_has_no_product() -> None:
    with Tape(jacobians=True) as tape:
        y = torch.tensor([1.0, 2.0], requires_grad=True) * 3
    graph = tape.graph(roots={"y": y})
    jacobian = explain(graph, node_of(graph, "MulBackward0")).edges[0].jacobian
    assert jacobian is not None
    assert jacobian.product is None


def test_a_large_jacobian_is_not_written_out() -> None:
    graph = traced("x = torch.ones(8, requires_grad=True)\ny = x**2\ny.sum().backward()")
    jacobian = explain(graph, node_of(graph, "PowBackward0")).edges[0].jacobian
    assert jacobian is not None
    assert jacobian.product is None
    assert len(jacobian.values) == 8


def test_nodes_without_a_gradient_say_why() -> None:
    graph = traced(
        "x = tensor(2.0, requires_grad=True)\nw = tensor(3.0, requires_grad=True)\nunused = w * 1\n"
        "z = (x * 2).detach() * w\nz.backward()"
    )
    told = {node.id: explain(graph, node.id) for node in graph.nodes}
    by_kind = {node.kind: told[node.id] for node in graph.nodes}
    assert by_kind["constant"].sentence.startswith("A constant")
    assert by_kind["detached"].sentence == "This ran outside the autograd graph: no gradient passes here."
    assert by_kind["detached"].title.endswith("outside the graph")
    x = next(node for node in graph.nodes if "x" in node.names)
    assert told[x.id].sentence == "No gradient reached x in this pass."


def test_gradients_that_are_not_finite_are_told() -> None:
    graph = traced("x = tensor(0.0, requires_grad=True)\ny = x.sqrt()\ny.backward()")
    explanation = explain(graph, node_of(graph, "AccumulateGrad"))
    assert explanation.sentence == "x received ∞, which was added to x.grad."


def test_an_operator_without_a_formula_has_pytorchs_words() -> None:
    graph = traced("x = tensor([0.5, 1.5], requires_grad=True)\ny = torch.i0(x).sum()\ny.backward()")
    explanation = explain(graph, node_of(graph, "I0Backward0"))
    assert explanation.title == "I0Backward0"
    assert explanation.forward is None
    assert explanation.formula == "self: grad * at::special_i1(self)"
    assert explanation.edges[0].sentence.startswith("I0Backward0 received a gradient of shape [2] and passed")


def test_a_list_of_inputs_is_written_out() -> None:
    graph = traced(
        "a = tensor([1.0], requires_grad=True)\nb = tensor([2.0], requires_grad=True)\n"
        "y = torch.cat([a, b])\ny.sum().backward()"
    )
    explanation = explain(graph, node_of(graph, "CatBackward0"))
    assert explanation.forward is not None
    assert explanation.forward.text == "y = cat(a, b)"
    assert [edge.name for edge in explanation.edges] == ["a", "b"]


def test_outputs_of_one_node_are_told_apart() -> None:
    graph = traced(
        "x = tensor([1.0, 2.0, 3.0, 4.0], requires_grad=True)\na, b = x.split(2)\nz = (a * b).sum()\nz.backward()"
    )
    edges = explain(graph, node_of(graph, "MulBackward0")).edges
    assert [edge.name for edge in edges] == ["a", "b"]


def test_the_jacobian_of_several_outputs_has_rows_for_each() -> None:
    graph = traced("x = torch.tensor([1., 2.], requires_grad=True)\na, b = x.unbind()\n(3*a).backward()\n")
    node = next(node for node in graph.nodes if node.op == "UnbindBackward0")
    jacobian = explain(graph, node.id).edges[0].jacobian
    assert jacobian is not None
    assert (jacobian.rows, jacobian.columns) == (["a", "b"], ["x[0]", "x[1]"])
    assert jacobian.values == [[1, 0], [0, 1]]
    assert jacobian.product is not None
    assert jacobian.product.text == "[3 0] @ [1 0; 0 1] = [3 0]"


def test_where_there_is_no_jacobian_a_reason_is_given() -> None:
    graph = traced(
        "class Twice(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g * 2\n"
        "x = torch.tensor(1., requires_grad=True)\ny = Twice.apply(x)\n"
        "z = torch.complex(y, y)\n(z * z).abs().backward()\n"
    )
    told = {node.op: explain(graph, node.id).edges for node in graph.nodes if node.kind == "function"}
    assert "the backward of Twice is code of the program" in str(told["TwiceBackward"][0].no_jacobian)
    assert "a complex number moves in two directions" in str(told["MulBackward0"][0].no_jacobian)
