"""Programs as people copy them run as the programs that they are; what is Python stays as it is."""

import json

import pytest
from chainrule.errors import ProgramRejectedError
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.program.notebook import code_of, is_copied
from chainrule.protocol.program import Program

from tests.program.idioms import IDIOMS


def source(text: str) -> str:
    """The program that is run for a text."""
    return check(Program(text), Limits()).program.source


COPIED = [
    ("%matplotlib inline\nx = 1", "# %matplotlib inline\nx = 1"),
    ("!pip install torch -q\n!pip list\nx = 1", "# !pip install torch -q\n# !pip list\nx = 1"),
    ("%%time\nx = 1\n%time y = 2", "# %%time\nx = 1\ny = 2"),
    ("x = 1\nx.real?\n?x", "x = 1\n# x.real?\n# ?x"),
    ("if 1:\n    !ls\nx = (1\n     % 2)", "if 1:\n    pass  # !ls\nx = (1\n     % 2)"),
    ("!ls\nx = 7 \\\n  % 4\ny = '''\n%no\n!no\n'''", "# !ls\nx = 7 \\\n  % 4\ny = '''\n%no\n!no\n'''"),
    (">>> x = 1\n>>> x\n1\n>>> if x:\n...     y = 2\n...\n>>> y", "x = 1\nx\n# 1\nif x:\n    y = 2\n\ny"),
    ("    >>> x = 1\n    >>> y = x + 1", "x = 1\ny = x + 1"),
    ("In [1]: x = 1\n\nIn [2]: x\nOut[2]: 1\n", "x = 1\n\nx\n# Out[2]: 1\n"),
    ("In [1]:\nx = 1\ny = 2\nIn [ ]:\nx + y", "\nx = 1\ny = 2\n\nx + y"),
    ("Try this:\n```python\nx = 1\n```\nIt works.\n```\nx\n```", "# Try this:\n\nx = 1\n\n# It works.\n\nx\n"),
    ("```py\nx = 1", "\nx = 1"),
    ("    x = 1\n    if x:\n        y = 2\n", "x = 1\nif x:\n    y = 2\n"),
    ("def f():\n\ta = 1\n        return a\nf()".replace("        ", "    "), "def f():\n    a = 1\n    return a\nf()"),
    ("x\xa0=\xa01", "x = 1"),
    ("print(“a”, ‘b’)", "print(\"a\", 'b')"),
    ("%%bash\nls -l", None),
]


@pytest.mark.parametrize(("text", "program"), COPIED, ids=[text[:24] for text, _ in COPIED])
def test_a_copied_program_is_the_program(text: str, program: str | None) -> None:
    if program is None:
        assert code_of(text) == "# %%bash\n# ls -l"
    else:
        assert source(text) == program


@pytest.mark.parametrize("text", [text for text, program in COPIED if program is not None and "cells" not in text])
def test_lines_keep_their_numbers(text: str) -> None:
    assert source(text).count("\n") == text.count("\n")


def test_the_code_cells_of_a_notebook_are_one_program() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A title\n", "some words"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "x = torch.ones(2)"], "outputs": [{"data": "…"}]},
        {"cell_type": "code", "source": "%%html\n<b>"},
        {"cell_type": "code", "source": "(x * 2).sum()", "execution_count": None},
        {"cell_type": "raw", "source": "raw"},
        "odd",
    ]
    notebook = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4})
    assert source(notebook) == "# %matplotlib inline\nx = torch.ones(2)\n\n# %%html\n# <b>\n\n(x * 2).sum()"


@pytest.mark.parametrize("text", IDIOMS.values(), ids=IDIOMS.keys())
def test_what_is_python_stays_as_it_is(text: str) -> None:
    assert not is_copied(text)
    assert source(text) == text


@pytest.mark.parametrize(
    "text", ["{'cells': 1}", "x = {'a': 1}\nx['a'] % 2", "7 \\\n% 4", "\ufeffx = 1", "a = 'In [1]: b'"]
)
def test_python_that_looks_like_a_notebook_stays_as_it_is(text: str) -> None:
    assert source(text) == text.removeprefix("\ufeff")


def test_what_is_no_python_either_way_is_told_as_it_came() -> None:
    with pytest.raises(ProgramRejectedError) as caught:
        source("x = 1\n%time y = (\n")
    (violation,) = caught.value.violations
    assert (violation.line, violation.slug) == (2, "syntax-error")


def test_what_is_refused_in_a_notebook_has_its_place_in_the_program() -> None:
    notebook = json.dumps(
        {"cells": [{"cell_type": "code", "source": "!ls"}, {"cell_type": "code", "source": "open('x')"}]}
    )
    with pytest.raises(ProgramRejectedError) as caught:
        source(notebook)
    assert caught.value.violations[0].line == 3
    assert caught.value.source == "# !ls\n\nopen('x')"
