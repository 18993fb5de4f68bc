"""What PyTorch can do in a program, and how the graph tells it."""

from typing import Any

import pytest
import torch
from chainrule.limits import Limits

from tests.tape.traced import Trace


def test_a_function_with_several_outputs_has_each_under_its_number(trace: Trace) -> None:
    traced = trace("x = torch.arange(6., requires_grad=True)\na, b, c = x.split(2)\n(a*c).sum().backward()")
    split = traced.node("SplitBackward0")
    assert [output.output_nr for output in split.outputs] == [0, 1, 2]
    assert [output.value.values for output in split.outputs if output.value] == [[0, 1], [2, 3], [4, 5]]
    assert [output.gradients.in_pass(1) and output.gradients.in_pass(1).values for output in split.outputs] == [
        [4, 5],
        None,
        [0, 1],
    ]
    assert split.names == ["c", "b", "a"]


def test_the_places_of_a_maximum_are_told_beside_it(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor([[3., 1.], [2., 5.]], requires_grad=True)\nvalues, places = x.max(1)\n"
        "y = values.sum() + x.gather(1, places[:, None]).sum()\ny.backward()"
    )
    outputs = traced.node("MaxBackward0").outputs
    assert [output.value.values for output in outputs if output.value] == [[3, 5], [0, 1]]
    assert [output.gradients.in_pass(1) is None for output in outputs] == [False, True]


def test_an_operation_in_place_has_the_value_before_and_after(trace: Trace) -> None:
    traced = trace("x = torch.tensor([1., 2.], requires_grad=True)\ny = x*2\ny.add_(1)\ny.sum().backward()")
    added = traced.node("AddBackward0")
    assert "in_place" in added.flags
    output = added.outputs[0]
    assert output.before is not None
    assert output.value is not None
    assert (output.before.values, output.value.values) == ([2, 4], [3, 5])
    assert traced.value("MulBackward0") == [2, 4]


def test_a_change_through_a_view_is_a_copy_slices_of_its_base(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor([1., 2., 3.], requires_grad=True)\nb = x*2\nv = b[0:2]\nw = b[1:]\nv.mul_(3)\n"
        "y = (v*w).sum() + b.sum()\ny.backward()"
    )
    slices = traced.node("torch::autograd::CopySlices")
    output = slices.outputs[0]
    assert output.before is not None
    assert output.value is not None
    assert (output.before.values, output.value.values) == ([2, 4, 6], [6, 12, 6])
    assert slices.names == ["b"]
    made_anew = {name: traced.value(name) for name in ("v", "w")}
    assert made_anew == {"v": [6, 12], "w": [12, 6]}
    assert {traced.node(name).op for name in ("v", "w")} == {"AsStridedBackward0"}
    assert traced.gradient("x") == traced.namespace["x"].grad.tolist()


def test_assigning_to_a_slice_keeps_what_was_there_before(trace: Trace) -> None:
    traced = trace("x = torch.ones(2, requires_grad=True)\nb = torch.zeros(3)\nb[:2] = x*4\nb.sum().backward()")
    output = traced.node("torch::autograd::CopySlices").outputs[0]
    assert output.before is not None
    assert output.value is not None
    assert (output.before.values, output.value.values) == ([0, 0, 0], [4, 4, 0])


CUSTOM = """
class Both(torch.autograd.Function):
    @staticmethod
    def forward(ctx, a, factor, b):
        place = a.argmax()
        ctx.mark_non_differentiable(place)
        ctx.save_for_backward(a, b)
        ctx.factor = factor
        noise = a*0
        return a*factor, place, b + noise
    @staticmethod
    @torch.autograd.function.once_differentiable
    def backward(ctx, ga, _, gb):
        a, b = ctx.saved_tensors
        return ga*ctx.factor, None, gb
p = torch.tensor([1., 3.], requires_grad=True)
q = torch.tensor([5., 6.], requires_grad=True)
u, where, v = Both.apply(p, 3, q)
(u*v).sum().backward()
"""


