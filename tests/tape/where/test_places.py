"""Where nodes come from: spans, call chains, scopes, names, constants and what was detached."""

import pytest
import torch
from chainrule.graph import Scope
from chainrule.limits import Limits
from chainrule.tape import Tape
from chainrule.tape.record.autograd import reachable

from tests.tape.traced import Trace, Traced


def text_of(traced: Traced, source: str, name_or_op: str) -> str:
    span = traced.node(name_or_op).span
    assert span is not None
    lines = source.splitlines()
    if span.line == span.end_line:
        return lines[span.line - 1][span.column : span.end_column]
    inner = lines[span.line : span.end_line - 1]
    return "\n".join([lines[span.line - 1][span.column :], *inner, lines[span.end_line - 1][: span.end_column]])


def scopes(traced: Traced, op: str) -> list[list[tuple[str, str, int]]]:
    def told(scope: list[Scope]) -> list[tuple[str, str, int]]:
        return [(part.kind, part.name, part.call) for part in scope]

    return [told(node.scope) for node in traced.graph.nodes if node.op == op]


def test_a_span_is_the_very_sub_expression(trace: Trace) -> None:
    source = "x = torch.ones(2, requires_grad=True)\ny = (x.sin()\n     * x.exp()).sum()"
    traced = trace(source, root="y")
    assert text_of(traced, source, "SinBackward0") == "x.sin()"
    assert text_of(traced, source, "ExpBackward0") == "x.exp()"
    assert text_of(traced, source, "MulBackward0") == "x.sin()\n     * x.exp()"
    assert text_of(traced, source, "y") == "(x.sin()\n     * x.exp()).sum()"


def test_columns_count_characters(trace: Trace) -> None:
    source = 'x = torch.ones(2, requires_grad=True)\nname = "größe"; y = x.sin()'
    assert text_of(trace(source, root="y"), source, "SinBackward0") == "x.sin()"


@pytest.mark.parametrize(
    ("change", "use"),
    [
        ("v.mul_(2)", "v"),
        ("b.mul_(2)", "v"),
        ("w.mul_(2)", "v"),
        ("v.mul_(2); torch.no_grad()(b.add_)(1)", "w"),
        ("torch.no_grad()(b.add_)(1)", "v"),
    ],
)
def test_a_view_made_anew_stands_at_the_change_it_was_made_anew_for(trace: Trace, change: str, use: str) -> None:
    source = (
        "x = torch.ones(4, requires_grad=True)\nb = x*1\nv = b[1:3]\nw = b[2:]\n"
        f"{change}\ny = {use}.sin().sum()\ny.backward()"
    )
    node = trace(source).node("AsStridedBackward0")
    assert text_of(trace(source), source, "AsStridedBackward0") == change.rpartition("; ")[2]
    assert node.names == [use]


def test_a_view_that_is_made_anew_twice_stands_at_each_change(trace: Trace) -> None:
    traced = trace(
        "x = torch.ones(4, requires_grad=True)\nb = x*1\nv = b[1:3]\n"
        "def change(t, by):\n    t.mul_(by)\n    return t\n"
        "p = change(v, 2).sin()\nchange(b, 3)\nq = v.cos()\n(p + q).sum().backward()"
    )
    found = [node for node in traced.graph.nodes if node.op == "AsStridedBackward0"]
    assert [[call.line for call in node.calls] for node in found] == [[7], [8]]
    assert [node.span and node.span.line for node in found] == [5, 5]


def test_the_calls_lead_up_to_the_top_of_the_program(trace: Trace) -> None:
    source = (
        "def inner(a):\n    return a.sin()\ndef outer(a):\n    return inner(a) + 1\n"
        "x = torch.ones(2, requires_grad=True)\ny = outer(x)\nz = (lambda a: outer(a))(y)"
    )
    traced = trace(source, root="z")
    sines = [node for node in traced.graph.nodes if node.op == "SinBackward0"]
    assert [node.span and node.span.line for node in sines] == [2, 2]
    assert [[call.line for call in node.calls] for node in sines] == [[4, 6], [4, 7, 7]]
    assert [[part.name for part in node.scope] for node in sines] == [
        ["outer", "inner"],
        ["<lambda>", "outer", "inner"],
    ]


