"""Numbers that a program reads from tensors and uses again: where they come from is shown, gradient ends there."""

import pytest
import torch
from chainrule.graph import Node
from chainrule.graph.history import EMPTY

from tests.tape.traced import Trace, Traced

READ = "aten._local_scalar_dense"
X = "x = torch.tensor([1.25, 2.5], requires_grad=True)\n"


def reads(traced: Traced) -> list[Node]:
    return [node for node in traced.graph.nodes if node.op in (READ, "Tensor.tolist")]


def users(traced: Traced, read: Node) -> list[tuple[str, str | None]]:
    at = {node.id: node for node in traced.graph.nodes}
    return [(at[edge.source].op, edge.argument) for edge in traced.graph.edges if edge.target == read.id]


@pytest.mark.parametrize(
    ("use", "user"),
    [
        ("s = x.sum().item()\ny = (x * s).sum()", ("MulBackward0", "other")),
        ("y = (x * x.sum().item()).sum()", ("MulBackward0", "other")),
        ("s = x.sum().item()\ny = (s * x).sum()", ("MulBackward0", "other")),
        ("s = x.sum().item()\ny = (s - x).sum()", ("RsubBackward1", "other")),
        ("s = x.sum().item()\ny = (x ** s).sum()", ("PowBackward0", "exponent")),
        ("s = x.sum().item()\ny = torch.clamp(x, s).sum()", ("ClampBackward1", "min")),
        ("def f(x):\n    s = x.sum().item()\n    return x / s\ny = f(x).sum()", ("DivBackward0", "other")),
        ("def f(s):\n    return lambda: x / s\ny = f(x.sum().item())().sum()", ("DivBackward0", "other")),
        ("s = [x.sum().item()]\ny = (x / s[0]).sum()", ("DivBackward0", "other")),
        ("s = (x.sum() * 100).long().item()\ny = (x / s).sum()", ("DivBackward0", "other")),
        ("s = x.sum().item()\ny = F.leaky_relu(-x, s).sum()", ("LeakyReluBackward0", "negative_slope")),
        ("s = float((x.sum() * 100).long())\ny = (x * s).sum()", ("MulBackward0", "other")),
        ("y = (x * float((x.sum() * 100).long())).sum()", ("MulBackward0", "other")),
        ("s = int((x.sum() * 100).long())\ny = (x / s).sum()", ("DivBackward0", "other")),
        ("y = (x * (s := x.sum().item())).sum()", ("MulBackward0", "other")),
        ("y = x + 0\ny *= x.sum().item()\ny = y.sum()", ("MulBackward0", "other")),
        ("d = {'a': [0, x.sum().item()]}\ny = (x * d['a'][-1]).sum()", ("MulBackward0", "other")),
        ("class A: pass\na = A()\na.s = x.sum().item()\ny = (x * a.s).sum()", ("MulBackward0", "other")),
    ],
)
def test_a_read_number_joins_the_operation_that_uses_it(trace: Trace, use: str, user: tuple[str, str]) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    (read,) = reads(traced)
    assert read.kind == "detached"
    assert users(traced, read) == [user]
    (taken,) = traced.edges(read)
    source = next(node for node in traced.graph.nodes if node.id == taken.target)
    assert (taken.kind, source.op) == ("value", "aten._to_copy" if "long" in use else "aten.sum")
    assert read.outputs[0].value is not None
    assert read.outputs[0].value.values == (375 if "long" in use else 3.75)
    assert read.outputs[0].gradients == EMPTY
    with torch.no_grad():
        assert source.outputs[0].value is not None
        assert torch.tensor(source.outputs[0].value.values) == read.outputs[0].value.values


@pytest.mark.parametrize(
    ("use", "user"),
    [
        ("for v in (x + 1).tolist():\n    y = x * v\ny = y.sum()", ("MulBackward0", "other")),
        ("a = (x + 1).tolist()\ny = (x * a[1]).sum()", ("MulBackward0", "other")),
        ("a, b = (x + 1).tolist()\ny = (x / b).sum()", ("DivBackward0", "other")),
        ("y = (x * torch.tensor((x + 1).tolist())).sum()", ("aten.lift_fresh", "data")),
    ],
)
def test_a_number_of_a_list_joins_the_operation_that_uses_it(trace: Trace, use: str, user: tuple[str, str]) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    read = traced.node("Tensor.tolist")
    assert read.kind == "detached"
    assert set(users(traced, read)) == {user}
    assert read.outputs[0].value is not None
    assert read.outputs[0].value.values == [2.25, 3.5]
    assert [edge.target for edge in traced.edges(read)] == [traced.node("aten.add").id]


