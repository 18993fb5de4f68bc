"""What the finished graph shows: said where there is something to say, and nothing where there is not."""

from collections.abc import Callable

import pytest
import torch
from chainrule.assets import EXAMPLES
from chainrule.diagnose import diagnose_graph, diagnose_warning
from chainrule.diagnose.source import SourceText
from chainrule.graph import Graph
from chainrule.protocol.messages import Problem
from chainrule.protocol.proof import apply_fix

from tests.diagnose.diagnosed import place, problem, problems, run, slugs

NET = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.a = nn.Linear(2, 3)
        self.b = nn.Linear(3, 1)
    def forward(self, x):
        h = {}
        return self.b(h)
net = Net()
net(torch.ones(4, 2)).mean().backward()
"""

QUIET: dict[str, str] = {
    "updates without recording, a new tensor each": """
w = torch.tensor([1., 2.], requires_grad=True)
for step in range(3):
    loss = ((w - 3)**2).sum()
    loss.backward()
    with torch.no_grad():
        w = w - 0.1*w.grad
    w.requires_grad_()
""",
    "updates without recording, in place": """
w = torch.tensor([1., 2.], requires_grad=True)
for step in range(3):
    ((w - 3)**2).sum().backward()
    with torch.no_grad():
        w -= 0.1*w.grad
        w.grad = None
""",
    "updates of data": """
w = torch.tensor([1., 2.], requires_grad=True)
for step in range(3):
    ((w - 3)**2).sum().backward()
    w.data -= 0.1*w.grad.data
    w.grad.zero_()
""",
    "training": """
net = nn.Sequential(nn.Linear(2, 8), nn.Tanh(), nn.Linear(8, 1))
opt = torch.optim.Adam(net.parameters(), lr=1e-2)
X = torch.randn(16, 2)
y = X.sum(1, keepdim=True)
history = []
for epoch in range(3):
    loss = F.mse_loss(net(X), y)
    loss.backward()
    opt.step()
    opt.zero_grad()
    history.append(loss.item())
""",
    "a mask of minus infinity": """
q, k, v = (torch.randn(4, 8, requires_grad=True) for _ in range(3))
scores = (q @ k.T / math.sqrt(8)).masked_fill(torch.triu(torch.ones(4, 4, dtype=torch.bool), 1), float('-inf'))
(scores.softmax(-1) @ v).sum().backward()
""",
    "a convolution": """
net = nn.Sequential(nn.Conv2d(1, 2, 3), nn.BatchNorm2d(2), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(18, 3))
F.cross_entropy(net(torch.randn(4, 1, 8, 8)), torch.tensor([0, 1, 2, 0])).backward()
""",
    "noise of the same shape": """
mu, logvar = nn.Linear(4, 4)(torch.rand(3, 4)).chunk(2, dim=1)
std = torch.exp(0.5*logvar)
z = mu + std*torch.randn_like(std)
(z.pow(2).sum() - 0.5*torch.sum(1 + logvar - mu.pow(2) - logvar.exp())).backward()
""",
    "accuracy beside the loss": """
logits = nn.Linear(2, 3)(torch.randn(4, 2))
y = torch.tensor([0, 1, 2, 0])
F.cross_entropy(logits, y).backward()
print((logits.argmax(1) == y).float().mean().item())
""",
    "frozen parameters": """
a, b = nn.Linear(2, 2), nn.Linear(2, 1)
for p in a.parameters():
    p.requires_grad = False
b(torch.tanh(a(torch.ones(1, 2)))).sum().backward()
""",
    "a layer that is a pattern": """
layer = nn.TransformerEncoderLayer(8, 2, 16, dropout=0., batch_first=True)
encoder = nn.TransformerEncoder(layer, 1, enable_nested_tensor=False)
F.mse_loss(encoder(torch.randn(1, 3, 8)), torch.randn(1, 3, 8)).backward()
""",
    "second order": """
x = torch.tensor(3., requires_grad=True)
g, = torch.autograd.grad(x**3, x, create_graph=True)
torch.autograd.grad(g, x)
""",
    "checkpoint": """
