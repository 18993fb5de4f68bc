"""A fix is proven by the answer of the program with it."""

import pytest
from chainrule.protocol.messages import Fix
from chainrule.protocol.proof import apply_fix, is_mended

from tests.diagnose.diagnosed import run

TWO = "a = nn.Linear(2, 2)\nb = nn.Linear(2, 2)\nx = torch.ones(1, 2)\n"

CASES: dict[str, tuple[str, str, str, bool]] = {
    # title: (program, the kind of its problem, the program with a fix, whether that mends it)
    "mended": (
        "x = torch.ones(2, requires_grad=True)\n(x*2).backward()",
        "backward-non-scalar",
        "x = torch.ones(2, requires_grad=True)\n(x*2).sum().backward()",
        True,
    ),
    "the same again": (
        "x = torch.ones(2, requires_grad=True)\n(x*2).backward()",
        "backward-non-scalar",
        "x = torch.ones(2, requires_grad=True)\n(x*3).backward()",
        False,
    ),
    "another error": (
        "x = torch.ones(2, requires_grad=True)\n(x*2).backward()",
        "backward-non-scalar",
        "x = torch.ones(2, requires_grad=True)\n(x*2).sum().detach().backward()",
        False,
    ),
    "another warning": (
        TWO + "h = a(x).detach()\nb(h).sum().backward()",
        "graph-cut",
        TWO + "b(x).sum().backward()\nprint(b.weight.grad)\nb(x).sum().backward()\nprint(b.weight.grad)",
        False,
    ),
    "a gradient that is gone": (
        TWO + "h = a(x).detach()\n(b(h).sum() + b(x).sum()).backward()",
        "graph-cut",
        TWO + "h = a(x)\n(b(h.detach()).sum()*0 + a(x).sum()).backward()",
        False,
    ),
    "a gradient of zeros": (
        "x = torch.zeros(2, requires_grad=True)\ny = torch.sqrt(x).sum()\ny.backward()",
        "infinite",
        "x = torch.zeros(2, requires_grad=True)\ny = torch.sqrt(x.clamp(min=1e-12)).sum()\ny.backward()",
        False,
    ),
    "nothing learns": (
        "x = torch.ones(2)\nx.sum().backward()",
        "nothing-requires-grad",
        "x = torch.ones(2, requires_grad=True)\n(0*x).sum().backward()",
        False,
    ),
}


@pytest.mark.parametrize(("source", "slug", "fixed", "mends"), CASES.values(), ids=CASES.keys())
def test_what_mends_a_problem(source: str, slug: str, fixed: str, mends: bool) -> None:
    before = run(source)
    problem = next(one for one in before.problems if one.slug == slug)
    assert is_mended(before, problem, run(fixed)) is mends


def test_a_fix_is_made_in_characters() -> None:
    fix = Fix.model_validate(
        {"title": "", "span": {"line": 2, "column": 4, "end_line": 2, "end_column": 5}, "text": "z"}
    )
    assert apply_fix("é = 1\nü = x\n", fix) == "é = 1\nü = z\n"
