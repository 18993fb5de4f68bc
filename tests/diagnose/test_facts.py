"""What problems state is true of the very values that are there."""

from tests.diagnose.diagnosed import problem, problems, run, slugs

LEAF = "x = torch.tensor([1., 2., 3.], requires_grad=True)\n"


def test_a_power_of_zero_is_flat_for_its_exponent_and_not_for_a_zero_of_its_base() -> None:
    detail = problem(LEAF + "(x**0).sum().backward()", "zero-gradient").detail
    assert "the exponent is 0, so the result is 1 whatever goes in" in detail
    assert "at x = 0" not in detail


def test_a_power_is_flat_at_zero_where_all_of_its_base_is() -> None:
    source = "x = torch.zeros(2, requires_grad=True)\n(x**2).sum().backward()"
    assert "the derivative of x**p is 0 at x = 0. Here x is 0" in problem(source, "zero-gradient").detail


def test_the_sum_of_a_softmax_is_constant_and_the_softmax_has_not_decided() -> None:
    assert slugs(LEAF + "x.softmax(0).sum().backward()") == ["gradient-cancels"]


def test_a_softmax_that_has_decided_is_told_as_flat() -> None:
    source = "x = torch.tensor([0., 200.], requires_grad=True)\nx.softmax(0)[0].backward()"
    assert "has decided" in problem(source, "zero-gradient").detail


def test_the_argument_of_a_loss_is_called_by_its_name_also_where_it_was_broadcast() -> None:
    source = (
        "w = torch.ones(1, 1, requires_grad=True)\np = torch.ones(3, 1) @ w\nF.mse_loss(p, torch.ones(3)).backward()"
    )
    detail = problem(source, "zero-gradient").detail
    assert "Here p is 1." in detail
    assert "Here `F.mse_loss" not in detail


def test_reading_a_value_to_explain_it_is_no_cut_of_the_program() -> None:
    source = "p = torch.tensor([1.5], requires_grad=True)\nF.binary_cross_entropy(p, torch.ones(1)).backward()"
    answer = run(source)
    assert [one.slug for one in answer.problems] == ["not-a-probability"]
    assert "p is 1.5." in answer.problems[0].detail
    assert "UserWarning" not in "".join(line.text for line in answer.console)


def test_a_custom_backward_that_returns_none_is_not_told_as_independence() -> None:
    source = (
        "class Keep(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return 2*x\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        return None\n"
        "x = torch.ones(2, requires_grad=True)\nKeep.apply(x).sum().backward()\n"
    )
    detail = problem(source, "parameter-without-gradient").detail
    assert "Keep.backward got a gradient and returned None" in detail
    assert "does not depend" not in detail


def test_what_requires_a_gradient_is_not_said_to_be_missing() -> None:
    detail = problem(
        "w = torch.ones(2, requires_grad=True)\ny = (torch.ones(2)*3).sum()\ny.backward()", "nothing-requires-grad"
    ).detail
    assert detail == "y was not computed from anything that requires a gradient: not from w."


def test_a_gradient_that_a_hook_spoils_is_told_as_the_hooks() -> None:
    source = LEAF + "y = x*2\ny.register_hook(lambda g: g*float('nan'))\ny.sum().backward()"
    assert "a hook of the program changed it" in problem(source, "nan").detail


def test_a_value_is_told_only_in_a_pass_that_had_it() -> None:
    source = (
        "w = torch.ones(2, requires_grad=True)\nopt = torch.optim.SGD([w], lr=1.)\nfor i in range(2):\n"
        "    opt.zero_grad()\n    torch.relu(w).sum().backward()\n    opt.step()\n"
    )
    detail = problem(source, "zero-gradient").detail
    assert "Here w" not in detail


def test_the_sum_of_an_expression_is_written_so_that_it_is_its_sum() -> None:
    assert "gradients of (x**2).sum()" in problem(LEAF + "(x**2).backward()", "backward-non-scalar").detail
    assert "gradients of its sum." in problem(LEAF + "x**2", "ones-cotangent").detail


def test_a_tensor_of_an_object_is_called_by_its_path() -> None:
    source = """
class Agent:
    def __init__(self):
        self.h = torch.zeros(2, requires_grad=True)
        self.net = nn.Linear(2, 2)
agent = Agent()
(torch.relu(agent.h - 1).sum() + agent.net(torch.ones(1, 2)).sum()).backward()
"""
    assert "the gradient of agent.h is zero" in problem(source, "zero-gradient").detail
    names = [name for node in run(source).graph.nodes for name in node.names]
    assert {"agent.h", "agent.net.weight", "agent.net.bias"} <= set(names)


def test_a_fix_of_an_expression_in_parentheses_takes_all_of_it() -> None:
    found = problems(LEAF + "((x*2) + (x*3)).backward()")
    assert found[0].fixes[0].text == "((x*2) + (x*3)).sum()"
