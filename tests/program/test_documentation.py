"""The page about programs says what the check does."""

import re

import pytest
from chainrule.errors import ProgramRejectedError
from chainrule.limits import LIMITS, Limits
from chainrule.program import check
from chainrule.program.checker import MAX_SUGGESTIONS, MAX_TOLD
from chainrule.program.policy.allowed import MODULES
from chainrule.program.source import MAX_DEPTH, MAX_RUN
from chainrule.protocol.program import Program

from tests import ROOT

PAGE = (ROOT / "docs" / "programs.md").read_text(encoding="utf-8")
PROGRAMS = re.findall(r"```\{ \.chainrule.*?\}\n(.*?)```", PAGE, re.DOTALL)
REFUSED = [
    *("import pickle", "open('x')", "torch.load('x')", "torch.hub", "eval('1')", "exec('1')"),
    *("print.__globals__", "(i for i in ()).gi_frame", "torch.ones(1).data_ptr()"),
    *(
        "torch.ones(1).storage()",
        "torch.ones(1).set_()",
        "torch.ones(1).as_strided((), ())",
        "torch.ones(1).resize_(9)",
    ),
    *("import numpy\nnumpy.load('x')", "torch.jit", "torch.compile", "torch.exp(1, out=2)", "import datetime"),
    *("torch.seed()", "async def f(): pass", "class A(metaclass=type): pass", "print(torch)"),
]


def used(code: str) -> str:
    """A program that uses what it imports."""
    return f"{code}\nprint({code.split()[-1]})" if code.startswith("import ") else code


ROWS = [
    (code, reason)
    for codes, reason in re.findall(r"^\| (`.*`) \| (.*) \|$", PAGE.partition("## What is refused")[2], re.MULTILINE)
    for code in re.findall(r"`(.*?)`", codes)
]


@pytest.mark.parametrize("source", PROGRAMS)
def test_the_programs_of_the_page_pass(source: str) -> None:
    check(Program(source), Limits())


def test_the_page_tells_every_module_that_python_itself_has() -> None:
    section = PAGE.partition("## Modules")[2].partition("\n## ")[0]
    own = {path.partition(".")[0] for path in MODULES} - {"torch", "numpy", "__future__"}
    assert own - set(re.findall(r"`(\w+)`", section)) == set()


@pytest.mark.parametrize("source", REFUSED)
def test_what_the_page_says_is_refused_is(source: str) -> None:
    with pytest.raises(ProgramRejectedError):
        check(Program(used(source)), Limits())


@pytest.mark.parametrize(("code", "reason"), ROWS)
def test_the_reason_that_the_page_gives_is_the_one_that_is_told(code: str, reason: str) -> None:
    with pytest.raises(ProgramRejectedError) as refused:
        check(Program(f"torch.ones(1){code}" if code.startswith(".") else used(code)), Limits())
    assert reason in refused.value.violations[0].message


def test_every_limit_that_the_page_names_is_one() -> None:
    assert {"source_bytes", "input_elements"} <= set(re.findall(r"`(\w+_(?:bytes|elements))`", PAGE)) <= LIMITS.keys()


def test_the_limits_of_the_page_are_those_of_the_code() -> None:
    for number, words in (
        (MAX_DEPTH, "levels"),
        (MAX_RUN, "prefix"),
        (MAX_TOLD, "places"),
        (MAX_SUGGESTIONS, "misspelt"),
    ):
        assert re.search(rf"\b{number} {words}", PAGE)
