"""Stepping through a program: what happened when, in words whose numbers are PyTorch's."""

import pytest
import torch
from chainrule.explain.steps.timeline import list_steps, moment_at

from tests.graph.build import chain
from tests.graph.program import CUBES, SCALARS, TRANSFORMER, trace


def sentences(source: str) -> list[str]:
    return [step.sentence for step in list_steps(trace(source))]


def test_forward_comes_in_program_order_then_backward_in_the_order_it_ran() -> None:
    graph = trace(CUBES)
    steps = list_steps(graph)
    ops = {node.id: node.op for node in graph.nodes}
    forward = [ops[step.node] for step in steps if step.phase == "forward"]
    assert forward == ["AccumulateGrad", "PowBackward0", "MulBackward0", "SumBackward0", "DivBackward0"]
    backward = [step.node for step in steps if step.phase == "backward"]
    assert backward == graph.passes[0].order
    assert [step.number for step in steps] == list(range(1, 11))


def test_the_multiplier_is_told_with_the_numbers_of_the_pass() -> None:
    told = sentences(CUBES)
    assert (
        "MulBackward0 (g) received 0.0833 at every element and passed 2 × 0.0833 = 0.1667 at every element "
        "to PowBackward0."
    ) in told
    assert "DivBackward0 (z) received 1 and passed 1/12 × 1 = 0.0833 to SumBackward0." in told


def test_a_sum_of_contributions_is_told_with_its_parts() -> None:
    x = torch.tensor(3.0)
    total = f"{float(2 + torch.cos(x) - 2 * x):.4f}".rstrip("0")
    told = next(sentence for sentence in sentences(SCALARS) if sentence.startswith("x received"))
    assert told == (
        f"x received 2 from MulBackward0, -0.99 from SinBackward0 and -6 from PowBackward0, together {total}, "
        "and that is x.grad now."
    )


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x * 5", "5 × 1 = 5 to x"),
        ("x / 4", "1/4 × 1 = 0.25 to x"),
        ("x ** 3", "3 × 2^2 × 1 = 12 to x"),
        ("x ** 2", "2 × 2 × 1 = 4 to x"),
        ("(x - 3) ** 2", "2 × (-1) × 1 = -2 to SubBackward0"),
        ("-x", "-1 × 1 = -1 to x"),
        ("x.exp()", "7.3891 × 1 = 7.3891 to x"),
        ("x.log()", "1/2 × 1 = 0.5 to x"),
        ("x.sqrt()", "1/(2 × 1.4142) × 1 = 0.3536 to x"),
        ("x.reciprocal()", "-0.5^2 × 1 = -0.25 to x"),
        ("x.sin()", "cos(2) × 1 = -0.4161 to x"),
        ("x.cos()", "-sin(2) × 1 = -0.9093 to x"),
        ("x.tanh()", "(1 - 0.964^2) × 1 = 0.0707 to x"),
        ("x.sigmoid()", "0.8808 × (1 - 0.8808) × 1 = 0.105 to x"),
        ("x + 1", "the same to x"),
        ("x - 1", "the same to x"),
        ("torch.sub(1, x, alpha=3)", "-3 × 1 = -3 to x"),
        ("x.erf()", "passed 0.0207 to x"),
        ("x.expand(4).mean()", "1/4 × 1 = 0.25 at every element to ExpandBackward0"),
    ],
)
def test_each_multiplier_is_what_pytorch_multiplied_by(expression: str, words: str) -> None:
    told = sentences(f"x = torch.tensor(2.0, requires_grad=True)\ny = {expression}\ny.backward()")
    assert any(words in sentence for sentence in told), told


def test_no_multiplier_is_told_where_a_hook_changed_the_gradient() -> None:
    told = sentences(
        """
x = torch.tensor(2.0, requires_grad=True)
y = x * 5
y.grad_fn.register_prehook(lambda grads: (grads[0] * 10,))
y.backward()
"""
    )
    assert not any("5 × 1 = " in sentence for sentence in told)


def test_a_multiplier_of_zero_to_a_negative_power_is_left_out() -> None:
    told = sentences("x = torch.tensor(0.0, requires_grad=True)\ny = x ** -1.0\ny.backward()")
    assert not any("×" in sentence for sentence in told)


def test_a_second_pass_tells_its_own_gradient_and_the_sum() -> None:
    told = sentences(
        """
x = torch.tensor([1.0, 2.0], requires_grad=True)
y = x * 3
y.backward(torch.tensor([1.0, 0.0]), retain_graph=True)
y.backward(torch.tensor([0.0, 1.0]))
"""
    )
    assert "x received [3, 0], and that is x.grad now." in told
    assert "x received [0, 3] and added it to x.grad, which is 3 at every element now." in told