def test_calls_of_one_function_are_counted(trace: Trace) -> None:
    source = "def f(a):\n    return a.sin()\nx = torch.ones(2, requires_grad=True)\ny = f(f(x))\nz = f(y)"
    found = scopes(trace(source, root="z"), "SinBackward0")
    assert found == [[("function", "f", number)] for number in (1, 2, 3)]


NETWORK = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(2)])
        self.head = nn.Sequential(nn.Tanh(), nn.Linear(2, 1))
    def forward(self, x):
        for layer in self.layers:
            x = torch.relu(layer(x))
        return self.head(x)
net = Net()
for step in range(2):
    loss = net(torch.ones(1, 2)).sum()
    loss.backward()
"""


def test_modules_are_scopes_by_their_paths_and_loops_by_their_turns(trace: Trace) -> None:
    traced = trace(NETWORK)
    turns = [("loop", "step", 1), ("module", "net", 1)]
    assert scopes(traced, "ReluBackward0")[:2] == [[*turns, ("loop", "layer", 1)], [*turns, ("loop", "layer", 2)]]
    assert scopes(traced, "TanhBackward0")[0] == [*turns, ("module", "net.head", 1), ("module", "net.head.0", 1)]
    assert scopes(traced, "TanhBackward0")[1][:2] == [("loop", "step", 2), ("module", "net", 1)]
    assert [part.type for part in traced.graph.nodes[-1].scope] == ["for"]


def test_parameters_have_their_paths(trace: Trace) -> None:
    traced = trace(NETWORK)
    named = [name for node in traced.graph.nodes if "parameter" in node.flags for name in node.names]
    assert set(named) == {path for path, _ in traced.namespace["net"].named_parameters(prefix="net")}


def test_loops_of_every_kind_are_counted_by_turn(trace: Trace) -> None:
    source = (
        "x = torch.tensor(0.5, requires_grad=True)\nh = x\n"
        "for i in range(2):\n    for j in range(2):\n        h = h.sin()\n"
        "n = 0\nwhile n < 2:\n    h = h.cos()\n    n += 1\nh = sum([h.exp()*k for k in range(1, 3)])\n"
        "for t in [x, x]:\n    h = h*t\n    h = h.tanh()"
    )
    traced = trace(source, root="h")
    nested = [[("loop", "i", i), ("loop", "j", j)] for i in (1, 2) for j in (1, 2)]
    assert scopes(traced, "SinBackward0") == nested
    assert scopes(traced, "CosBackward0") == [[("loop", "while", 1)], [("loop", "while", 2)]]
    assert scopes(traced, "ExpBackward0") == [[("loop", "k", 1)], [("loop", "k", 2)]]
    assert scopes(traced, "TanhBackward0") == [[("loop", "t", 1)], [("loop", "t", 2)]]


def test_names_are_all_that_were_bound_the_latest_first(trace: Trace) -> None:
    traced = trace(
        "def f(a):\n    b = a*2\n    return b\nx = torch.ones(2, requires_grad=True)\ny = f(x)\nw = y\ny = y.sin()",
        root="y",
    )
    assert traced.node("MulBackward0").names == ["w", "y", "b"]
    assert traced.node("SinBackward0").names == ["y"]
    assert traced.node("x").names == ["x", "a"]


def test_frames_of_a_file_are_known_by_its_name() -> None:
    with Tape(filename=__file__) as tape:
        x = torch.ones(2, requires_grad=True)
        y = x.sin()
    (sine,) = [node for node in tape.graph([y]).nodes if node.op == "SinBackward0"]
    line = test_frames_of_a_file_are_known_by_its_name.__code__.co_firstlineno + 3
    assert sine.span is not None
    assert (sine.span.line, sine.span.column, sine.span.end_column) == (line, 12, 19)
    assert "y" in sine.names


DETACHED = """
x = torch.tensor([2., 3.], requires_grad=True)
v = torch.tensor([1., 1.], requires_grad=True)
h = v*2
d = h.detach()
with torch.no_grad():
    m = x*5