layer = nn.Linear(2, 2)
y = checkpoint(lambda x: torch.tanh(layer(x)), torch.ones(1, 2, requires_grad=True), use_reentrant=False)
y.sum().backward()
""",
    "a recurrent network": """
out, h = nn.RNN(2, 4, batch_first=True)(torch.randn(1, 12, 2))
out.pow(2).mean().backward()
""",
    "several losses set back between": """
x = torch.tensor(3., requires_grad=True)
(x**2).backward()
x.grad = None
(x**3).backward()
""",
    "some units off": """
torch.manual_seed(0)
net = nn.Sequential(nn.Linear(2, 16), nn.ReLU(), nn.Linear(16, 1))
net(torch.randn(8, 2)).pow(2).mean().backward()
""",
}


@pytest.mark.parametrize("source", QUIET.values(), ids=QUIET.keys())
def test_nothing_is_said_where_nothing_is_wrong(source: str) -> None:
    assert problems(source) == []


LOUD_EXAMPLES = {
    "backward_twice": ["backward-twice"],
    "dead_relu": ["zero-gradient"],
    "detach": ["graph-cut", "parameter-without-gradient"],
    "grad_is_none": ["grad-of-non-leaf"],
    "in_place_error": ["in-place-needed"],
    "nan_from_sqrt": ["nan"],
    "not_a_scalar": ["backward-non-scalar"],
    "vanishing": ["gradient-vanishes"],
}


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_an_example_has_the_problems_that_it_is_about_and_no_other(path) -> None:
    found = [found.slug for found in problems(path.read_text()) if found.severity != "notice"]
    assert found == LOUD_EXAMPLES.get(path.stem, [])


def test_a_nan_of_the_forward_part_is_told_at_its_first_node() -> None:
    source = "x = torch.tensor([-1., 4.], requires_grad=True)\ny = torch.sqrt(x)\nz = (y*2).sum()\nz.backward()"
    found = problem(source, "nan")
    assert place(source, found) == "torch.sqrt(x)"
    assert "NaN in 1 of 2 elements" in found.detail
    assert "x with values from -1 to 4" in found.detail
    node = next(node for node in run(source).graph.nodes if node.id == found.node)
    assert node.op == "SqrtBackward0"


def test_a_leaf_that_is_nan_itself_is_told_and_no_operation_is_blamed() -> None:
    source = (
        "w = torch.ones(2, requires_grad=True)\nw.data[0] = float('nan')\n"
        "x = torch.tensor([2., 3.])\n((w * x)**2).sum().backward()"
    )
    found = problem(source, "nan")
    assert found.detail.startswith("w itself is NaN in 1 of 2")
    assert place(source, found) == "torch.ones(2, requires_grad=True)"


def test_infinity_and_the_nan_that_follows_it_are_both_told() -> None:
    source = "p = torch.tensor([0., 1.], requires_grad=True)\n-(p*torch.log(p)).sum()"
    first, second = problems(source)
    assert (first.slug, place(source, first)) == ("infinite", "torch.log(p)")
    assert (second.slug, place(source, second)) == ("nan", "p*torch.log(p)")
    assert "logarithm of 0 is -∞" in first.detail


@pytest.mark.parametrize(
    ("expression", "slug", "words"),
    [
        ("torch.sqrt(x)", "infinite", "1 / (2 × sqrt(x)), infinite at 0. x is 0 in 1 of 2 elements"),
        ("x**0.5", "infinite", "p × x^(p - 1)"),
        ("torch.where(x > 0, torch.sqrt(x), 0.)", "nan", "0 times infinity is NaN"),
        ("1/x", "infinite", "1/0 is infinite"),
        ("x/x", "nan", "0/0 is NaN"),
        ("torch.exp(x*100)", "infinite", "too large for float32"),
        ("torch.log(x - 1)", "nan", "that of a negative number is NaN"),
        ("torch.acos(x)", "infinite", "derivative of acos is infinite"),
    ],
)
def test_what_is_not_finite_is_explained_by_its_operation(expression: str, slug: str, words: str) -> None:
    source = f"x = torch.tensor([0., 1.], requires_grad=True)\ny = ({expression}).sum()\ny.backward()"
    found = [p for p in problems(source) if p.slug == slug]
    assert any(words in p.detail for p in found), problems(source)


@pytest.mark.parametrize(
    "expression",
    ["torch.sqrt(x)", "x.sqrt()", "torch.log(x)", "1/x", "x**0.5", "torch.where(x > 0, torch.sqrt(x), 0.)"],
)
def test_the_fix_of_what_is_not_finite_makes_it_finite(expression: str) -> None:
    source = f"x = torch.tensor([0., 1.], requires_grad=True)\ny = ({expression}).sum()\ny.backward()"
    (fix,) = problems(source)[0].fixes
    assert not {"nan", "infinite"} & set(slugs(apply_fix(source, fix)))


@pytest.mark.parametrize(
    ("expression", "words", "severity"),
    [
        ("torch.relu(x - 9)", "these units are dead", "warning"),
        ("torch.sigmoid(x*100)", "a sigmoid is flat far from 0: its derivative s × (1 - s) rounds to 0", "warning"),
        ("torch.tanh(x*100)", "tanh is flat far from 0: its derivative 1 - t^2 rounds to 0", "warning"),
        ("x.clamp(max=0.5)", "clamp passes a gradient only between its bounds", "warning"),
        ("torch.round(x)", "rounding is flat", "warning"),
        ("torch.sign(x)", "the sign is flat", "warning"),
        ("x * torch.zeros(2)", "it multiplies the gradient by", "notice"),
        ("(x - x.detach())**2", "0 at x = 0", "notice"),
        ("torch.zeros(1, 2) @ x", "it multiplies the gradient by", "notice"),
        ("torch.dot(x, torch.zeros(2))", "it multiplies the gradient by", "notice"),
    ],
)
def test_a_gradient_that_becomes_zero_is_told_at_its_operation(expression: str, words: str, severity: str) -> None:
    source = f"x = torch.tensor([1., 2.], requires_grad=True)\n({expression}).sum().backward()"
    found = problem(source, "zero-gradient")
    assert words in found.detail
    assert "the gradient of x is zero" in found.detail
    assert found.severity == severity


def test_a_dead_relu_can_be_made_leaky() -> None:
    source = "x = torch.tensor([-1., -2.], requires_grad=True)\nF.relu(x).sum().backward()"
    (fix,) = problem(source, "zero-gradient").fixes
    assert slugs(apply_fix(source, fix)) == []


def test_a_graph_of_thousands_of_nodes_is_read_as_well() -> None:
    source = "x = torch.ones(4, requires_grad=True)\nh = x\nfor i in range(1500):\n    h = torch.relu(h*-1.0)\n"
    source += "h.sum().backward()"
    found = problem(source, "zero-gradient")
    assert place(source, found) == "torch.relu(h*-1.0)"


def test_a_zero_gradient_at_the_root_is_no_operations_doing() -> None:
    assert slugs("x = torch.ones(2, requires_grad=True)\ny = x*2\ny.backward(torch.zeros(2))") == []


def test_a_loss_that_a_normalisation_keeps_constant_is_told() -> None:
    source = "x = (9*torch.randn(3, 16)).requires_grad_()\nF.layer_norm(x, (16,)).pow(2).mean().backward()"
    found = problem(source, "gradient-cancels")
    assert place(source, found) == "F.layer_norm(x, (16,))"


def test_a_gradient_that_vanishes_is_measured_along_the_longest_way() -> None:
    source = (
        "h = x = torch.tensor(0.5, requires_grad=True)\nfor i in range(12):\n    h = torch.sigmoid(h)\nh.backward()"
    )
    found = problem(source, "gradient-vanishes")
    assert "12 steps from h to x" in found.detail
    assert "The derivative of sigmoid is at most a quarter" in found.detail


@pytest.mark.parametrize(("function", "largest"), [(torch.sigmoid, 0.25), (torch.tanh, 1.0)])
def test_a_flat_function_is_as_steep_at_most_as_is_said(function: Callable[..., torch.Tensor], largest: float) -> None:
    x = torch.linspace(-5, 5, 1001, dtype=torch.float64, requires_grad=True)
    (slope,) = torch.autograd.grad(function(x).sum(), x)
    assert slope.max().item() == pytest.approx(largest)


def test_a_gradient_that_explodes_is_told() -> None:
    source = "h = x = torch.ones(2, requires_grad=True)\nfor i in range(10):\n    h = 4*h\nh.sum().backward()"
    detail = problem(source, "gradient-explodes").detail
    assert "9 steps from h to x" in detail  # from the result of the last but one step on: the sum has norm 1
    assert "a factor of 4 for each step on the average, 262144 in all" in detail


def test_one_steep_step_is_not_depth() -> None:
    source = "h = x = torch.ones(2, requires_grad=True)\nfor i in range(10):\n    h = h + 1\n(1e6*h).sum().backward()"
    assert slugs(source) == []


def test_an_accumulated_gradient_names_the_leaves_and_resets_the_optimizer() -> None:
    source = (
        "net = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=.1)\nfor step in range(2):\n"
        "    loss = net(torch.ones(3, 2)).pow(2).mean()\n    loss.backward()\n    opt.step()\n"
    )
    found = problem(source, "gradient-accumulated")
    assert "net.weight.grad and net.bias.grad" in found.detail
    (fix,) = found.fixes
    assert fix.text == "    opt.zero_grad()\n"
    assert slugs(apply_fix(source, fix)) == []


TRAINED = "net = nn.Linear(2, 1)\nopt = torch.optim.SGD(net.parameters(), lr=.1)\nx = torch.ones(3, 2)\n"


@pytest.mark.parametrize(
    "source",
    [
        # Parts of a batch share a step.
        TRAINED + "for step in range(4):\n    (net(x).pow(2).mean() / 2).backward()\n"
        "    if step % 2:\n        opt.step()\n        opt.zero_grad()\n",
        # So do two losses.
        TRAINED + "for step in range(3):\n    opt.zero_grad()\n    net(x).pow(2).mean().backward()\n"
        "    net(2*x).abs().sum().backward()\n    opt.step()\n",
        # A critic's gradients from the generator's loss are set back before they are used.
        "critic, maker = nn.Linear(2, 1), nn.Linear(3, 2)\n"
        "optc, optm = torch.optim.Adam(critic.parameters()), torch.optim.Adam(maker.parameters())\n"
        "for step in range(3):\n    critic.zero_grad()\n    critic(torch.ones(4, 2)).mean().backward()\n"
        "    fake = maker(torch.ones(4, 3))\n    critic(fake.detach()).pow(2).mean().backward()\n    optc.step()\n"
        "    maker.zero_grad()\n    (-critic(fake)).mean().backward()\n    optm.step()\n",
        # A step by hand, and the gradient set back.
        "w = torch.tensor(2., requires_grad=True)\nfor step in range(3):\n    (w**2).backward()\n"
        "    with torch.no_grad():\n        w -= 0.1*w.grad\n    w.grad.zero_()\n",
    ],
    ids=["parts of a batch", "two losses", "adversaries", "by hand"],
)
def test_gradients_that_are_added_up_on_purpose_are_silent(source: str) -> None:
    assert [one.slug for one in problems(source) if one.slug == "gradient-accumulated"] == []


@pytest.mark.parametrize(
    "source",
    [
        TRAINED + "for step in range(3):\n    net(x).pow(2).mean().backward()\n    opt.step()\n",
        TRAINED + "def fit():\n    loss = net(x).pow(2).mean()\n    loss.backward()\n    opt.step()\n"
        "for step in range(3):\n    fit()\n",
        "w = torch.tensor(2., requires_grad=True)\nfor step in range(3):\n    (w**2).backward()\n"
        "    with torch.no_grad():\n        w -= 0.1*w.grad\n",
        "w = torch.tensor(2., requires_grad=True)\nfor step in range(2):\n    (w**2).backward()\n    print(w.grad)\n",
    ],
    ids=["an optimizer", "in a function", "by hand", "read"],
)
def test_a_sum_that_is_used_after_its_first_part_was_is_a_warning(source: str) -> None:
    assert problem(source, "gradient-accumulated").severity == "warning"


def test_a_sum_that_is_read_at_the_end_alone_is_a_notice_without_a_fix() -> None:
    source = "x = torch.tensor(3., requires_grad=True)\n(x**2).backward()\n(x**3).backward()\nprint(x.grad)\n"
    found = problem(source, "gradient-accumulated")
    assert (found.severity, found.fixes) == ("notice", [])


def test_a_model_that_was_made_again_is_told_with_its_optimizer() -> None:
    source = TRAINED + "net = nn.Linear(2, 1)\nfor step in range(3):\n    opt.zero_grad()\n"
    source += "    net(x).pow(2).mean().backward()\n    opt.step()\n"
    found = problem(source, "optimizer-without-model")
    assert found.span is not None
    assert found.span.line == 4
    assert "gradient-accumulated" not in slugs(source)


def test_an_optimizer_over_a_part_of_a_model_or_over_tensors_is_left_alone() -> None:
    part = "a, b = nn.Linear(2, 2), nn.Linear(2, 1)\nnet = nn.Sequential(a, b)\n"
    part += "opt = torch.optim.SGD(b.parameters(), lr=.1)\nnet(torch.ones(1, 2)).sum().backward()\nopt.step()\n"
    tensor = "w = torch.ones(2, requires_grad=True)\nnet = nn.Linear(2, 2)\nopt = torch.optim.SGD([w], lr=.1)\n"
    tensor += "net(w).sum().backward()\nopt.step()\n"
    for source in (part, tensor):
        assert "optimizer-without-model" not in slugs(source)


@pytest.mark.parametrize(
    ("cut", "pointed"),
    [
        ("torch.relu(self.a(x)).detach()", "torch.relu(self.a(x)).detach()"),
        ("torch.relu(self.a(x)).data", "torch.relu(self.a(x)).data"),
        ("torch.tensor(self.a(x).tolist())", None),
    ],
)
def test_a_cut_in_the_middle_of_a_network_is_told_with_what_lies_behind(cut: str, pointed: str | None) -> None:
    source = NET.format(cut)
    found = problems(source)
    assert "parameter-without-gradient" in [p.slug for p in found]
    lonely = next(p for p in found if p.slug == "parameter-without-gradient")
    assert "net.a.weight and net.a.bias got no gradient" in lonely.detail
    if pointed is not None:
        told = next(p for p in found if p.slug == "graph-cut")
        assert told.severity == "warning"
        assert place(source, told) == pointed
        assert slugs(apply_fix(source, told.fixes[0])) == []


def test_a_part_without_recording_is_told() -> None:
    source = "a, b = nn.Linear(2, 2), nn.Linear(2, 1)\n"
    source += "with torch.no_grad():\n    h = a(torch.ones(1, 2))\nb(h).sum().backward()"
    assert "with recording switched off" in problem(source, "graph-cut").detail


def test_a_deliberate_detach_is_a_notice() -> None:
    source = "w = torch.tensor(2., requires_grad=True)\n((w*3 - (w*4).detach())**2).backward()"
    assert problem(source, "graph-cut").severity == "notice"


@pytest.mark.parametrize(
    ("use", "told"),
    [
        ("s = (w * 4).item()\n(w * s).backward()", ["graph-cut"]),
        ("(w * (w * 4).item()).backward()", ["graph-cut"]),
        ("s = (w * 4).item()\ns = s * 0.9\n(w * s).backward()", []),
        ("s = 0.9 * (w * 4).item() + 0.1\n(w * s).backward()", []),
        ("def rate(loss):\n    return min(loss.item(), 0.1)\n(w * rate(w * 4)).backward()", []),
    ],
)
def test_a_number_that_was_read_is_told_only_where_the_very_object_is_used(use: str, told: list[str]) -> None:
    assert slugs(f"w = torch.tensor(2., requires_grad=True)\n{use}") == told


def test_a_new_leaf_made_of_numbers_is_told_with_where_they_came_from() -> None:
    source = (
        "x = torch.tensor([1., 2.], requires_grad=True)\ntotal = 0\nfor v in x:\n    total += v.item()**2\n"
        "loss = torch.tensor(total, requires_grad=True)\nloss.backward()\n"
    )
    found = problem(source, "not-tracked")
    assert "`v.item()` in line 4" in found.detail
    assert slugs(apply_fix(source, found.fixes[0])) == []


def test_a_module_that_is_never_called_has_parameters_without_gradient() -> None:
    source = "a, b = nn.Linear(2, 2), nn.Linear(2, 2)\na(torch.ones(1, 2)).sum().backward()"
    found = problem(source, "parameter-without-gradient")
    assert "b.weight and b.bias" in found.detail
    assert place(source, found) == "a, b = nn.Linear(2, 2), nn.Linear(2, 2)"


def test_a_custom_function_that_returns_none_is_named() -> None:
    source = (
        "class Twice(torch.autograd.Function):\n    @staticmethod\n    def forward(ctx, x):\n        return x*2\n"
        "    @staticmethod\n    def backward(ctx, g):\n        g*2\n"
        "x = torch.ones(1, requires_grad=True)\nTwice.apply(x).backward()\n"
    )
    assert "Twice.backward got a gradient and returned None" in problem(source, "parameter-without-gradient").detail


def test_many_parameters_are_counted() -> None:
    source = "used = nn.Linear(1, 1)\nunused = nn.Sequential(*[nn.Linear(1, 1) for _ in range(4)])\n"
    source += "used(torch.ones(1)).backward()"
    assert "and 4 more got no gradient" in problem(source, "parameter-without-gradient").detail


@pytest.mark.parametrize(("plain", "kind"), [("[nn.Linear(1, 1)]", "list"), ("{'a': nn.Linear(1, 1)}", "dict")])
def test_modules_in_a_plain_container_are_told(plain: str, kind: str) -> None:
    source = (
        "class Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.parts = {plain}\n        self.head = nn.Linear(1, 1)\n"
        "    def forward(self, x):\n"
        "        for part in (self.parts if isinstance(self.parts, list) else self.parts.values()):\n"
        "            x = part(x)\n        return self.head(x)\nnet = Net()\nnet(torch.ones(1, 1)).sum().backward()\n"
    )
    found = problem(source, "hidden-modules")
    assert f"net.parts is a plain {kind}" in found.detail
    assert len(found.fixes) == 1


def test_a_leaf_without_a_name_of_its_own_is_explained_when_its_grad_is_read() -> None:
    source = "w = torch.ones(3, requires_grad=True) * 0.1\n(w**2).sum().backward()\nprint(w.grad)"
    found = problem(source, "grad-of-non-leaf")
    assert place(source, found) == "w.grad"
    keep, leaf = found.fixes
    assert slugs(apply_fix(source, keep)) == []
    assert slugs(apply_fix(source, leaf)) == []
    assert "w = (torch.ones(3) * 0.1).requires_grad_()" in apply_fix(source, leaf)


def test_the_grad_of_a_nameless_result_is_explained_too() -> None:
    assert slugs("x = torch.ones(1, requires_grad=True)\nx.backward()\nprint((x*2).grad)") == ["grad-of-non-leaf"]


def test_a_guessed_dimension_gets_a_fix() -> None:
    source = "x = torch.ones(2, requires_grad=True)\ny = F.softmax(x)[0]\ny.backward()"
    (found,) = problems(source)
    assert found.slug == "warning"
    assert slugs(apply_fix(source, found.fixes[0])) == []


def test_any_other_warning_keeps_its_words() -> None:
    found = diagnose_warning("UserWarning", "odd (Triggered internally at /a/b.cpp:1.)", None, SourceText("x"), Graph())
    assert (found.slug, found.detail, found.message, found.span) == ("warning", "odd", "UserWarning: odd", None)


def test_an_empty_graph_has_no_problems() -> None:
    assert diagnose_graph(Graph(), SourceText("pass")) == []


def test_a_graph_whose_program_does_not_parse_is_read_all_the_same() -> None:
    graph = run("x = torch.tensor([-1., 4.], requires_grad=True)\ny = torch.sqrt(x).sum()\ny.backward()").graph
    found = diagnose_graph(graph, SourceText("((("))
    assert isinstance(found[0], Problem)
    assert found[0].slug == "nan"
    assert found[0].fixes == []


def test_functions_of_math_are_replaced_by_those_of_torch() -> None:
    source = (
        "xs = torch.tensor([1., 2.], requires_grad=True)\ntotal = 0.0\n"
        "for x in xs:\n    total += math.exp(x)\ntotal.backward()\n"
    )
    found = problem(source, "not-tracked")
    assert [fix.text for fix in found.fixes] == ["torch.exp"]
    assert slugs(apply_fix(source, found.fixes[0])) == []


def test_sigmoids_that_make_a_gradient_vanish_can_be_made_relus() -> None:
    source = (
        "x = torch.tensor(0.5, requires_grad=True)\nh = x\n"
        "for i in range(30):\n    h = torch.sigmoid(h)\nh.backward()\n"
    )
    found = problem(source, "gradient-vanishes")
    assert slugs(apply_fix(source, found.fixes[0])) == []


def test_the_gradient_of_a_rebound_name_is_kept_where_it_was_made_first() -> None:
    source = "w = torch.ones(3, requires_grad=True) * 2\nloss = (w**2).sum()\nloss.backward()\nw = w - 0.1*w.grad\n"
    found = problem(source, "grad-of-non-leaf")
    assert "grad-is-none" not in slugs(apply_fix(source, found.fixes[0]))


def test_a_nan_that_meets_a_normalisation_is_not_taken_for_a_cancelled_gradient() -> None:
    source = (
        "x = torch.randn(2, 4, requires_grad=True)\nh = F.layer_norm(x, (4,))\n"
        "y = torch.where(h > 9, (h - h).sqrt(), h)\n(y[:, 1]**2).sum().backward()\n"
    )
    assert slugs(source) == ["nan"]


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("a = nn.Linear(2, 2)\nb = nn.Linear(2, 2)\na(torch.ones(1, 2)).sum().backward()", "b.requires_grad_(False)"),
        (
            "net = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))\nnet[0](torch.ones(1, 2)).sum().backward()",
            "net[1].requires_grad_(False)",
        ),
        (
            "a = nn.Linear(2, 2)\n(torch.ones(1, 2) @ a.weight).sum().backward()",
            "a.bias.requires_grad_(False)",
        ),
        (
            "a = torch.ones(2, requires_grad=True)\nb = torch.ones(2, requires_grad=True)\na.sum().backward()",
            "b.requires_grad_(False)",
        ),
    ],
)
def test_what_got_no_gradient_can_be_frozen_by_a_click(source: str, code: str) -> None:
    (fix,) = problem(source, "parameter-without-gradient").fixes
    assert fix.text.strip() == code
    assert slugs(apply_fix(source, fix)) == []


@pytest.mark.parametrize(
    "source",
    [
        # where it is made twice, or not at the top level, freezing it in one place is no certain edit
        "b = nn.Linear(2, 2)\nb = nn.Linear(2, 2)\na = nn.Linear(2, 2)\na(torch.ones(1, 2)).sum().backward()",
        "for i in range(2):\n    b = nn.Linear(2, 2)\na = nn.Linear(2, 2)\na(torch.ones(1, 2)).sum().backward()",
    ],
)
def test_what_is_not_made_at_one_place_is_not_frozen(source: str) -> None:
    assert problem(source, "parameter-without-gradient").fixes == []


EXPLODING = (
    "W = torch.eye(2).mul(5).requires_grad_()\nopt = torch.optim.SGD([W], lr=0.1)\nh = torch.ones(2)\n"
    "for step in range(12):\n    h = W @ h\nh.sum().backward()\nopt.step()\n"
)


def test_gradients_that_explode_are_clipped_before_the_step_by_a_click() -> None:
    (fix,) = problem(EXPLODING, "gradient-explodes").fixes
    fixed = apply_fix(EXPLODING, fix)
    assert fixed.splitlines()[-2:] == ["torch.nn.utils.clip_grad_norm_([W], 1.0)", "opt.step()"]
    after = problem(fixed, "gradient-explodes")
    assert after.severity == "notice"
    assert "clips the gradients" in after.detail


def test_without_a_step_there_is_nothing_to_clip_before() -> None:
    source = EXPLODING.replace("opt.step()\n", "")
    assert problem(source, "gradient-explodes").fixes == []


def test_what_has_nothing_to_differentiate_gets_a_leaf_by_a_click() -> None:
    source = "x = tensor([1., 2., 3.])\n(x**2).sum()"
    (fix,) = problem(source, "nothing-to-differentiate").fixes
    assert slugs(apply_fix(source, fix)) == []


def test_a_constant_that_is_nan_itself_is_told_where_it_comes_through() -> None:
    source = "data = torch.tensor([1., float('nan')])\nw = torch.ones(2, requires_grad=True)\n(w*data).sum().backward()"
    found = problem(source, "nan")
    assert found.detail.startswith("data itself is NaN in 1 of 2")


def test_nan_that_where_leaves_out_is_no_problem() -> None:
    source = (
        "gaps = torch.tensor([1., float('nan')])\nw = torch.ones(2, requires_grad=True)\n"
        "torch.where(torch.tensor([True, False]), gaps, w).sum().backward()"
    )
    assert "nan" not in slugs(source)


CROSSED = (
    "net = nn.Linear(4, 1)\nx, t = torch.randn(8, 4), torch.randn(8)\nloss = ((net(x) - {target})**2).mean()\n"
    "loss.backward()"
)


def test_a_difference_of_a_column_and_a_row_is_told_and_mended() -> None:
    source = CROSSED.format(target="t")
    found = problem(source, "broadcast-in-loss")
    assert "the difference has shape [8, 8]" in found.detail
    assert place(source, found) == "net(x) - t"
    (fix,) = found.fixes
    assert apply_fix(source, fix) == CROSSED.format(target="t.unsqueeze(1)")
    assert slugs(apply_fix(source, fix)) == []


@pytest.mark.parametrize(
    "source",
    [
        CROSSED.format(target="t.view(8, 1)"),
        CROSSED.format(target="t.mean()"),
        # all pairs on purpose
        "x, t = torch.randn(8, requires_grad=True), torch.randn(8)\n((x[:, None] - t)**2).mean().backward()",
        "x, t = torch.randn(8, requires_grad=True), torch.randn(8)\n((x.view(8, 1) - t).abs()).mean().backward()",
    ],
)
def test_a_difference_that_is_meant_is_no_problem(source: str) -> None:
    assert "broadcast-in-loss" not in slugs(source)


def test_of_data_that_is_masked_the_operation_before_the_mask_is_told() -> None:
    source = (
        "y = torch.tensor([3., float('nan')])\nx = torch.ones(2, requires_grad=True)\nr = (x - y)**2\n"
        "torch.where(torch.isnan(y), 0., r).sum().backward()"
    )
    found = problem(source, "nan")
    assert place(source, found) == "(x - y)**2"
    assert "leaves these elements out" in found.detail
    (fix,) = found.fixes
    assert slugs(apply_fix(source, fix)) == []


def test_a_mask_before_the_operation_is_silent() -> None:
    source = (
        "y = torch.tensor([1., float('nan')])\nx = torch.ones(2, requires_grad=True)\nmask = torch.isnan(y)\n"
        "r = (x - torch.where(mask, x.detach(), y))**2\nr.sum().backward()"
    )
    assert "nan" not in slugs(source)