def test_elements_that_differ_are_multiplied_together() -> None:
    told = sentences(
        "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\ny.backward(torch.tensor([1.0, 2.0]))"
    )
    assert "MulBackward0 (y) received [1, 2] and passed 3 × that, [3, 6], to x." in told


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x * torch.tensor([3.0, 4.0])", "[3, 4] × that, [3, 8], to x"),
        ("x ** 3", "[3, 12] × that, [3, 24], to x"),
        ("x.exp()", "[2.7183, 7.3891] × that, [2.7183, 14.7781], to x"),
        ("x.view(2, 1) * torch.tensor([[3.0], [4.0]])", "[[3], [4]] × that, [[3], [8]], to ViewBackward0"),
    ],
)
def test_elements_with_multipliers_of_their_own_are_told_one_by_one(expression: str, words: str) -> None:
    told = sentences(
        f"x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = {expression}\n"
        "y.backward(torch.tensor([1.0, 2.0]).view_as(y))"
    )
    assert any(words in sentence for sentence in told), told


def test_autograd_grad_keeps_no_gradient() -> None:
    told = sentences("x = torch.tensor(2.0, requires_grad=True)\ny = x * 3\ntorch.autograd.grad(y, x)")
    assert not any(".grad now" in sentence for sentence in told)


def test_an_operation_with_several_outputs_tells_what_arrived_at_each() -> None:
    told = sentences("x = torch.tensor([1.0, 2.0], requires_grad=True)\na, b = x.unbind()\n(a * 3 + b * 4).backward()")
    assert any(sentence.startswith("UnbindBackward0 (") and "received 3 and 4" in sentence for sentence in told), told


def test_a_step_shows_what_was_known_by_then() -> None:
    graph = trace(CUBES)
    steps = list_steps(graph)
    names = {node.id: node.op for node in graph.nodes}
    second = moment_at(graph, steps, 2)
    assert {names[key] for key in second.nodes} == {"AccumulateGrad", "constant", "PowBackward0"}
    assert second.gradients == frozenset()
    seventh = moment_at(graph, steps, 7)
    assert seventh.step.node == graph.passes[0].order[1]
    assert seventh.nodes == {node.id for node in graph.nodes}
    assert seventh.gradients == frozenset(graph.passes[0].order[:2])
    assert len(seventh.contributions) == 2


def test_steps_past_the_ends_are_the_ends() -> None:
    graph = trace(CUBES)
    steps = list_steps(graph)
    assert moment_at(graph, steps, 99) == moment_at(graph, steps, 10)
    assert moment_at(graph, steps, 0) == moment_at(graph, steps, 1)


def test_every_step_of_a_transformer_has_a_sentence() -> None:
    steps = list_steps(trace(TRANSFORMER))
    assert len(steps) > 500
    assert all(step.sentence.endswith(".") and len(step.sentence) < 1000 for step in steps)


def test_a_long_list_can_be_had_without_sentences() -> None:
    assert {step.sentence for step in list_steps(chain(5000), sentences=False)} == {""}


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("x ** 3", "pow computed x^3 = 2^3: y = 8."),
        ("3 ** x", "pow computed 3^x = 3^2: y = 9."),
        ("x ** x", "pow computed x^x = 2^2: y = 4."),
        ("x / 4", "div computed x / 4 = 2 / 4: y = 0.5."),
        ("5 - x", "rsub computed 5 - x = 5 - 2: y = 3."),
        ("x - 5", "sub computed x - 5 = 2 - 5: y = -3."),
        ("5 * x", "mul computed x × 5 = 2 × 5: y = 10."),
        ("x + x", "add computed x + x = 2 + 2: y = 4."),
        ("torch.add(x, x, alpha=3)", "add computed y = 8 from x = 2, x = 2 and alpha = 3."),
        ("torch.clamp(x, 0, 1)", "clamp computed y = 1 from x = 2, min = 0 and max = 1."),
    ],
)
def test_what_each_input_is_to_an_operation_is_said(expression: str, words: str) -> None:
    assert words in sentences(f"x = torch.tensor(2., requires_grad=True)\ny = {expression}\ny.backward()")


def test_a_custom_function_of_a_known_name_is_not_told_as_the_operator() -> None:
    source = (
        "class Mul(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, self, other):\n"
        "        return self + other\n    @staticmethod\n    def backward(ctx, g):\n        return g, g\n"
        "x = torch.tensor(2., requires_grad=True)\ny = Mul.apply(x, x)\ny.backward()"
    )
    assert not any(" × " in told for told in sentences(source) if " computed " in told)


def test_where_a_pass_failed_its_last_step_says_so() -> None:
    source = (
        "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x**2).sum()\ny.backward()\n"
        "try:\n    y.backward()\nexcept RuntimeError:\n    pass"
    )
    told = sentences(source)
    assert told[-1] == "PowBackward0 received 1 at every element, and there backward failed."
    assert sum("failed" in sentence for sentence in told) == 1