def test_a_custom_function_is_one_node_with_all_its_outputs(trace: Trace) -> None:
    traced = trace(CUSTOM)
    node = traced.node("BothBackward")
    assert "custom" in node.flags
    assert [output.value.values for output in node.outputs if output.value] == [[3, 9], 1, [5, 6]]
    assert [edge.argument for edge in traced.edges(node)] == ["a", "b"]
    assert node.span is not None
    assert (node.span.line, node.span.column) == (18, 14)
    assert set(node.saved) == {"saved_tensors[0]", "saved_tensors[1]"}
    assert traced.gradient("p") == [15, 18]


def test_a_custom_function_that_changes_its_argument(trace: Trace) -> None:
    traced = trace(
        "class Double(torch.autograd.Function):\n    @staticmethod\n    "
        "def forward(ctx, t):\n        ctx.mark_dirty(t)\n"
        "        return t.mul_(2)\n    @staticmethod\n    def backward(ctx, g):\n        return g*2\n"
        "x = torch.ones(2, requires_grad=True)\ny = x + 1\nDouble.apply(y)\ny.sum().backward()"
    )
    assert traced.value("DoubleBackward") == [4, 4]
    assert traced.value("AddBackward0") == [2, 2]


CHECKPOINT = """
from torch.utils.checkpoint import checkpoint
w = torch.tensor([1., 2.], requires_grad=True)
x = torch.tensor([3., 4.], requires_grad=True)
def f(a):
    return (a*w).sin()
y = checkpoint(f, x, use_reentrant={})
y.sum().backward()
"""


@pytest.mark.parametrize("reentrant", [True, False])
def test_a_checkpoint_shows_the_gradients_of_what_it_hides(trace: Trace, reentrant: bool) -> None:
    traced = trace(CHECKPOINT.format(reentrant))
    for name in ("w", "x"):
        expected = traced.namespace[name].grad
        found = [node for node in traced.graph.nodes if name in node.names]
        torch.testing.assert_close(torch.tensor(found[0].outputs[0].gradients.in_pass(1).values), expected)  # type: ignore[union-attr]
    assert len(traced.graph.passes) == 1


def test_a_checkpoint_that_runs_backward_within_backward_is_joined_to_what_it_ran(trace: Trace) -> None:
    traced = trace(CHECKPOINT.format(True))
    outer, inner = traced.node("CheckpointFunctionBackward"), traced.node("SinBackward0")
    assert [edge.target for edge in traced.edges(outer) if edge.argument == "recomputed"] == [inner.id]
    assert {"checkpoint", "in_backward"} <= set(inner.flags)
    order = traced.graph.passes[0].order
    assert order.index(outer.id) < order.index(inner.id)


def test_a_hook_changes_the_cotangent_that_is_shown(trace: Trace) -> None:
    traced = trace(
        "x = torch.ones(2, requires_grad=True)\nh = x*2\nh.register_hook(lambda g: g*10)\nh.sum().backward()"
    )
    assert traced.gradient("h") == [10, 10]
    assert traced.gradient("x") == [20, 20]


def test_complex_numbers(trace: Trace) -> None:
    traced = trace("z = torch.tensor([1+2j, 3.], requires_grad=True)\ny = (z*z.conj()).real.sum()\ny.backward()")
    leaf = traced.node("z").outputs[0]
    assert leaf.value is not None
    assert [(number.re, number.im) for number in leaf.value.values] == [(1, 2), (3, 0)]  # type: ignore[union-attr]
    assert leaf.value.preview == "tensor([1.+2.j, 3.+0.j])"
    assert leaf.gradients.in_pass(1) is not None
    assert [(number.re, number.im) for number in leaf.gradients.in_pass(1).values] == [(2, 4), (6, 0)]  # type: ignore[union-attr]


def test_a_sparse_gradient_is_told_densely(trace: Trace) -> None:
    source = "e = nn.Embedding(4, 2, sparse=True)\ne(torch.tensor([1, 1, 2])).sum().backward()"
    assert trace(source).gradient("e.weight") == [[0, 0], [2, 2], [1, 1], [0, 0]]
    stats = trace(source, limits=Limits(tensor_elements=4)).node("e.weight").outputs[0].gradients.in_pass(1)
    assert stats is not None
    assert (stats.values, stats.stats.max, stats.stats.mean, stats.stats.zero) == (None, 2, 0.75, 4)


