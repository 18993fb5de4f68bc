"""Passes: how backward was asked for, where it went, what it left."""

import pytest
import torch
from chainrule.graph.history import EMPTY
from chainrule.tape import Tape

from tests.tape.traced import Trace


def test_a_gradient_that_is_asked_for_by_grad_is_shown_and_nothing_accumulates(trace: Trace) -> None:
    traced = trace("x = torch.tensor(2., requires_grad=True)\ny = x**3\ng, = torch.autograd.grad(y, x)")
    done = traced.graph.passes[0]
    assert (done.call, done.accumulated) == ("autograd.grad", {})
    assert traced.gradient("x") == 12
    assert traced.node("x").accumulated == EMPTY


def test_the_gradient_of_a_gradient_is_a_graph_whose_root_it_is(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor(2., requires_grad=True)\ny = x**3\n"
        "g, = torch.autograd.grad(y, x, create_graph=True)\nh, = torch.autograd.grad(g, x)"
    )
    assert [root.name for root in traced.graph.roots] == ["y", "g"]
    assert [traced.gradient("x", index) for index in (1, 2)] == [12, 12]
    assert traced.value("g") == 12
    assert all("in_backward" in node.flags for node in traced.graph.nodes if "g" in node.names)


def test_gradients_with_a_graph_are_roots_without_a_second_pass(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor(2., requires_grad=True)\ny = x**3\ng, = torch.autograd.grad(y, x, create_graph=True)"
    )
    assert [root.name for root in traced.graph.roots] == ["y", "g"]
    assert traced.node("g").outputs[0].gradients == EMPTY


def test_grad_with_respect_to_what_is_no_leaf(trace: Trace) -> None:
    traced = trace("x = torch.tensor(2., requires_grad=True)\nh = x*3\ny = h**2\ng, = torch.autograd.grad(y, h)")
    assert traced.gradient("h") == 12
    assert traced.gradient("x") is None
    assert traced.node("x").no_gradient is not None


def test_grad_with_allow_unused_leaves_the_unused_without(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor(2., requires_grad=True)\nu = torch.tensor(1., requires_grad=True)\n"
        "g = torch.autograd.grad(x*2, [x, u], allow_unused=True)"
    )
    assert traced.gradient("x") == 2
    reason = traced.node("u").no_gradient
    assert reason is not None
    assert reason.reason == "not_reached"


def test_backward_with_inputs_reaches_only_those(trace: Trace) -> None:
    traced = trace(
        "a = torch.tensor(2., requires_grad=True)\nb = torch.tensor(3., requires_grad=True)\n(a*b).backward(inputs=[a])"
    )
    assert (traced.gradient("a"), traced.gradient("b")) == (3, None)
    assert list(traced.graph.passes[0].accumulated) == [traced.node("a").id]
    reason = traced.node("b").no_gradient
    assert reason is not None
    assert (reason.reason, reason.node) == ("not_asked", None)
    assert [one.inputs for one in traced.graph.passes] == [[traced.node("a").id]]


def test_several_roots_in_one_call(trace: Trace) -> None:
    traced = trace(
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = x.sum()\nz = x.prod()\n"
        "torch.autograd.backward([y, z], [torch.tensor(1.), torch.tensor(10.)])"
    )
    done = traced.graph.passes[0]
    assert (done.call, [root.name for root in done.roots]) == ("autograd.backward", ["y", "z"])
    assert (traced.gradient("y"), traced.gradient("z"), traced.gradient("x")) == (1, 10, [21, 11])


def test_the_order_is_the_one_in_which_autograd_ran_the_nodes(trace: Trace) -> None:
    traced = trace(
        "ran = []\nx = torch.tensor(2., requires_grad=True)\na = x.sin()\nb = x.cos()\nc = a*b\n"
        "for t in (a, b, c): t.grad_fn.register_prehook(lambda g, n=t.grad_fn.name(): ran.append(n))\nc.backward()"
    )
    ops = {node.id: node.op for node in traced.graph.nodes}
    order = [ops[node] for node in traced.graph.passes[0].order]
    assert order == [*traced.namespace["ran"], "AccumulateGrad"]


def test_a_pass_that_fails_on_its_way_is_shown_with_its_error(trace: Trace) -> None:
    traced = trace(
        "class Broken(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x*1\n"
        "    @staticmethod\n    def backward(ctx, g):\n        raise ValueError('no way')\n"
        "x = torch.ones(2, requires_grad=True)\ny = Broken.apply(x).sum()\ny.backward()"
    )
    done = traced.graph.passes[0]
    assert done.error == "no way"
    assert done.order == [traced.node("y").id, traced.node("BrokenBackward").id]
    reason = traced.node("x").no_gradient
    assert reason is not None
    assert reason.reason == "no_pass"


