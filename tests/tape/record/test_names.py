"""The names of nodes: all that the program bound to a tensor, also where the tensor is changed in place or gone."""

import gc
import weakref

import pytest
import torch
from chainrule.tape import Tape

from tests.tape.traced import Trace, Traced

X = "x = torch.tensor([1., 2.], requires_grad=True)\n"


def named(traced: Traced, name: str) -> list[str]:
    assert traced.error is None
    return [node.op for node in traced.graph.nodes if name in node.names]


def test_each_state_of_a_tensor_that_is_changed_in_place_has_its_name(trace: Trace) -> None:
    traced = trace(X + "c = x * 1\nc.mul_(2)\nc.add_(1)\nc.sum().backward()")
    assert named(traced, "c") == ["MulBackward0", "MulBackward0", "AddBackward0"]


def test_each_state_of_a_base_that_is_changed_through_views_has_its_name(trace: Trace) -> None:
    traced = trace(X + "b = x * 1\nb[0] = 3.\nb[1] = 4.\nv = b[0]\nv.mul_(2)\n(b.sum() + v).backward()")
    assert named(traced, "b") == ["MulBackward0", *["torch::autograd::CopySlices"] * 3]
    assert "AsStridedBackward0" in named(traced, "v")


def test_a_later_name_is_not_that_of_an_earlier_state(trace: Trace) -> None:
    traced = trace(X + "c = x * 1\nd = c.mul_(2)\nd.sum().backward()")
    first, second = [node.names for node in traced.graph.nodes if node.op == "MulBackward0"]
    assert (first, second) == (["c"], ["d", "c"])


def test_a_tensor_at_the_place_of_one_that_is_gone_does_not_have_its_names(trace: Trace) -> None:
    traced = trace(
        X + "total = 0\nfor i in range(5):\n    k = torch.ones(2) * i\n    k = None\n"
        "    total = total + x * (torch.ones(2) + i)\ntotal.sum().backward()"
    )
    assert named(traced, "k") == []


@pytest.mark.parametrize(
    ("body", "name", "op"),
    [
        ("mask = (x.detach() > 0) & (x.detach() < 9)\n    return x * mask", "mask", "aten.bitwise_and"),
        ("k = torch.tensor([3., 4.])\n    return x * k", "k", "constant"),
        ("k = torch.zeros(2)\n    k[1] = 4.\n    return x * k", "k", "aten.copy_"),
        ("with torch.no_grad():\n        k = x * 2\n        k.add_(1)\n    return x * k", "k", "aten.add_"),
        ("w = torch.ones(2, requires_grad=True)\n    return x * w", "w", "AccumulateGrad"),
    ],
)
def test_a_local_name_outlives_its_tensor(trace: Trace, body: str, name: str, op: str) -> None:
    traced = trace(f"import gc\ndef f(x):\n    {body}\n{X}y = f(x).sum()\ngc.collect()\ny.backward()")
    assert op in named(traced, name)


def test_no_tensor_is_held_for_its_name() -> None:
    x = torch.ones(3, requires_grad=True)
    with Tape() as tape:
        k = torch.full((3,), 2.0)
        tape.bind("k", k)
        gone = weakref.ref(k)
        y = (x + k).sum()
        del k
        gc.collect()
        assert gone() is None
    graph = tape.graph([y], {"x": x, "y": y})
    assert [node.names for node in graph.nodes if node.kind == "constant"] == [["k"]]


def test_an_output_without_a_gradient_comes_after_those_with_one(trace: Trace) -> None:
    traced = trace("x = torch.tensor([[1., 3.]], requires_grad=True)\nm, i = x.max(1)\nm.sum().backward()")
    assert traced.node("MaxBackward0").names == ["m", "i"]


def test_a_module_of_a_function_names_its_parameters(trace: Trace) -> None:
    traced = trace(
        "def main():\n    net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))\n    h = torch.ones(2)\n"
        "    for layer in net:\n        h = layer(h)\n    h.sum().backward()\nmain()"
    )
    leaves = [node.names for node in traced.graph.nodes if node.kind == "leaf"]
    assert sorted(names[0] for names in leaves) == ["net.0.bias", "net.0.weight", "net.1.bias", "net.1.weight"]


def test_a_loop_over_layers_renames_none(trace: Trace) -> None:
    traced = trace(
        "net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 1))\nh = torch.ones(2)\n"
        "for layer in net:\n    h = layer(h)\nh.sum().backward()"
    )
    assert {node.names[0] for node in traced.graph.nodes if node.kind == "leaf"} == {
        f"net.{number}.{kind}" for number in (0, 1) for kind in ("weight", "bias")
    }
    assert {scope.name for node in traced.graph.nodes for scope in node.scope if scope.kind == "module"} == {
        "net.0",
        "net.1",
    }


def test_buffers_have_their_paths(trace: Trace) -> None:
    traced = trace("net = nn.Sequential(nn.BatchNorm1d(2))\nnet.eval()\nnet(torch.ones(3, 2)).sum().backward()")
    assert [node.names for node in traced.graph.nodes if node.names and "running" in node.names[0]] == [
        ["net.0.running_mean"],
        ["net.0.running_var"],
    ]


@pytest.mark.parametrize(
    ("source", "names"),
    [
        (
            "ws = [torch.ones(2, requires_grad=True) for _ in range(2)]\n(ws[0] * ws[1]).sum().backward()",
            ["ws[0]", "ws[1]"],
        ),
        ("d = {'a': torch.ones(2, requires_grad=True)}\n(d['a'] * 2).sum().backward()", ["d['a']"]),
        ("w = torch.ones(2, requires_grad=True)\nws = (w,)\n(ws[0] * 2).sum().backward()", ["w"]),
        ("def f():\n    ws = [torch.ones(2, requires_grad=True)]\n    (ws[0] * 2).sum().backward()\nf()", ["ws[0]"]),
    ],
)
def test_a_tensor_without_a_variable_is_named_by_where_it_stands(trace: Trace, source: str, names: list[str]) -> None:
    traced = trace(source)
    assert traced.error is None
    assert [node.names for node in traced.graph.nodes if node.kind == "leaf"] == [[name] for name in names]


def test_a_tensor_that_a_module_holds_as_an_attribute_is_named_by_it(trace: Trace) -> None:
    traced = trace(
        "class Scale(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.by = torch.tensor([1., 2.])\n"
        "    def forward(self, x):\n        return x * self.by\n"
        "net = Scale()\nx = torch.ones(2, requires_grad=True)\nnet(x).sum().backward()"
    )
    assert named(traced, "net.by") == ["constant"]