@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
def test_numbers_are_the_shortest_that_read_back_the_same_in_their_dtype(trace: Trace, dtype: str) -> None:
    traced = trace(
        f"x = torch.tensor([0.1, 0.449, -3e-5], dtype=torch.{dtype}, requires_grad=True)\nx.sum().backward()"
    )
    tensor = traced.node("x").outputs[0].value
    assert tensor is not None
    assert tensor.dtype == dtype
    told = tensor.values
    assert isinstance(told, list)
    assert told[0] == 0.1
    assert torch.equal(torch.tensor(told, dtype=getattr(torch, dtype)), traced.namespace["x"].detach())


def test_tensors_without_elements_and_without_dimensions(trace: Trace) -> None:
    traced = trace(
        "x = torch.ones((0, 3), requires_grad=True)\ns = torch.ones(2, 0, 2)\ny = x.sum() + s.sum()\ny.backward()"
    )
    assert traced.value("x") == []
    assert traced.value("s") == [[], []]
    assert traced.gradient("x") == []
    assert traced.value("y") == 0.0


def test_numbers_that_are_not_finite_are_strings(trace: Trace) -> None:
    traced = trace("x = torch.tensor([0., -1.], requires_grad=True)\ny = x.log()\n(y/0).sum().backward()")
    assert traced.value("y") == ["-inf", "nan"]
    stats = traced.node("y").outputs[0].value.stats  # type: ignore[union-attr]
    assert (stats.nan, stats.inf, stats.min, stats.norm) == (1, 1, None, None)


def test_broadcasting_is_undone_in_what_an_edge_carries(trace: Trace) -> None:
    traced = trace(
        "a = torch.ones(3, 2, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\n(a*b).sum().backward()"
    )
    carried = {edge.argument: edge.contributions.in_pass(1) for edge in traced.edges(traced.node("MulBackward0"))}
    assert {name: tensor and tensor.shape for name, tensor in carried.items()} == {"self": [3, 2], "other": [2]}


def test_what_composite_functions_are_made_of_is_seen(trace: Trace) -> None:
    traced = trace(
        "x = torch.randn(2, 3, requires_grad=True)\nloss = F.cross_entropy(x, torch.tensor([0, 2]))\nloss.backward()"
    )
    chain = [node.op for node in traced.graph.nodes if node.kind == "function"]
    assert chain == ["LogSoftmaxBackward0", "NllLossBackward0"]
    places = {
        (node.span.line, node.span.column) for node in traced.graph.nodes if node.kind == "function" and node.span
    }
    assert places == {(2, 7)}
    target = next(edge for edge in traced.edges(traced.node("loss")) if edge.kind == "value")
    assert target.argument == "target"


def test_saved_tensors_and_numbers_have_the_names_of_torch(trace: Trace) -> None:
    saved = trace("x = torch.tensor([2., 3.], requires_grad=True)\ny = x**3\ny.sum().backward()").node("y").saved
    assert saved["exponent"] == 3
    assert saved["self"].values == [2, 3]  # type: ignore[union-attr]


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_a_nested_tensor_is_told_as_its_elements_in_a_row(trace: Trace) -> None:
    traced = trace(
        "x = torch.nested.nested_tensor([torch.ones(2, 2), torch.zeros(1, 2)], requires_grad=True)\n"
        "y = torch.nested.to_padded_tensor(x * 2, 7.).sum()\ny.backward()"
    )
    assert traced.error is None
    assert traced.value("x") == [1, 1, 1, 1, 0, 0]
    assert traced.gradient("x") == [2] * 6
    assert traced.value("y") == 22


def test_a_jagged_tensor_is_told_as_its_elements_in_a_row(trace: Trace) -> None:
    traced = trace(
        "x = torch.nested.nested_tensor([[1., 2.], [3., 4., 5.]], layout=torch.jagged, requires_grad=True)\n"
        "y = (x * x).values().sum()\ny.backward()\ng = x.grad.values()"
    )
    assert traced.error is None
    assert traced.value("x") == [1, 2, 3, 4, 5]
    assert traced.value("MulBackward0") == [1, 4, 9, 16, 25]
    assert traced.gradient("x") == [2, 4, 6, 8, 10]
    assert traced.namespace["g"].tolist() == [2, 4, 6, 8, 10]
    assert [node.op for node in traced.graph.nodes if node.kind == "function"] == [
        "MulBackward0",
        "NestedGetValuesBackward0",
        "SumBackward0",
    ]


