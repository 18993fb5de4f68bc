"""A graph that is used up twice: the tensor that carries it over is named, and detached, moved or left alone."""

import pytest
from chainrule.protocol.messages import Fix
from chainrule.protocol.proof import apply_fix

from tests.diagnose.diagnosed import problem, problems

NET = "net = nn.Linear(2, 2)\nopt = torch.optim.SGD(net.parameters(), lr=0.1)\nx = torch.randn(4, 2)\n"
STEP = "    opt.zero_grad()\n    {}.backward()\n    opt.step()\n"

CARRIED: dict[str, tuple[str, str, str]] = {
    # title: (program, words of the explanation, the title of the fix)
    "a hidden state": (
        "cell = nn.RNNCell(2, 2)\nopt = torch.optim.SGD(cell.parameters(), lr=0.1)\nx = torch.randn(4, 2)\n"
        "h = torch.zeros(4, 2)\nfor i in range(3):\n    h = cell(x, h)\n    loss = h.pow(2).mean()\n"
        + STEP.format("loss"),
        "h, made in line 6",
        "Leave the history of h behind after each pass",
    ),
    "a hidden state that the loss did not use": (
        "rnn = nn.GRU(2, 3)\nopt = torch.optim.SGD(rnn.parameters(), lr=0.1)\nstate = torch.zeros(1, 4, 3)\n"
        "for i in range(3):\n    out, state = rnn(torch.randn(5, 4, 2), state)\n    loss = out.pow(2).mean()\n"
        + STEP.format("loss"),
        "state, made in line 5",
        "Leave the history of state behind after each pass",
    ),
    "a total over epochs": (
        NET + "total = 0\nfor i in range(3):\n    total = total + net(x).pow(2).mean()\n" + STEP.format("total"),
        "total, made in line 6",
        "Leave the history of total behind after each pass",
    ),
    "a prediction outside of the loop": (
        NET + "out = net(x)\nfor i in range(3):\n    loss = out.pow(2).mean()\n" + STEP.format("loss"),
        "out, made in line 4",
        "Make out anew for each pass",
    ),
    "a loss outside of the loop": (
        NET + "out = net(x)\nloss = out.pow(2).mean()\nfor i in range(3):\n" + STEP.format("loss"),
        "loss was differentiated before",
        "Make loss anew for each pass",
    ),
    "a prediction outside of a closure": (
        NET + "opt = torch.optim.LBFGS(net.parameters())\nout = net(x)\ndef closure():\n    opt.zero_grad()\n"
        "    loss = out.pow(2).mean()\n    loss.backward()\n    return loss\nopt.step(closure)\n",
        "out, made in line 5",
        "Make out anew for each pass",
    ),
    "a generator's picture outside of the loop": (
        NET
        + "fake = net(x)\nD = nn.Linear(2, 1)\nfor i in range(2):\n    loss = D(fake).mean()\n"
        + STEP.format("loss"),
        "fake, made in line 4",
        "Make fake anew for each pass",
    ),
    "labels made from leaves": (
        "x = torch.randn(4, 2)\ntrue_w = torch.randn(2, 1, requires_grad=True)\ny = x @ true_w\n"
        "w = torch.zeros(2, 1, requires_grad=True)\nfor i in range(3):\n    loss = (x @ w - y).pow(2).mean()\n"
        "    loss.backward()\n    with torch.no_grad():\n        w -= 0.1*w.grad\n        w.grad.zero_()\n",
        "y, made in line 3",
        "Make true_w without gradients",
    ),
}


def only_fix(source: str) -> Fix:
    (fix,) = problem(source, "backward-twice").fixes
    return fix


@pytest.mark.parametrize(("source", "words", "title"), CARRIED.values(), ids=CARRIED.keys())
def test_the_tensor_that_carries_the_old_graph_is_named_and_its_fix_works(source: str, words: str, title: str) -> None:
    found = problem(source, "backward-twice")
    assert words in found.detail
    assert "retain_graph" not in found.detail
    fix = only_fix(source)
    assert fix.title == title
    assert [one.slug for one in problems(apply_fix(source, fix)) if one.severity != "notice"] == []


def test_a_state_within_a_module_is_named_by_its_attribute() -> None:
    source = """
class Agent(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, 3)
        self.state = None
    def forward(self, x):
        out, self.state = self.lstm(x, self.state)
        return out
agent = Agent()
def train(steps):
    for step in range(steps):
        agent(torch.randn(5, 4, 2)).pow(2).mean().backward()
train(2)
"""
    found = problem(source, "backward-twice")
    assert found.detail.startswith("self.state, made in line 8, belongs to the graph of an earlier pass")
    assert found.fixes == []


def test_two_losses_of_one_graph_may_keep_it() -> None:
    source = NET + "out = net(x)\na = out.pow(2).mean()\nb = out.exp().mean()\na.backward()\nb.backward()\n"
    found = problem(source, "backward-twice")
    assert "out, made in line 4" in found.detail
    assert [fix.text for fix in found.fixes] == ["retain_graph=True"]
    assert "error" not in [one.severity for one in problems(apply_fix(source, found.fixes[0]))]


def test_nothing_is_kept_where_a_step_changed_something_in_between() -> None:
    source = NET + "out = net(x)\na = out.pow(2).mean()\nb = out.exp().mean()\na.backward()\nopt.step()\nb.backward()\n"
    assert problem(source, "backward-twice").fixes == []
