"""A constant shows what it held when it took part, whatever was done to it before and after."""

import pytest
import torch
from chainrule.graph import Node, Values

from tests.tape.traced import Trace, Traced

X = "x = torch.tensor([1., 2.], requires_grad=True)\n"


def taken(traced: Traced, op: str, argument: str) -> list[Values | None]:
    """Give what the operations of a kind took as an argument, in their order."""
    assert traced.error is None
    nodes = {node.id: node for node in traced.graph.nodes}
    return [
        _value(nodes[edge.target], edge.output_nr)
        for edge in traced.graph.edges
        if edge.argument == argument and nodes[edge.source].op == op
    ]


def _value(node: Node, output_nr: int) -> Values | None:
    (output,) = [output for output in node.outputs if output.output_nr == output_nr]
    return None if output.value is None else output.value.values


@pytest.mark.parametrize(
    "change",
    [
        "c.mul_(2)",
        "c.data.mul_(2)",
        "c.detach().mul_(2)",
        "c[0] *= 2\nc[1] *= 2",
        "c.view(1, 2)[0].mul_(2)",
        "torch.add(c, c, out=c)",
        "torch._foreach_mul_([c], 2)",
    ],
)
def test_a_constant_shows_what_it_held_when_it_was_used(trace: Trace, change: str) -> None:
    traced = trace(
        X + f"c = torch.tensor([3., 5.])\ny = (x - c).sum()\n{change}\nz = (x - c).sum()\nc.zero_()\n(y + z).backward()"
    )
    assert taken(traced, "SubBackward0", "other") == [[3, 5], [6, 10]]


def test_running_statistics_are_those_that_took_part(trace: Trace) -> None:
    traced = trace(
        "bn = nn.BatchNorm1d(2)\nx = torch.tensor([[1., 2.], [3., 5.]], requires_grad=True)\nheld = []\n"
        "for _ in range(2):\n    held.append(bn.running_mean.tolist())\n    bn(x)\n"
        "bn.eval()\nheld.append(bn.running_mean.tolist())\nvar = bn.running_var.tolist()\nbn(x).sum().backward()"
    )
    held, var = traced.namespace["held"], traced.namespace["var"]
    assert held[0] != held[1] != held[2]
    torch.testing.assert_close(taken(traced, "NativeBatchNormBackward0", "running_mean"), [held[2]])
    torch.testing.assert_close(taken(traced, "NativeBatchNormBackward0", "running_var"), [var])


def test_running_statistics_in_training_are_those_before_the_step(trace: Trace) -> None:
    traced = trace(
        "bn = nn.BatchNorm1d(2)\nx = torch.tensor([[1., 2.], [3., 5.]], requires_grad=True)\n"
        "held = [bn.running_mean.tolist()]\ny = bn(x)\nheld.append(bn.running_mean.tolist())\nz = bn(x)\n"
        "(y + z).sum().backward()"
    )
    torch.testing.assert_close(
        taken(traced, "NativeBatchNormBackward0", "running_mean"), traced.namespace["held"], rtol=1e-6, atol=0
    )


def test_only_an_operation_that_gives_back_what_it_changed_is_in_place(trace: Trace) -> None:
    traced = trace(X + "F.rrelu(x, training=True).sum().backward()")
    (node,) = [node for node in traced.graph.nodes if "Rrelu" in node.op]
    assert "in_place" not in node.flags
    assert node.outputs[0].before is None


def test_what_was_changed_without_a_gradient_is_joined_to_where_it_came_from(trace: Trace) -> None:
    traced = trace(X + "with torch.no_grad():\n    k = x * 2\n    k.add_(1)\n    k[0] = 7\n(x * k).sum().backward()")
    assert taken(traced, "MulBackward0", "other") == [[7, 5]]
    ops = {node.id: node.op for node in traced.graph.nodes}
    user = next(node.id for node in traced.graph.nodes if node.op == "MulBackward0")
    way = [user]
    while ops[way[-1]] != "AccumulateGrad":
        (way_on,) = [
            edge.target
            for edge in traced.graph.edges
            if edge.source == way[-1] and edge.argument == ("other" if way[-1] == user else "self")
        ]
        way.append(way_on)
    assert [ops[ident] for ident in way[1:]] == ["aten.copy_", "aten.select", "aten.add_", "aten.mul", "AccumulateGrad"]


def test_a_detached_change_through_a_view_shows_the_whole_and_the_view(trace: Trace) -> None:
    traced = trace(X + "m = torch.zeros(2)\nv = m[1]\nv += 5\n((x * m).sum() + (x * v).sum()).backward()")
    assert taken(traced, "MulBackward0", "other") == [[0, 5], 5]
    changed = traced.node("aten.add_")
    assert changed.names == ["m", "v"]
    assert changed.outputs[0].before is not None
    assert changed.outputs[0].before.values == [0, 0]


def test_a_leaf_shows_what_it_held_when_it_was_first_used(trace: Trace) -> None:
    traced = trace(X + "y = (x + 1).sum()\nx.data.mul_(10)\nz = (x + 1).sum()\n(y + z).backward()")
    assert traced.value("x") == [1, 2]
    assert traced.value("z") == torch.tensor([11.0, 21.0]).sum().item()


@pytest.mark.parametrize("fill", ["zero_()", "fill_(3)", "uniform_()", "normal_()"])
def test_what_was_filled_anew_is_a_constant(trace: Trace, fill: str) -> None:
    traced = trace(X + f"k = torch.ones(2)\nk.{fill}\n(x * k).sum().backward()")
    assert traced.node("k").kind == "constant"
    assert taken(traced, "MulBackward0", "other") == [traced.value("k")]
    assert [node.kind for node in traced.graph.nodes if node.kind == "detached"] == []


def test_where_a_tensor_was_detached_in_place_the_gradient_stops(trace: Trace) -> None:
    traced = trace(X + "a = x * 2\na.detach_()\n(x * a).sum().backward()")
    (user,) = [node.id for node in traced.graph.nodes if node.op == "MulBackward0"]
    assert taken(traced, "MulBackward0", "other") == [[2, 4]]
    (edge,) = [edge for edge in traced.graph.edges if edge.source == user and edge.argument == "other"]
    assert edge.kind == "value"
    stopped = next(node for node in traced.graph.nodes if node.id == edge.target)
    assert (stopped.kind, stopped.names) == ("detached", ["a"])
    assert traced.gradient("x") == [2, 4]
