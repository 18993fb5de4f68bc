"""The graph as text: what a screen reader, a terminal or a table gets."""

from chainrule.graph import Graph
from chainrule.words.tensors import say_tensor
from chainrule.words.tree import write_tree

from tests.graph.build import Builder, chain, tensor
from tests.graph.program import CUBES, SCALARS, trace


def test_roots_stand_above_what_they_were_computed_from() -> None:
    lines = write_tree(trace(CUBES)).splitlines()
    assert [line.split(" [")[0] for line in lines] == [
        "z = div",
        "  sum",
        "  g = mul",
        "    2",
        "  pow",
        "    x",
        "    3",
        "  12",
    ]


def test_values_and_gradients_are_told() -> None:
    lines = write_tree(trace(CUBES)).splitlines()
    assert lines[0] == "z = div [n7]: DivBackward0; line 4; scalar float32, value -1.1008; gradient 1"
    assert "gradient [[0.1008, 0.2655, 0.7647], [0.5265, 0.0755, 0.8364], [0.0278, 1.1322, 0.0083]]" in lines[5]


def test_a_node_that_takes_part_again_points_to_its_first_line() -> None:
    text = write_tree(trace(SCALARS))
    assert text.count("x [n0]: leaf") == 1
    assert text.count("x [n0], told above") == 2


def test_each_pass_has_its_gradient() -> None:
    text = write_tree(
        trace(
            """
x = torch.tensor(2.0, requires_grad=True)
y = x * 3
y.backward(retain_graph=True)
y.backward(torch.tensor(2.0))
"""
        )
    )
    assert "gradient of pass 1 3; gradient of pass 2 6" in text


def test_constants_and_detached_operations_can_be_left_out() -> None:
    graph = trace("x = torch.tensor(2.0, requires_grad=True)\nd = x.detach() * 2\ny = x * d * 5\ny.backward()")
    whole = write_tree(graph)
    assert "not recorded by autograd" in whole
    assert "constant" in whole
    assert "not recorded by autograd" not in write_tree(graph, detached=False)
    assert "constant" not in write_tree(graph, constants=False)


def test_what_no_root_was_computed_from_comes_last() -> None:
    made = Builder()
    x = made.leaf("x")
    made.node("MulBackward0", [x], names=["a"])
    text = write_tree(made.graph(made.node("MulBackward0", [x], names=["b"])))
    assert text.index("b = mul") < text.index("a = mul")


def test_a_node_with_several_outputs_tells_each() -> None:
    text = write_tree(trace("x = torch.tensor([1.0, 2.0], requires_grad=True)\na, b = x.unbind()\n(a * b).backward()"))
    assert "output 0 scalar float32, value 1" in text
    assert "output 1 scalar float32, value 2" in text


def test_long_and_deep_graphs_stay_of_bounded_width() -> None:
    assert max(map(len, write_tree(chain(5000)).splitlines())) < 200
    made = Builder()
    last = made.leaf("x")
    for _ in range(500):
        other = made.node("SinBackward0", [last])
        last = made.node("AddBackward0", [other, made.node("CosBackward0", [last])])
    assert max(map(len, write_tree(made.graph()).splitlines())) < 200


def test_an_empty_graph_is_explained() -> None:
    assert "nothing in the program requires a gradient" in write_tree(Graph())


def test_the_first_nan_is_told() -> None:
    made = Builder()
    made.node("LogBackward0", [made.leaf("x")], flags=["first_nan"])
    assert "first NaN" in write_tree(made.graph())


def test_of_several_passes_the_one_with_the_first_nan_is_told() -> None:
    graph = trace(
        "x = torch.tensor([0., 1.], requires_grad=True)\ny = x.sqrt()\n(x * 2).sum().backward()\n"
        "y.backward(torch.tensor([0., 1.]))"
    )
    assert "first NaN gradient of pass 2" in write_tree(graph)


def test_a_complex_number_has_both_parts() -> None:
    text = write_tree(trace("x = torch.tensor(1 - 2j, requires_grad=True)\ny = (x * x.conj()).real\ny.backward()"))
    assert "value 1-2i" in text


def test_a_tensor_without_numbers_is_told_by_its_shape() -> None:
    assert say_tensor(None) == "nothing"
    assert say_tensor(tensor((0, 3))) == "an empty tensor (0×3)"


def test_a_large_tensor_is_told_by_its_norm_and_what_is_not_finite() -> None:
    text = write_tree(
        trace("x = torch.ones(50, requires_grad=True)\ny = torch.log(torch.arange(50.0) * x)\ny.sum().backward()")
    )
    assert "[50] (norm" in text
    assert "1 ∞)" in text