@pytest.mark.parametrize(
    "use",
    [
        "c = torch.tensor(x.sum().item())",
        "c = torch.tensor(float(x.detach().sum()))",
        "s = x.sum().item()\nc = torch.tensor(s)",
        "s = [x.sum().item()]\nc = torch.tensor(s)",
        "c = torch.tensor([x.sum().item(), 2.])",
        "def f(t):\n    return torch.tensor(t.item(), dtype=torch.float64)\nc = f(x.sum())",
    ],
)
def test_a_tensor_made_of_a_read_number_is_joined(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny = (x * c).sum()\ny.backward()")
    assert traced.error is None
    (read,) = reads(traced)
    assert users(traced, read) == [("aten.lift_fresh", "data")]
    (made,) = [node for node in traced.graph.nodes if node.op == "aten.lift_fresh"]
    assert made.names == ["c"]
    assert [edge.kind for edge in traced.graph.edges if edge.target == made.id] == ["value"]


def test_a_tensor_made_in_a_loop_is_joined_to_the_read_of_its_turn(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor([3., 3.], requires_grad=True)\nmade = []\n"
        "for i in range(2):\n    made.append(torch.tensor(x[i].long().item()))\n"
        "y = (x * made[1]).sum()\ny.backward()"
    )
    assert traced.error is None
    (read,) = reads(traced)
    assert [scope.call for scope in read.scope if scope.kind == "loop"] == [2]


@pytest.mark.parametrize("use", ["torch.tensor(3.75)", "torch.tensor(1.5 + 2.25)", "torch.tensor([2.0, 3.75])"])
def test_a_tensor_made_of_another_equal_number_is_a_constant(trace: Trace, use: str) -> None:
    traced = trace(X + f"s = [x.sum().item()]\ny = (x * {use}).sum()\ny.backward()")
    assert traced.error is None
    assert reads(traced) == []


def test_gradient_stops_at_the_read(trace: Trace) -> None:
    traced = trace(X + "t = x.sum()\ns = t.item()\ny = (x * s).sum()\ny.backward()")
    x = torch.tensor([1.25, 2.5], requires_grad=True)
    (x * x.sum().item()).sum().backward()
    assert x.grad is not None
    assert traced.gradient("x") == x.grad.tolist()
    assert traced.node("t").op == "SumBackward0"
    assert traced.node("t").outputs[0].gradients == EMPTY
    (read,) = reads(traced)
    assert [(edge.kind, edge.target) for edge in traced.edges(read)] == [("value", traced.node("t").id)]


@pytest.mark.parametrize(
    "use",
    [
        "print(x.sum().item())\ny = (x * 3.75).sum()",
        "s = x.sum().item()\ny = (x * 3.75).sum()",
        "k = 1.5 * 2.5\ns = x.sum().item()\ny = (x * k).sum()",
        "s = [x.sum().item()]\nn = 15\ny = (x * (n / 4)).sum()",
        "s = [x.sum().item()]\nn = 15\nd = [n / 4]\ny = (x * d[0]).sum()",
        "s = (x + 1).tolist()\nn = 9\ny = (x * (n / 4)).sum()",
        "s = torch.ones(300).sum().long().item()\ny = (x / len(range(300))).sum()",
        "s = torch.ones(300).sum().long().item()\nn = torch.zeros(3, 100)\ny = (x / n.numel()).sum()",
    ],
)
def test_a_number_that_was_not_read_stays_a_constant(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    assert reads(traced) == []
    assert [node for node in traced.graph.nodes if node.kind == "constant"]


@pytest.mark.parametrize(
    "use",
    [
        "s = [x.sum().item()]\ndef g():\n    return 15 / 4\ny = (x * g()).sum()",
        "s = {1: x.sum().item()}\nclass A:\n    def v(self):\n        return 15 / 4\ny = (x * A().v()).sum()",
        "s = [x.sum().item()]\nf = lambda: 15 / 4\ny = (x * f()).sum()",
        "s = [x.sum().item()]\ny = (x * next(iter([15 / 4]))).sum()",
        "s = [x.sum().item()]\nact = nn.LeakyReLU(15 / 4)\ny = act(-x).sum()",
        "s = x.sum().item()\nk = 15 / 4\ny = torch.clamp(x, k, s).sum()",
        "a = x.sum().item()\nb = (x + 0).sum().item()\ny = torch.clamp(x, a, b).sum()",
        "n = torch.tensor(2).item()\ny = (x * 2).sum()",
        "n = torch.tensor(2).item()\nn = 2\ny = (x * n).sum()",
        "n = torch.tensor(2).item()\nfor n in [2]:\n    y = (x * n).sum()",
        "def f(n):\n    global k\n    k = n\nk = torch.tensor(2).item()\nf(2)\ny = (x * k).sum()",
        "b = bool(x.sum() > 0)\nc = 1 < 2\ny = (x * c).sum()",
        "y = sum((x * float(v)).sum() for v in [3.75])\ns = x.sum().item()",
        "s = x.sum().item() * 2\nt = s\ns = 7.5\ny = (x * s).sum()",
        "k = [1, 2]\nk[0] = torch.tensor(2).item()\ny = (x * k[1]).sum()",
    ],
)
def test_an_equal_number_from_elsewhere_is_not_taken_for_a_read(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    assert reads(traced) == []


@pytest.mark.parametrize(
    "body",
    [
        "y = y + (x * float(v)).sum()",
        "y = y + (x * int(v)).sum()",
        "s = int(v)\n    y = y + (x * s).sum()",
        "s = float(v)\n    y = y + (x * s).sum()",
        "s = v.item() if isinstance(v, torch.Tensor) else 3\n    y = y + (x * s).sum()",
    ],
)
def test_a_turn_that_reads_nothing_is_not_joined_to_the_read_of_the_turn_before(trace: Trace, body: str) -> None:
    traced = trace(X + f"y = 0\nfor v in [torch.tensor(3), 3]:\n    {body}\ny.backward()")
    assert traced.error is None
    assert len([edge for read in reads(traced) for edge in traced.graph.edges if edge.target == read.id]) <= 1
    last = [node for node in traced.graph.nodes if node.op == "MulBackward0"][-1]
    others = [edge.target for edge in traced.edges(last) if edge.argument == "other"]
    assert [node.kind for node in traced.graph.nodes if node.id in others] == ["constant"]


def test_a_number_behind_a_name_that_was_read_again_is_not_joined_to_the_later_read(trace: Trace) -> None:
    traced = trace(
        X + "y = 0\nfor i in range(2):\n    n = torch.tensor(2).item()\n    if i == 0:\n        s = n * 3\n"
        "y = (x * s).sum()\ny.backward()"
    )
    assert traced.error is None
    assert reads(traced) == []


@pytest.mark.parametrize(
    ("use", "value", "user"),
    [
        ("y = (x / (x > 2).sum().item()).sum()", 1, ("DivBackward0", "other")),
        ("y = (x * int((x > 2).sum())).sum()", 1, ("MulBackward0", "other")),
        ("def f(x):\n    return x / (x > 2).sum().item()\ny = f(x).sum()", 1, ("DivBackward0", "other")),
        ("y = (x * (x.sum() > 0).item()).sum()", True, ("MulBackward0", "other")),
        ("y = 0\nfor v in [x[1]]:\n    y = y + (x * (v > 2).item()).sum()", True, ("MulBackward0", "other")),
    ],
)
def test_a_small_number_is_joined_where_the_expression_itself_reads_it(
    trace: Trace, use: str, value: int, user: tuple[str, str]
) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    read = next(read for read in reads(traced) if users(traced, read))
    assert users(traced, read) == [user]
    assert read.outputs[0].value is not None
    assert read.outputs[0].value.values is value or read.outputs[0].value.values == value


@pytest.mark.parametrize(
    "use",
    [
        "n = (x > 2).sum().item()\ny = (x * 2 / n).sum()",
        "n = int((x > 2).sum())\ny = (n / x).sum()",
        "b = bool(x.sum() > 0)\ny = (x * b).sum()",
        "y = 0\nn = torch.tensor(7).item()\nfor i in range(3):\n    y = y + (x * n).sum()",
        "n = [(x > 2).sum().item()]\ny = (x / n[0]).sum()",
    ],
)
def test_a_small_number_behind_a_name_is_a_constant_since_python_shares_its_object(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    assert reads(traced) == []
    assert [node for node in traced.graph.nodes if node.kind == "constant"]


@pytest.mark.parametrize(
    "use",
    [
        "y = (x * (x.sum().item() * 2)).sum()",
        "y = (x * -x.sum().item()).sum()",
        "y = (x * (x.sum().item() + 0)).sum()",
        "s = x.sum().item() * 2\ny = (x * s).sum()",
        "s = x.sum().item()\nt = 0.5 + s\ny = (x * t).sum()",
        "s = x.sum().item()\ns = s / 2\ny = (x * s).sum()",
        "s = x.sum().item()\nfor i in range(2):\n    s = s + 0.5\ny = (x * s).sum()",
        "s = x.sum().item() if x.sum() < 0 else 3.75\ny = (x * s).sum()",
        "s = 0.0\nfor v in x:\n    s += v.item()\ny = (x * s).sum()",
        "s = 0.0\ns += x.sum().item()\ny = (x * s).sum()",
        "import math\ns = math.sqrt(x.sum().item())\ny = (x * s).sum()",
        "import math\ny = (x * math.sqrt(x[0] * 0 + 1)).sum()",
        "y = (x * sum(map(float, [x[0] * 0, x.sum()]))).sum()",
        "s = 1 / (x.sum().item() + 1e-8)\ny = (x * s).sum()",
        "s = round(x.sum().item(), 2)\ny = (x * s).sum()",
        "s = float(str(x.sum().item()))\ny = (x * s).sum()",
        "s = x.sum().item() > 3\ny = (x * s).sum()",
        "def half(t):\n    return t.item() / 2\ny = (x * half(x.sum())).sum()",
        "def same(t):\n    return t.item()\ny = (x * same(x.sum())).sum()",
        "act = nn.LeakyReLU(x.sum().item())\ny = act(-x).sum()",
        "c = torch.tensor(x.sum().item() * 2)\ny = (x * c).sum()",
    ],
)
@pytest.mark.filterwarnings("ignore:Converting a tensor with requires_grad=True")
def test_a_number_made_of_read_ones_or_given_by_a_call_is_a_plain_constant(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    assert reads(traced) == []
    assert [node.kind for node in traced.graph.nodes if node.op in ("float", "int", "bool")] == []
    assert [node for node in traced.graph.nodes if node.kind == "constant"]


@pytest.mark.parametrize(
    "use",
    [
        "s = 1.0\nfor i in range(2):\n    s = x[i].item()\ny = (x * s).sum()",
        "s = 0.5\nif x.sum() > 0:\n    s = x[1].item()\ny = (x * s).sum()",
        "best = 0.0\nfor v in x:\n    best = max(best, v.item())\ny = (x * best).sum()",
    ],
)
def test_a_name_with_several_assignments_is_joined_to_the_read_of_the_object_it_has(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    (read,) = reads(traced)
    assert users(traced, read) == [("MulBackward0", "other")]
    assert read.outputs[0].value is not None
    assert read.outputs[0].value.values == 2.5


@pytest.mark.parametrize(
    "use",
    [
        "s = x.sum().item()\ny = torch.where(x > 2, 15 / 4, s).sum() + x.sum()",
        "s = [x.sum().item()]\ny = torch.clamp(x, *[15 / 4], s[0]).sum()",
    ],
)
def test_where_another_operand_may_be_the_number_it_is_a_constant(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.error is None
    assert reads(traced) == []


def test_reads_beyond_those_remembered_are_constants(trace: Trace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chainrule.tape.record.number_reads.REMEMBERED", 2)
    source = X + "s = [(x * i).sum().item() for i in range(1, 4)]\ny = (x * s[{place}]).sum()\ny.backward()"
    assert [len(reads(trace(source.format(place=place)))) for place in range(3)] == [0, 1, 1]


def test_two_reads_of_one_number_are_told_apart(trace: Trace) -> None:
    source = X + "a = x.sum().item()\nb = (x + 0).sum().item()\ny = (x * b).sum()\ny.backward()"
    traced = trace(source)
    (read,) = reads(traced)
    assert read.span is not None
    assert read.span.line == 3


def test_a_factory_filled_with_a_read_number_is_joined(trace: Trace) -> None:
    traced = trace(X + "s = x.sum().item()\ny = (x * torch.full((2,), s)).sum()\ny.backward()")
    (read,) = reads(traced)
    assert users(traced, read) == [("aten.full", "fill_value")]


def test_reads_are_the_same_at_every_run(trace: Trace) -> None:
    source = (
        X + "h = []\nfor i in range(3):\n    h.append((x * i).sum().item())\n    x2 = x * h[-1]\nx2.sum().backward()"
    )
    assert trace(source).graph.model_dump_json() == trace(source).graph.model_dump_json()


@pytest.mark.parametrize(
    "use",
    [
        "s = x.sum().item()\ny = (x * s).sum()",
        "y = (x * (s := x.sum().item())).sum()",
        "def f(s):\n    return x * s\ny = f(x.sum().item()).sum()",
    ],
)
def test_a_number_has_the_name_of_its_variable(trace: Trace, use: str) -> None:
    traced = trace(X + use + "\ny.backward()")
    assert traced.node(READ).names == ["s"]


def test_a_list_that_was_read_has_no_element_s_name(trace: Trace) -> None:
    traced = trace(X + "for v in (x + 1).tolist():\n    y = x * v\ny.sum().backward()")
    assert traced.node("Tensor.tolist").names == []
