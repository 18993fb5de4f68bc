"""A click takes out what does nothing for the graph, and nothing else."""

import pytest
from chainrule.errors import ProgramRejectedError, Replacement
from chainrule.graph.model import Span
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.messages import Fix
from chainrule.protocol.program import Program
from chainrule.protocol.proof import apply_fix

REST = "x = torch.ones(2, requires_grad=True)\n"


def fixes(source: str) -> list[Replacement]:
    with pytest.raises(ProgramRejectedError) as caught:
        check(Program(source), Limits())
    return [violation.fix for violation in caught.value.violations if violation.fix is not None]


def mended(source: str) -> str:
    """The program with the one fix that is offered for it."""
    (fix,) = fixes(source)
    span = Span(line=fix.line, column=fix.column, end_line=fix.end_line, end_column=fix.end_column)
    return apply_fix(source, Fix(title=fix.title, span=span, text=fix.text))


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("torch.save(x, 'x.pt')", "pass"),
        ("import os\nif True:\n    os.makedirs('runs',\n        exist_ok=True)", "import os\nif True:\n    pass"),
        ("for i in range(3): torch.save(\n  x, 'x.pt')", "for i in range(3): pass"),
        ("net = torch.compile(nn.Linear(2, 2))", "net = nn.Linear(2, 2)"),
        (
            "net = torch.compile(\n    nn.Sequential(\n        nn.Linear(2, 2)))",
            "net = nn.Sequential(\n        nn.Linear(2, 2))",
        ),
        ("@torch.compile\ndef f(é): return é", "\ndef f(é): return é"),
        ("é = 1; torch.set_num_threads(4); ŷ = 2", "é = 1; pass; ŷ = 2"),
        ("breakpoint()", "pass"),
    ],
)
def test_what_does_nothing_for_the_graph_is_taken_out(source: str, expected: str) -> None:
    assert mended(REST + source) == REST + expected
    check(Program(REST + expected), Limits())


@pytest.mark.parametrize(
    "source",
    [
        "y = torch.save(x, 'x.pt')",
        "f = torch.save",
        "torch.compile()",
        "torch.compile(*[x])",
        "@torch.compile(mode='default')\ndef f(): pass",
        "torch.load('x.pt')",
        "x.storage()",
        "print(torch.save(x, 'a'))",
    ],
)
def test_what_a_person_has_to_see_to_has_no_click(source: str) -> None:
    assert fixes(REST + source) == []
