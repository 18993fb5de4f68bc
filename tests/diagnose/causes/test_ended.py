"""Why a tensor has no graph: the operation that ended it is named, with its line, and the edit works."""

import pytest
from chainrule.protocol.proof import apply_fix

from tests.diagnose.diagnosed import place, problem, problems, slugs

NET = "net = nn.Linear(2, 3)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nx = torch.randn(4, 2)\n"

ENDED: dict[str, tuple[str, str, str, str]] = {
    # title: (program, slug, the text of the place, words of the explanation)
    "an argmax that is made float again": (
        NET + "best = net(x).softmax(1).argmax(1).float()\nloss = (best - 1).pow(2).mean()\nloss.backward()",
        "integer-ends-graph",
        "net(x).softmax(1).argmax(1)",
        "argmax",
    ),
    "a comparison in a function": (
        NET + "def accuracy(out):\n    return (out[:, 0] > 0).float().mean()\n(1 - accuracy(net(x))).backward()",
        "integer-ends-graph",
        "out[:, 0] > 0",
        "line 5",
    ),
    "item": (
        NET + "loss = net(x).pow(2).mean().item()\nloss = torch.tensor(loss)\nloss.backward()",
        "nothing-requires-grad",
        "net(x).pow(2).mean().item()",
        "plain numbers",
    ),
    "data": (
        NET + "loss = net(x).data.pow(2).mean()\nloss.backward()",
        "nothing-requires-grad",
        "net(x).data",
        ".data in line 4",
    ),
    "torch.tensor of results": (
        NET + "out = net(x)\nloss = torch.tensor([out.sum(), out.mean()]).sum()\nloss.backward()",
        "nothing-requires-grad",
        "torch.tensor([out.sum(), out.mean()])",
        "new leaf from the numbers of tensors",
    ),
    "a decorator": (
        NET + "@torch.no_grad()\ndef forward(x):\n    return net(x)\nforward(x).sum().backward()",
        "nothing-requires-grad",
        "net(x)",
        "decorator of forward in line 4",
    ),
    "gradients switched off for good": (
        NET + "torch.set_grad_enabled(False)\nnet(x).sum().backward()",
        "nothing-requires-grad",
        "net(x)",
        "by `torch.set_grad_enabled(False)` in line 4",
    ),
    "an update that binds the name anew": (
        "w = torch.ones(2, requires_grad=True)\nfor i in range(2):\n    loss = (w**2).sum()\n    loss.backward()\n"
        "    with torch.no_grad():\n        w = w - 0.1*w.grad\n",
        "nothing-requires-grad",
        "w = w - 0.1*w.grad",
        "binds w to a new tensor while recording is switched off",
    ),
}


@pytest.mark.parametrize(("source", "slug", "where", "words"), ENDED.values(), ids=ENDED.keys())
def test_what_ended_the_graph_is_named_with_its_place(source: str, slug: str, where: str, words: str) -> None:
    found = problem(source, slug)
    assert words in found.detail
    assert place(source, found) == where


@pytest.mark.parametrize(("source", "slug", "where", "words"), ENDED.values(), ids=ENDED.keys())
def test_its_fixes_give_a_program_that_runs(source: str, slug: str, where: str, words: str) -> None:
    for fix in problem(source, slug).fixes:
        if not fix.title.startswith("Keep the history: leave out .item"):  # what torch.tensor makes of it is told next
            assert "error" not in [one.severity for one in problems(apply_fix(source, fix))]


def test_frozen_parameters_are_named_by_their_paths() -> None:
    source = NET + "for p in net.parameters():\n    p.requires_grad_(False)\nnet(x).sum().backward()"
    detail = problem(source, "nothing-requires-grad").detail
    assert "net.bias" in detail
    assert "net.weight" in detail


def test_where_a_model_is_there_its_inputs_are_not_asked_to_require_a_gradient() -> None:
    source = NET + "target = torch.randn(4, 3)\n(x.sum() + target.sum()).backward()"
    found = problem(source, "nothing-requires-grad")
    assert "not from net" in found.detail
    assert found.fixes == []


def test_the_derivative_of_what_is_linear_is_told_as_a_constant() -> None:
    source = (
        "x = torch.ones(2, requires_grad=True)\nk = torch.tensor(3.)\ny = (k*x).sum()\n"
        "g, = torch.autograd.grad(y, x, create_graph=True)\ng.sum().backward()"
    )
    found = problem(source, "nothing-requires-grad")
    assert "does not depend" in found.detail
    assert found.fixes == []


def test_what_a_custom_function_kept_without_its_history_is_named() -> None:
    source = """
class Square(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        double = 2*x
        ctx.double = double
        return x**2

    @staticmethod
    def backward(ctx, g):
        return ctx.double
x = torch.ones(2, requires_grad=True)
g, = torch.autograd.grad(Square.apply(x).sum(), x, create_graph=True)
g.sum().backward()
"""
    found = problem(source, "nothing-requires-grad")
    assert "ctx.double was computed in Square.forward (line 5)" in found.detail


def test_what_chose_the_way_forward_does_not_end_the_graph_of_a_gradient() -> None:
    source = (
        "x = torch.tensor([1., 2.], requires_grad=True)\ng, = torch.autograd.grad(x.max(0)[0], x, create_graph=True)\n"
        "g.sum().backward()"
    )
    assert "whole numbers" not in problem(source, "nothing-requires-grad").detail


def test_a_notice_names_what_ended_the_graph_too() -> None:
    source = NET + "with torch.no_grad():\n    out = net(x)\nout.sum()"
    found = problem(source, "nothing-to-differentiate")
    assert "by the block in line 4" in found.detail
    assert found.fixes == []


def test_inference_is_silent_but_for_that_notice() -> None:
    assert slugs(NET + "with torch.no_grad():\n    out = net(x)\nout.sum()") == ["nothing-to-differentiate"]