def test_what_a_jagged_tensor_leaves_out_of_its_values_is_not_told(trace: Trace) -> None:
    traced = trace(
        "v = torch.arange(5., requires_grad=True)\n"
        "x = torch.nested.nested_tensor_from_jagged(v, torch.tensor([0, 2, 5]), lengths=torch.tensor([1, 2]))\n"
        "y = x.unbind()[1].sum()\ny.backward()"
    )
    assert traced.error is None
    assert traced.value("NestedViewFromJaggedBackward0") == [0, 2, 3]
    assert traced.gradient("v") == [0, 0, 1, 1, 0]


def test_the_scratch_memory_of_an_operator_is_not_told(trace: Trace) -> None:
    source = "net = nn.LSTM(3, 4)\ny = net(torch.ones(2, 1, 3))[0].sum()\ny.backward()"
    first, second = trace(source), trace(source)
    assert first.graph.model_dump_json() == second.graph.model_dump_json()
    for node in first.graph.nodes:
        assert "result3" not in node.saved or node.op != "MkldnnRnnLayerBackward0"


@pytest.mark.filterwarnings("ignore:The PyTorch API of nested tensors")
def test_attention_over_jagged_tensors_has_a_value_at_every_node(trace: Trace) -> None:
    traced = trace(
        "q = torch.nested.nested_tensor([torch.randn(2, 2, 4), torch.randn(3, 2, 4)], layout=torch.jagged, "
        "requires_grad=True)\nk = q.transpose(1, 2)\no = F.scaled_dot_product_attention(k, k, k)\n"
        "first = F.scaled_dot_product_attention(*[q.detach().unbind()[0].transpose(0, 1)] * 3)\n"
        "o.transpose(1, 2).values().sum().backward()"
    )
    assert traced.error is None
    functions = [node for node in traced.graph.nodes if node.kind == "function"]
    assert len(functions) > 30
    assert [node.op for node in functions if any(output.value is None for output in node.outputs)] == []
    product = [node for node in functions if node.op == "MatmulBackward0"][-1].outputs[0].value
    assert product is not None
    expected = traced.namespace["first"].flatten()
    torch.testing.assert_close(torch.tensor(product.values[: expected.numel()]), expected)


LOADED = """
from torch.utils.data import DataLoader, Dataset, TensorDataset
inputs, targets = torch.randn(8, 3), torch.randn(8, 1)

class Pairs(Dataset):
    def __len__(self):
        return 8
    def __getitem__(self, index):
        return inputs[index] * 2, targets[index]

w = torch.ones(3, 1, requires_grad=True)
batches = []
for xb, yb in DataLoader({dataset}, batch_size=4, shuffle=True):
    batches.append(xb)
    ((xb @ w - yb) ** 2).mean().backward()
"""


@pytest.mark.parametrize("dataset", ["TensorDataset(inputs, targets)", "Pairs()"])
def test_a_batch_of_a_data_loader_is_data_however_it_was_put_together(trace: Trace, dataset: str) -> None:
    source = LOADED.format(dataset=dataset)
    traced = trace(source)
    assert traced.error is None
    assert [node.op for node in traced.graph.nodes if node.kind == "detached"] == []
    batches = traced.namespace["batches"]
    told = [node.outputs[0].value for node in traced.graph.nodes if "xb" in node.names and node.kind == "constant"]
    assert [torch.tensor(value.values).tolist() for value in told if value] == [one.tolist() for one in batches]
    bare: dict[str, Any] = {"torch": torch, "nn": torch.nn}
    torch.manual_seed(0)
    exec(source, bare)
    assert torch.equal(torch.stack(batches), torch.stack(bare["batches"]))
    assert torch.equal(traced.namespace["w"].grad, bare["w"].grad)


def test_a_data_loader_that_raises_leaves_the_tape_there(trace: Trace) -> None:
    traced = trace(
        "from torch.utils.data import DataLoader\nx = torch.ones(2, requires_grad=True)\n"
        "try:\n    next(iter(DataLoader([1, 'a'], batch_size=2)))\nexcept TypeError:\n    y = x * 3\n"
        "y.sum().backward()"
    )
    assert traced.error is None
    assert (traced.value("y"), traced.gradient("x")) == ([3, 3], [3, 3])
