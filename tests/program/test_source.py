"""A stranger's text is parsed here and compiled nowhere but in a child; neither takes long, whatever it says."""

import ast
import builtins
from typing import Any

import pytest
from chainrule.errors import ProgramRejectedError, Violation
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.program.source import MAX_RUN, Source
from chainrule.protocol.program import Program

MULTIPLYING = {
    "nested finally": "\n".join(f"{' ' * level}try:0\n{' ' * level}finally:" for level in range(18)) + f"\n{' ' * 18}0",
    "returns through finally": "def f():\n try:\n" + "  return\n" * 1_000 + " finally:\n  " + "a;" * 4_000,
    "breaks through finally": "while a:\n try:\n" + "  break\n" * 1_000 + " finally:\n  " + "a;" * 4_000,
    "names in alternatives": "match a:\n case ["
    + ",".join(f"a{n}" for n in range(900))
    + "]|["
    + ",".join(f"a{n}" for n in reversed(range(900)))
    + "]:0",
    "names in a sequence": "match a:\n case " + ",".join(f"a{n}" for n in range(2_000)) + ":0",
}


def violations(source: str) -> tuple[Violation, ...]:
    with pytest.raises(ProgramRejectedError) as caught:
        check(Program(source), Limits())
    return caught.value.violations


@pytest.mark.parametrize("source", MULTIPLYING.values(), ids=MULTIPLYING)
def test_what_the_compiler_would_copy_again_and_again_is_refused(source: str) -> None:
    (violation,) = violations(source)
    assert violation.slug == "too-deep"


def test_nothing_is_compiled_here(monkeypatch: pytest.MonkeyPatch) -> None:
    flags: list[int] = []
    true_compile = builtins.compile

    def watched(*args: Any, **options: Any) -> Any:
        flags.append(options.get("flags", args[3] if len(args) > 3 else 0))
        return true_compile(*args, **options)

    monkeypatch.setattr(builtins, "compile", watched)
    check(Program("x = torch.ones(2, requires_grad=True)\n(x * x).sum()"), Limits())
    monkeypatch.undo()
    assert flags == [ast.PyCF_ONLY_AST]


@pytest.mark.parametrize(
    ("source", "place"),
    [
        ("t = 1\nt.zz", (2, 2, 2, 4)),
        ("t = 1; 'été'; t.zz", (1, 16, 1, 18)),
        ("t = 1\n(t\n .zz)", (3, 2, 3, 4)),
        ("t = 1\nt.été", (2, 2, 2, 5)),
        ("t = 1\nt. zz_1", (2, 3, 2, 7)),
    ],
)
def test_a_refused_attribute_is_told_at_the_name_behind_the_dot(source: str, place: tuple[int, ...]) -> None:
    (violation,) = violations(source)
    assert (violation.line, violation.column, violation.end_line, violation.end_column) == place


class CountingText(str):
    """A line that counts which of its characters are asked for."""

    asked = 0

    def __getitem__(self, key: Any) -> str:
        type(self).asked += 1
        return super().__getitem__(key)


def test_the_place_of_an_attribute_is_found_from_its_end() -> None:
    from chainrule.program.source import _start_of_word

    CountingText.asked = 0
    line = CountingText("a" * 18_000 + "';t.zz")
    assert _start_of_word(line, len(line)) == len(line) - 2
    assert CountingText.asked < 10


@pytest.mark.parametrize(
    ("source", "deep"),
    [
        ("-" * MAX_RUN + "1", False),
        ("-" * (MAX_RUN + 1) + "1", True),
        ("'" + "-" * 100 + "'", False),
        ("'''" + "-" * 100 + "\n'" + "-" * 100 + "'''", False),
        (r"'\'" + "-" * 100 + "'", False),
        (r"'\\'" + "-" * 100 + "1", True),
        ("# " + "-" * 100 + "\n1", False),
        ("#'\n" + "-" * 100 + "1", True),
        ("lambda:" * (MAX_RUN + 1) + "0", True),
        ("lambda: 0\n" * (MAX_RUN + 1), False),
        ("(" + "lambda: 0,\n" * (MAX_RUN + 1) + ")", False),
        ("a = [" + "2**1e-5,\n" * 100 + "]", False),
        ("-\\\n" * (MAX_RUN + 1) + "1", True),
        ("'never closed\n" + "1" * 100, False),
    ],
)
def test_runs_of_tokens_are_found_outside_of_strings_and_comments(source: str, deep: bool) -> None:
    assert (Source(source)._too_deep_for_the_parser() is not None) is deep


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("return 1", "'return' outside function"),
        ("class A:\n    return 1", "'return' outside function"),
        ("yield 1", "'yield' outside function"),
        ("break", "'break' outside loop"),
        ("for i in x: pass\nelse: break", "'break' outside loop"),
        ("while x:\n    def f():\n        continue", "'continue' not properly in loop"),
        ("nonlocal a", "nonlocal declaration not allowed at module level"),
        ("def f():\n    nonlocal a", "no binding for nonlocal 'a' found"),
        ("x: int = 1; global x", "annotated name 'x' can't be global"),
    ],
)
def test_a_statement_that_is_out_of_place_is_told_in_pythons_words(source: str, words: str) -> None:
    with pytest.raises(SyntaxError, match=words):
        compile(source, "<program>", "exec")
    (violation,) = violations(source)
    assert (violation.slug, violation.message) == ("syntax-error", words)


@pytest.mark.parametrize(
    "source",
    [
        "for i in [1]:\n    if i: break\n    else: continue",
        "for i in [1]:\n    try:\n        pass\n    except ValueError as e:\n        break\n    finally: pass",
        "while True:\n    with torch.no_grad():\n        match 1:\n            case 1: break",
        "for i in [1]:\n    for j in [1]: pass\n    else: break",
        "def f():\n    a = 1\n    def g():\n        nonlocal a\n        a = 2\n    return g",
        "def f():\n    yield 1\n    return (yield from [1])",
        "f = lambda: (yield)",
    ],
)
def test_a_statement_in_its_place_is_none(source: str) -> None:
    compile(source, "<program>", "exec")
    check(Program(source), Limits())
