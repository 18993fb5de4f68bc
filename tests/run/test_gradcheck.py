import pytest
import torch
from chainrule.limits import Limits
from chainrule.protocol.messages import Check, LeafCheck
from chainrule.protocol.program import Program
from chainrule.run.gradcheck import check_gradients

PATIENT = Limits(wall_seconds=200, cpu_seconds=200, answer_seconds=100, check_seconds=100)


def check(source: str, **request: object) -> Check:
    answer = check_gradients(Program(source, **request), PATIENT)  # type: ignore[arg-type]
    assert answer.check is not None
    return answer.check


def only(found: Check) -> LeafCheck:
    (leaf,) = found.leaves
    return leaf


def test_a_right_gradient_agrees() -> None:
    leaf = only(check("x = torch.tensor([[0.4, -0.7], [1.0, 0.3]], requires_grad=True)\nz = (2 * x**3).sum() / 12"))
    assert leaf.name == "x"
    assert leaf.compared == leaf.numel == 4
    assert leaf.agrees
    assert float(leaf.largest_error) < 1e-7


def test_a_wrong_custom_backward_is_found() -> None:
    leaf = only(
        check(
            "class Square(torch.autograd.Function):\n"
            "    @staticmethod\n    def forward(ctx, x):\n        ctx.save_for_backward(x)\n        return x * x\n"
            "    @staticmethod\n    def backward(ctx, g):\n        (x,) = ctx.saved_tensors\n        return g * x\n"
            "x = torch.tensor([1.0, 3.0], requires_grad=True)\nSquare.apply(x).sum().backward()"
        )
    )
    assert not leaf.agrees
    assert leaf.gradient == 1.0
    assert leaf.difference == pytest.approx(2.0)
    assert leaf.largest_error == pytest.approx(0.5)


def test_parameters_of_modules_are_leaves() -> None:
    found = check(
        "model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))\n"
        "loss = F.cross_entropy(model(torch.ones(5, 3)), torch.tensor([0, 1, 0, 1, 0]))\nloss.backward()"
    )
    assert [leaf.name for leaf in found.leaves] == [
        "model.0.weight",
        "model.0.bias",
        "model.2.weight",
        "model.2.bias",
    ] or {leaf.name for leaf in found.leaves} == {f"model.{n}.{kind}" for n in (0, 2) for kind in ("weight", "bias")}
    assert all(leaf.agrees for leaf in found.leaves)


def test_inputs_of_an_expression_are_checked() -> None:
    leaf = only(check("sin(x) * x", inputs={"x": [1.0, 2.0]}))
    assert leaf.agrees
    assert leaf.compared == 2


def test_the_cotangent_counts() -> None:
    leaf = only(
        check("x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x**2\ny.backward(torch.tensor([1.0, 0.0]))")
    )
    assert leaf.agrees
    assert leaf.numel == 2


def test_a_kink_is_told_apart_from_a_wrong_gradient() -> None:
    leaf = only(check("x = torch.tensor(0.0, requires_grad=True)\ntorch.relu(x).backward()"))
    assert leaf.kink
    assert leaf.agrees
    assert leaf.difference == pytest.approx(0.5)
    assert leaf.gradient == 0.0


def test_nan_against_a_number_disagrees() -> None:
    leaf = only(
        check("x = torch.tensor(0.0, requires_grad=True)\ntorch.where(x > 1, torch.sqrt(x - 0), x * 0 + 1).backward()")
    )
    assert leaf.gradient == "nan"
    assert not leaf.agrees
    assert leaf.largest_error == "inf"


def test_a_program_that_raises_after_its_pass_is_checked() -> None:
    leaf = only(check("x = torch.tensor(2.0, requires_grad=True)\n(x**3).backward()\nraise ValueError('late')"))
    assert leaf.agrees


def test_a_program_without_gradients_says_so() -> None:
    found = check("print('nothing')")
    assert found.leaves == []
    assert found.note is not None
    assert "nothing to compare" in found.note


def test_an_answer_has_the_check_alone() -> None:
    request = Program("x = torch.ones(3, requires_grad=True)\nprint('once')\nx.sum().backward()")
    answer = check_gradients(request, Limits())
    assert answer.console == []
    assert answer.graph.nodes == []


def test_large_leaves_are_compared_at_some_elements() -> None:
    leaf = only(check("x = torch.ones(1000, requires_grad=True)\n(x**2).sum().backward()"))
    assert leaf.numel == 1000
    assert leaf.compared == 200
    assert leaf.agrees


def test_time_that_is_over_ends_the_check_with_what_it_has() -> None:
    source = "x = torch.ones(50, requires_grad=True)\nfor _ in range(300):\n    y = x * 2\ny.sum().backward()"
    limits = Limits(wall_seconds=200, cpu_seconds=200, check_seconds=0.05)
    answer = check_gradients(Program(source), limits)
    assert answer.check is not None
    assert answer.check.note == ("The time for the check, 0.05 s, is over; what was compared until then is shown.")


def test_a_program_that_never_ends_is_ended_within_its_time() -> None:
    limits = Limits(wall_seconds=0.2, cpu_seconds=200)
    answer = check_gradients(Program("while True:\n    pass"), limits)
    assert answer.check is not None
    assert answer.check.note == "The time for the check, 0.16 s, is over; what was compared until then is shown."


def test_the_same_request_gives_the_same_check() -> None:
    source = "x = torch.randn(4, requires_grad=True)\n(x.exp() * torch.rand(4)).sum().backward()"
    assert check(source) == check(source)


def test_default_dtype_is_put_back() -> None:
    check("x = torch.ones(3, requires_grad=True)\nx.sum()")
    assert torch.get_default_dtype() == torch.float32


def test_initialisation_does_not_undo_the_move() -> None:
    found = check("w = nn.Parameter(torch.empty(3))\nnn.init.constant_(w, 2.0)\n(w**3).sum().backward()")
    assert only(found).agrees


def test_a_leaf_used_under_no_grad_first_is_moved_where_it_counts() -> None:
    leaf = only(
        check("x = torch.ones(2, requires_grad=True)\nwith torch.no_grad():\n    x.fill_(3.0)\n(x**2).sum().backward()")
    )
    assert leaf.agrees
    assert leaf.gradient == 6.0


def test_autograd_grad_is_a_pass_too() -> None:
    leaf = only(check("x = torch.tensor(2.0, requires_grad=True)\n(g,) = torch.autograd.grad(x**3, x)"))
    assert leaf.agrees
    assert leaf.gradient == 12.0


def test_a_tensor_in_a_list_is_found() -> None:
    leaf = only(check("x = torch.ones(2, requires_grad=True)\ntorch.cat([x, x]).pow(2).sum().backward()"))
    assert leaf.agrees