places = torch.tensor([1, 0])
y = (x*d + m + x[places]).sum()
y.backward()
"""


def test_what_was_detached_is_joined_to_where_it_came_from(trace: Trace) -> None:
    traced = trace(DETACHED)
    detach = traced.node("d")
    assert (detach.kind, detach.op) == ("detached", "aten.detach")
    assert [edge.target for edge in traced.edges(detach)] == [traced.node("h").id]
    product = traced.node("m")
    assert (product.kind, product.op, product.outputs[0].value and product.outputs[0].value.values) == (
        "detached",
        "aten.mul",
        [10, 15],
    )
    assert traced.node("x").id in [edge.target for edge in traced.edges(product)]
    users = [edge.source for edge in traced.graph.edges if edge.target == detach.id]
    assert [node.op for node in traced.graph.nodes if node.id in users] == ["MulBackward0"]


def test_a_leaf_behind_a_detach_is_told_where_its_way_is_cut(trace: Trace) -> None:
    traced = trace(DETACHED)
    leaf, places = traced.node("v"), traced.node("places")
    assert leaf.no_gradient is not None
    assert (leaf.no_gradient.reason, leaf.no_gradient.node) == ("detached", traced.node("d").id)
    assert "no_gradient" in leaf.flags
    assert places.no_gradient is not None
    assert places.no_gradient.reason == "integer"


def test_a_leaf_that_nothing_uses_is_not_reached(trace: Trace) -> None:
    traced = trace("x = torch.ones(2, requires_grad=True)\nu = torch.ones(2, requires_grad=True)\nx.sum().backward()")
    leaf = traced.node("u")
    assert leaf.no_gradient is not None
    assert (leaf.no_gradient.reason, traced.value("u")) == ("not_reached", [1, 1])


def test_without_a_pass_no_leaf_is_blamed(trace: Trace) -> None:
    leaf = trace("x = torch.ones(2, requires_grad=True)\ny = x*2", root="y").node("x")
    assert leaf.no_gradient is not None
    assert leaf.no_gradient.reason == "no_pass"
    assert "no_gradient" not in leaf.flags


def test_the_first_nan_and_inf_are_marked_in_both_directions(trace: Trace) -> None:
    traced = trace("x = torch.tensor([0., 1.], requires_grad=True)\ny = (x.log()*0).sum()\ny.backward()")
    marks = {node.op: set(node.flags) & {"first_nan", "first_inf", "first_nan_gradient"} for node in traced.graph.nodes}
    assert {op: found for op, found in marks.items() if found} == {
        "LogBackward0": {"first_inf", "first_nan_gradient"},
        "MulBackward0": {"first_nan"},
    }


MASKED = "x = torch.randn(3, 3, requires_grad=True)\nlater = torch.ones(3, 3).triu(1).bool()\n"


@pytest.mark.parametrize(
    "scores",
    [
        "x.masked_fill(later, float('-inf'))",
        "torch.where(later, float('-inf'), x)",
        "x + torch.zeros(3, 3).masked_fill(later, float('-inf'))",
        "x + (1 - later.float()).log()",
    ],
)
def test_a_mask_of_infinities_is_no_alarm(trace: Trace, scores: str) -> None:
    source = f"{MASKED}weights = ({scores}).softmax(1)\nloss = (weights**2).sum()\n"
    flags = {flag for node in trace(f"{source}loss.backward()").graph.nodes for flag in node.flags}
    assert not flags & {"first_inf", "first_nan", "first_inf_gradient", "first_nan_gradient"}


@pytest.mark.parametrize("used", ["logsumexp(1)", "softmax(1)"])
def test_a_mask_that_leaves_nothing_of_a_row_is_one(trace: Trace, used: str) -> None:
    source = f"{MASKED}later[0] = True\ny = x.masked_fill(later, float('-inf')).{used}.sum()\ny.backward()"
    traced = trace(source)
    assert traced.value("y") in ("-inf", "nan")
    assert any("first_inf" in node.flags for node in traced.graph.nodes)


TWO_PASSES = (
    "x = torch.tensor([0., 1.], requires_grad=True)\ny = x.sqrt()\n"
    "y.backward(torch.tensor([1., 1.]), retain_graph=True)\n"
    "(x * 2).sum().backward()\n"
    "y.backward(torch.tensor([0., 1.]))"
)


def test_each_pass_tells_where_its_first_nan_and_inf_come_up(trace: Trace) -> None:
    traced = trace(TWO_PASSES)
    sqrt = traced.node("y").id
    x = torch.tensor([0.0, 1.0], requires_grad=True)
    y = x.sqrt()
    gradients = [
        torch.autograd.grad(y, x, torch.tensor(start), retain_graph=True)[0] for start in ([1.0, 1.0], [0.0, 1.0])
    ]
    assert [float(gradient[0]) for gradient in gradients] == [float("inf"), pytest.approx(float("nan"), nan_ok=True)]
    assert [one.first_inf for one in traced.graph.passes] == [[sqrt], [], []]
    assert [one.first_nan for one in traced.graph.passes] == [[], [], [sqrt]]
    assert {"first_nan_gradient", "first_inf_gradient"} <= set(traced.node("y").flags)


def test_a_nan_that_comes_up_where_infinities_are_added_is_at_that_node(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor([0.], requires_grad=True)\nh = x * 1\n(h.sqrt() - h.sqrt()).sum().backward()\n"
        "assert torch.isnan(x.grad).all()"
    )
    assert traced.error is None
    (done,) = traced.graph.passes
    assert done.first_nan == [traced.node("h").id]
    assert len(done.first_inf) == 2


@pytest.mark.parametrize(
    ("end", "name"),
    [
        ("h.register_hook(lambda g: g * float('nan'))\ny = h.sum()\ny.backward()", "h"),
        ("y = h * 3\ny.backward(torch.tensor([float('nan')]))", "y"),
    ],
)
def test_a_nan_that_the_program_puts_in_is_where_it_puts_it(trace: Trace, end: str, name: str) -> None:
    traced = trace("x = torch.tensor([1.], requires_grad=True)\nh = x * 2\n" + end)
    assert traced.graph.passes[0].first_nan == [traced.node(name).id]


def test_a_large_graph_tells_where_nan_comes_up(trace: Trace) -> None:
    source = (
        "x = torch.tensor([0.], requires_grad=True)\ny = x\nfor _ in range(5):\n    y = y + 1\n"
        "z = (y * 0).sqrt()\n(z * 0).sum().backward()"
    )
    light, whole = trace(source, limits=Limits(detailed_nodes=5)), trace(source)
    assert whole.graph.passes[0].first_nan == [whole.node("z").id]
    assert light.graph.passes[0].first_nan == [light.node("z").id]


def test_a_gradient_of_zeros_and_its_ratio_are_marked(trace: Trace) -> None:
    traced = trace("x = torch.tensor([-3., -4.], requires_grad=True)\ny = torch.relu(x).sum()\ny.backward()")
    assert "zero_gradient" in traced.node("x").flags
    assert traced.node("x").gradient_ratios == [0.0]
    other = trace("x = torch.tensor([3., 4.], requires_grad=True)\n(x*x).sum().backward()").node("x")
    assert other.gradient_ratios == [2.0]


def test_uninitialised_memory_is_not_told(trace: Trace) -> None:
    traced = trace("x = torch.ones(2, requires_grad=True)\nb = torch.empty(2)\nb[:] = x*3\nb.sum().backward()")
    slices = traced.node("torch::autograd::CopyBackwards").outputs[0]
    assert slices.before is not None
    assert (slices.before.values, slices.before.stats.norm) == (None, None)
    assert slices.value is not None
    assert slices.value.values == [3, 3]


def test_large_tensors_keep_statistics_a_histogram_and_a_preview(trace: Trace) -> None:
    source = "x = torch.arange(-8, 8.).reshape(4, 4).requires_grad_()\n(x*x).sum().backward()"
    tensor = trace(source, limits=Limits(tensor_elements=10)).node("x").outputs[0].value
    assert tensor is not None
    x = torch.arange(-8, 8.0)
    stats = tensor.stats
    assert tensor.values is None
    assert (stats.min, stats.max, stats.mean, stats.zero) == (-8, 7, -0.5, 1)
    assert stats.std == pytest.approx(x.std(correction=0).item())
    assert stats.norm == pytest.approx(x.norm().item())
    assert stats.histogram == [1] * 16
    assert tensor.preview.startswith("tensor([[-8., -7., -6., -5.]")


def test_past_the_budget_of_numbers_tensors_keep_statistics(trace: Trace) -> None:
    source = "x = torch.ones(8, requires_grad=True)\ny = x*2\nz = y*3\nz.sum().backward()"
    traced = trace(source, limits=Limits(graph_elements=20))
    assert traced.value("x") == [1] * 8
    assert traced.value("z") is None
    assert traced.node("z").outputs[0].value.stats.max == 6  # type: ignore[union-attr]


def test_limits_on_records_and_nodes_leave_what_is_there(trace: Trace) -> None:
    source = "x = torch.ones(2, requires_grad=True)\ny = x\nfor i in range(20):\n    y = y + x\ny.sum().backward()"
    few_records = trace(source, limits=Limits(records=5))
    assert few_records.tape.overflows == {"records"}
    assert len([node for node in few_records.graph.nodes if node.op == "AddBackward0"]) == 20
    few_nodes = trace(source, limits=Limits(nodes=8))
    assert few_nodes.tape.overflows == {"nodes"}
    assert len(few_nodes.graph.nodes) == 8
    assert few_nodes.graph.nodes[-1].op == "SumBackward0"
    assert [node.flags for node in few_nodes.graph.nodes if "truncated" in node.flags] == [["truncated"]]
    assert trace(source).tape.overflows == frozenset()


def test_a_large_graph_is_told_lightly(trace: Trace) -> None:
    source = "x = torch.ones((), requires_grad=True)\ny = x\nfor i in range(30):\n    y = y*1.5 + x\ny.backward()"
    graph = trace(source, limits=Limits(detailed_nodes=10)).graph
    assert {node.kind for node in graph.nodes} == {"function", "leaf"}
    assert all(not node.saved and node.formula is None for node in graph.nodes)
    assert all(edge.contributions.in_pass(1) is not None for edge in graph.edges)


def test_a_chain_of_100_000_nodes_is_walked_without_recursion() -> None:
    x = torch.ones((), requires_grad=True)
    y = x
    for _ in range(100_000):
        y = y.neg()
    nodes, truncated = reachable([y.grad_fn], 200_000)
    assert (len(nodes), truncated) == (100_001, False)
    # Freed from the root on: PyTorch frees a chain by recursion, and crashes, where Python has met its Nodes.
    del y
    nodes.reverse()
    nodes.clear()


def test_a_deep_chain_is_told_without_recursion(trace: Trace) -> None:
    traced = trace(
        "x = torch.ones((), requires_grad=True)\ny = x\nfor i in range(4_000):\n    y = y.neg()\ny.backward()"
    )
    assert len(traced.graph.nodes) == len(traced.graph.passes[0].order) == 4_001
    assert traced.gradient("x") == 1


@pytest.mark.parametrize("source", [NETWORK, DETACHED])
def test_two_runs_give_equal_json(trace: Trace, source: str) -> None:
    assert trace(source).graph.model_dump_json() == trace(source).graph.model_dump_json()


def test_variables_tell_their_values_and_nodes(trace: Trace) -> None:
    traced = trace("x = torch.tensor([1., 2.], requires_grad=True)\ny = x*2\ny.sum().backward()\nn = 3\nt = [1, 2]")
    found = {variable.name: variable for variable in traced.graph.variables}
    assert (found["n"].text, found["n"].type, found["t"].text) == ("3", "int", "<list of 2>")
    assert found["y"].node == traced.node("y").id
    assert found["x"].gradient is not None
    assert found["x"].gradient.values == [2, 2]


def test_a_parameters_path_comes_before_the_name_that_a_loop_gives_to_each(trace: Trace) -> None:
    traced = trace(
        "net = torch.nn.Linear(2, 1)\nnet(torch.ones(1, 2)).sum().backward()\n"
        "for p in net.parameters():\n    print(p.grad)\n"
    )
    names = [node.names for node in traced.graph.nodes if "parameter" in node.flags]
    assert sorted(names) == [["net.bias", "p"], ["net.weight", "p"]]
