import pytest
import torch
from chainrule.explain.chain.chain_rule import chain_rule
from chainrule.graph import Graph
from chainrule.tape import Namespace, Tape


def traced(source: str) -> Graph:
    given = {"torch": torch, "tensor": torch.tensor}
    with Tape(jacobians=True) as tape:
        namespace = Namespace(tape, given)
        exec(compile(source, "<program>", "exec"), namespace)
    return tape.graph(names={name: value for name, value in namespace.items() if name not in given})


def leaf_of(graph: Graph, name: str = "x") -> str:
    return next(node.id for node in graph.nodes if node.kind == "leaf" and name in node.names)


def test_one_path_is_one_product() -> None:
    graph = traced("x = tensor(2.0, requires_grad=True)\ny = x**3\nz = y * 4\nz.backward()")
    rule = chain_rule(graph, leaf_of(graph))
    (path,) = rule.paths
    assert rule.count == 1
    assert path.product.text == "∂z/∂y × ∂y/∂x"
    assert path.numbers is not None
    assert path.numbers.text == "4 × 12 = 48"
    assert path.value == [48.0]
    assert rule.sum is not None
    assert rule.sum.text == "dz/dx = 48"


def test_several_paths_are_summed() -> None:
    graph = traced("x = tensor(2.0, requires_grad=True)\na = x * 3\nb = x**2\nz = a * b\nz.backward()")
    rule = chain_rule(graph, leaf_of(graph))
    assert rule.count == 2
    assert rule.symbolic is not None
    assert rule.symbolic.text == "dz/dx = ∂z/∂a × ∂a/∂x + ∂z/∂b × ∂b/∂x"
    assert rule.sum is not None
    # d(3 x * x**2)/dx = 9 x**2 = 36 at 2: 4 * 3 by way of a, 6 * 4 by way of b.
    assert rule.sum.text == "dz/dx = 12 + 24 = 36"


def test_parallel_edges_are_paths_of_their_own() -> None:
    graph = traced("x = tensor(3.0, requires_grad=True)\ny = x * x\ny.backward()")
    rule = chain_rule(graph, leaf_of(graph))
    assert rule.count == 2
    assert rule.sum is not None
    assert rule.sum.text == "dy/dx = 3 + 3 = 6"


def test_paths_over_the_limit_are_counted_and_not_shown() -> None:
    graph = traced(
        "x = tensor(1.0, requires_grad=True)\nfor _ in range(5):\n    x2 = x + x if _ == 0 else x2 + x2\nx2.backward()"
    )
    rule = chain_rule(graph, leaf_of(graph), most=3)
    assert rule.count == 32
    assert rule.hidden == 29
    assert len(rule.paths) == 3
    assert rule.sum is None
    assert "29 of them are not shown" in rule.sentence


def test_tensors_multiply_jacobians() -> None:
    graph = traced("x = tensor([1.0, 2.0, 3.0], requires_grad=True)\ny = x**2\nz = y.sum()\nz.backward()")
    rule = chain_rule(graph, leaf_of(graph))
    (path,) = rule.paths
    assert path.shapes == "1×3 · 3×3"
    assert path.numbers is not None
    assert path.numbers.text == "[1 1 1] @ [2 0 0; 0 4 0; 0 0 6] = [2 4 6]"
    assert path.value == [2.0, 4.0, 6.0]
    assert rule.element == [2]
    assert rule.sum is not None
    assert rule.sum.text == "dz/dx[2] = 6"


def test_the_sum_over_paths_is_what_autograd_got_for_tensors() -> None:
    source = "x = tensor([0.5, -1.0], requires_grad=True)\nh = x.tanh()\nz = (h * x + h.exp()).sum()\nz.backward()"
    graph = traced(source)
    rule = chain_rule(graph, leaf_of(graph))
    x = torch.tensor([0.5, -1.0], requires_grad=True)
    h = x.tanh()
    (h * x + h.exp()).sum().backward()
    total = torch.tensor([[float(v) for v in path.value or []] for path in rule.paths]).sum(0)
    torch.testing.assert_close(total, x.grad)
    assert rule.count == 3


def test_a_cotangent_of_ones_own_is_the_first_factor() -> None:
    graph = traced("x = tensor(2.0, requires_grad=True)\ny = x * 3\ny.backward(tensor(0.5))")
    (path,) = chain_rule(graph, leaf_of(graph)).paths
    assert path.numbers is not None
    assert path.numbers.text == "0.5 × 3 = 1.5"


def test_a_leaf_that_nothing_reaches_has_no_path() -> None:
    graph = traced(
        "x = tensor(2.0, requires_grad=True)\ny = tensor(1.0, requires_grad=True)\n"
        "z = y * 2\nw = x * 3\nz.backward()\nw.backward()"
    )
    rule = chain_rule(graph, leaf_of(graph), pass_index=1)
    assert rule.count == 0
    assert rule.sum is None
    assert rule.symbolic is None
    assert rule.sentence.startswith("No path leads")


def test_without_a_pass_the_product_of_a_scalar_is_known() -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with Tape(jacobians=True) as tape:
        y = x**2
    graph = tape.graph(roots={"y": y}, names={"x": x})
    rule = chain_rule(graph, leaf_of(graph))
    assert rule.paths[0].value == [4.0]
    assert rule.sum is None


def test_a_long_chain_is_shortened() -> None:
    graph = traced("x = tensor(1.0, requires_grad=True)\nh = x\nfor _ in range(30):\n    h = h * 1.1\nh.backward()")
    (path,) = chain_rule(graph, leaf_of(graph)).paths
    assert path.numbers is not None
    assert path.numbers.text == "1.1 × 1.1 × 1.1 × 1.1 × ... × 1.1 × 1.1 × 1.1 × 1.1 = 17.4494"


def test_large_tensors_keep_their_symbols_and_shapes() -> None:
    graph = traced("x = torch.ones(100, requires_grad=True)\n(x**2).sum().backward()")
    rule = chain_rule(graph, leaf_of(graph))
    assert rule.paths[0].value is None
    assert rule.paths[0].shapes == "1×100 · 100×100"
    assert rule.sum is None


def test_a_node_that_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        chain_rule(Graph(), "n0")


def test_a_cotangent_that_weighs_stands_before_the_matrices() -> None:
    graph = traced("x = tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\ny.backward(tensor([1.0, -2.0]))")
    (path,) = chain_rule(graph, leaf_of(graph)).paths
    assert path.numbers is not None
    assert path.numbers.text == "[1 -2] @ [3 0; 0 3] = [3 -6]"


def test_many_or_large_matrices_are_not_written_out() -> None:
    many = traced(
        "x = tensor([1.0, 2.0], requires_grad=True)\nh = x\nfor _ in range(5):\n    h = h * 2\nh.sum().backward()"
    )
    large = traced("x = torch.ones(5, requires_grad=True)\n(x * 2).sum().backward()")
    for graph in (many, large):
        (path,) = chain_rule(graph, leaf_of(graph)).paths
        assert path.numbers is None
        assert path.value is not None


def test_negative_factors_stand_in_parentheses() -> None:
    graph = traced("x = tensor(2.0, requires_grad=True)\ny = -x\nz = y * 3\nz.backward()")
    (path,) = chain_rule(graph, leaf_of(graph)).paths
    assert path.numbers is not None
    assert path.numbers.text == "3 × (-1) = -3"
