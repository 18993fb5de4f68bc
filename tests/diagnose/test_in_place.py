"""Changes in place, by the variable or the module that makes them."""

import pytest
from chainrule.protocol.proof import apply_fix

from tests.diagnose.diagnosed import problem, problems

MODULE = """
class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.scale = nn.Parameter(torch.ones(3))
        self.act = nn.ReLU(inplace=True)
    def forward(self, x):
        return {}
net = Net()
net(torch.ones(4, 2)).sum().backward()
"""

CHANGED: dict[str, tuple[str, str, str]] = {
    # title: (program, slug, words of the explanation)
    "an element that is assigned": (
        "w = torch.ones(3, 3, requires_grad=True)\nb = w @ torch.ones(3, 1)\ny = 0\nfor i in range(3):\n"
        "    b[i] = b[i] + 1\n    y = y + (w @ b).sum()\ny.backward()\n",
        "in-place-needed",
        "line 5 (`b[i] = b[i] + 1`)",
    ),
    "elements that are added to": (
        "w = torch.ones(3, requires_grad=True)\nb = w.exp()\nb[:2] += 1\nb.sum().backward()\n",
        "in-place-needed",
        "line 3 (`b[:2] += 1`)",
    ),
    "an activation on a parameter": (
        MODULE.format("self.first(x) * self.act(self.scale)"),
        "in-place-leaf",
        "self.act, a ReLU with inplace=True",
    ),
    "an activation on what is needed": (
        MODULE.format("self.scale * self.act(torch.sigmoid(self.first(x)))"),
        "in-place-needed",
        "net.act, a ReLU, changes its input in place",
    ),
    "an activation under hooks": (
        "net = nn.Sequential(nn.Linear(2, 3), nn.ReLU(inplace=True), nn.Linear(3, 1))\n"
        "for part in net:\n    part.register_full_backward_hook(lambda module, given, taken: None)\n"
        "net(torch.ones(4, 2, requires_grad=True)).sum().backward()\n",
        "in-place-leaf",
        "net.1, a ReLU with inplace=True",
    ),
}


@pytest.mark.parametrize(("source", "slug", "words"), CHANGED.values(), ids=CHANGED.keys())
def test_what_changes_in_place_is_named_and_its_fix_works(source: str, slug: str, words: str) -> None:
    found = problem(source, slug)
    assert words in found.detail
    assert found.fixes
    for fix in found.fixes:
        assert [one.slug for one in problems(apply_fix(source, fix)) if one.severity != "notice"] == []


def test_a_leaf_that_was_bound_anew_is_told_with_the_line_and_updated_in_place() -> None:
    source = (
        "w = torch.ones(2, requires_grad=True)\nfor i in range(2):\n    (w**2).sum().backward()\n"
        "    w = w - 0.1*w.grad\n    w.grad.zero_()\n"
    )
    found = problem(source, "grad-is-none")
    assert "`w = w - 0.1*w.grad` in line 4" in found.detail
    (fix,) = found.fixes
    assert [one.slug for one in problems(apply_fix(source, fix))] == []