def test_a_second_pass_through_a_freed_graph_leaves_the_first(trace: Trace) -> None:
    traced = trace(
        "x = torch.ones(2, requires_grad=True)\ny = x**2\ny.backward(torch.ones(2))\ny.backward(torch.ones(2))"
    )
    assert "second time" in str(traced.error)
    assert [done.error for done in traced.graph.passes] == [None]
    assert traced.gradient("x") == [2, 2]


def test_grad_that_was_imported_before_the_tape_is_seen(trace: Trace) -> None:
    from torch.autograd import backward, grad  # what a program has at hand before it is recorded

    x = torch.tensor(2.0, requires_grad=True)
    with Tape() as tape:
        grad(x**2, x)
        backward(x**3)
    assert [done.call for done in tape.graph().passes] == ["autograd.grad", "autograd.backward"]


def test_a_leaf_can_be_a_root(trace: Trace) -> None:
    traced = trace("x = torch.tensor(2., requires_grad=True)\nx.backward()")
    assert [(node.kind, node.names, node.flags) for node in traced.graph.nodes] == [("leaf", ["x"], ["root"])]
    assert traced.gradient("x") == 1


def test_the_roots_that_are_given_are_the_graphs(trace: Trace) -> None:
    x = torch.tensor(2.0, requires_grad=True)
    with Tape() as tape:
        y, z = x * 2, x * 3
    assert [root.name for root in tape.graph({"y": y, "z": z}).roots] == ["y", "z"]
    assert [root.name for root in tape.graph([z], {"z": z}).roots] == ["z"]
    assert tape.graph().roots == []


def test_the_live_tensors_are_to_be_had_for_tests(trace: Trace) -> None:
    traced = trace("x = torch.tensor([1., 2.], requires_grad=True)\ny = (x*x).sum()\ny.backward()")
    assert torch.equal(traced.tape.values(traced.node("x").id)[0], torch.tensor([1.0, 2.0]))
    assert torch.equal(traced.tape.gradients(traced.node("x").id, 1)[0], torch.tensor([2.0, 4.0]))


TWICE = "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x**2).sum()\ny.backward()\n"


def test_a_pass_that_failed_leaves_what_the_leaf_held(trace: Trace) -> None:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = (x**2).sum()
    y.backward()
    traced = trace(TWICE + "try: y.backward()\nexcept RuntimeError: pass")
    assert [done.error is None for done in traced.graph.passes] == [True, False]
    assert x.grad is not None
    assert [held.values for held in traced.node("x").accumulated] == [x.grad.tolist()] * 2
    assert traced.graph.passes[1].accumulated == {}


def test_a_pass_over_another_graph_leaves_what_the_leaf_held(trace: Trace) -> None:
    after = "w = torch.tensor(3., requires_grad=True)\n(w*2).backward()\nx.grad = None\n(w*2).backward()"
    traced = trace(TWICE + after)
    held = [(number, tensor.values) for number, tensor in traced.node("x").accumulated.items()]
    assert held == [(1, [2, 4]), (2, [2, 4])]
    assert [(number, tensor.values) for number, tensor in traced.node("w").accumulated.items()] == [(2, 2), (3, 4)]


def test_grad_leaves_what_an_earlier_backward_accumulated(trace: Trace) -> None:
    traced = trace(TWICE + "g, = torch.autograd.grad((x**3).sum(), x)")
    assert [held.values for held in traced.node("x").accumulated] == [[2, 4], [2, 4]]
    assert traced.gradient("x", 2) == [3, 12]


def test_one_tensor_is_a_root_as_it_is() -> None:
    x = torch.ones(2, requires_grad=True)
    with Tape() as tape:
        y = x * 2
    graph = tape.graph(y, {"x": x, "y": y})
    assert [root.name for root in graph.roots] == ["y"]
    assert [node.op for node in graph.nodes if node.kind == "function"] == ["MulBackward0"]


@pytest.mark.parametrize(
    ("passes", "reason"),
    [
        ("(x * w).sum().backward(inputs=[x])", "not_asked"),
        ("torch.autograd.grad((x * w).sum(), x)", "not_asked"),
        ("h = x * w\ntorch.autograd.grad(h.sum(), h)", "not_asked"),
        ("(x * w).sum().backward(inputs=[x])\nx.sum().backward()", "not_asked"),
        ("torch.autograd.grad(x.sum(), [x, w], allow_unused=True)", "not_reached"),
        ("torch.autograd.grad((x * w.detach()).sum(), x)", "detached"),
        ("Gate.apply(x, w).sum().backward()", "zero_path"),
    ],
)
def test_a_leaf_tells_why_it_got_no_gradient(trace: Trace, passes: str, reason: str) -> None:
    traced = trace(
        "class Gate(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, a, b):\n        return a * b\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return g, None\n"
        "x = torch.ones(2, requires_grad=True)\nw = torch.ones(2, requires_grad=True)\n" + passes
    )
    assert traced.error is None
    told = next(node for node in traced.graph.nodes if "w" in node.names).no_gradient
    assert told is not None
    assert told.reason == reason
