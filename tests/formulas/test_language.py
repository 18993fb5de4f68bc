import ast

import numpy as np
import pytest
from chainrule.formulas import LATEX, PLAIN, Symbol, at_element, choose, parse, simplify, texts, write
from chainrule.formulas.language.evaluate import evaluate
from chainrule.formulas.language.formula import Cases


def plain(text: str, **literals: float) -> str:
    return write(simplify(parse(text), literals), {}, PLAIN).text


def latex(text: str, **symbols: Symbol) -> str:
    return write(parse(text), symbols, LATEX).text


@pytest.mark.parametrize(
    ("text", "shorter"),
    [
        ("1 * x", "x"),
        ("x * 1", "x"),
        ("x / 1", "x"),
        ("x ** 1", "x"),
        ("0 + x", "x"),
        ("x - 0", "x"),
        ("0 - x", "-x"),
        ("-1 * x", "-x"),
        ("x * -1", "-x"),
        ("0 * x", "0"),
        ("-(-x)", "x"),
        ("3 - 1", "2"),
        ("0.1 + 0.2", "0.3"),
        ("1 / 3", "1 / 3"),
        ("where(1 == 1, x, y)", "x"),
        ("where(1 != 1, x, y)", "y"),
        ("where(x > 0, x, y)", "(x if x > 0 else y)"),
        ("(x > 0) and (y < 1)", "x > 0 and y < 1"),
        ("not x", "not x"),
    ],
)
def test_what_is_idle_is_left_out(text: str, shorter: str) -> None:
    assert plain(text) == shorter


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("(a + b) * c", "(a + b) × c"),
        ("a - (b - c)", "a - (b - c)"),
        ("a / (b / c)", "a / (b / c)"),
        ("(a * b) ** 2", "(a × b)^2"),
        ("a ** (b + 1)", "a^(b + 1)"),
        ("-(a + b)", "-(a + b)"),
        ("a * -b", "a × (-b)"),
        ("(-a) ** 2", "(-a)^2"),
        ("exp(a) ** 2", "(exp(a))^2"),
    ],
)
def test_parentheses_stand_where_they_are_needed(text: str, written: str) -> None:
    assert plain(text) == written


def test_parentheses_never_change_the_value() -> None:
    values = {"a": np.array(2.0), "b": np.array(3.0), "c": np.array(5.0)}
    for text in ("(a + b) * c", "a - (b - c)", "a / (b / c)", "(a * b) ** 2", "-(a + b)", "a * -b", "(-a) ** 2"):
        shown = plain(text).replace("×", "*").replace("^", "**")
        assert evaluate(parse(shown), values) == evaluate(parse(text), values)


def test_scalars_are_multiplied_with_a_dot_and_tensors_element_by_element() -> None:
    assert latex("a * b") == r"a \odot b"
    assert latex("a * b", a=Symbol("a", scalar=True)) == r"a \cdot b"
    assert latex("3 * a") == r"3 \, a"
    assert latex("3 * 4") == r"3 \cdot 4"


@pytest.mark.parametrize(
    ("value", "in_latex", "in_words"),
    [
        (0.08333333, "0.0833", "0.0833"),
        (1.5e-7, r"1.5 \times 10^{-7}", "1.5e-7"),
        (1e10, r"10^{10}", "1e10"),
        (float("inf"), r"\infty", "∞"),
        (float("-inf"), r"-\infty", "-∞"),
        (float("nan"), r"\text{NaN}", "NaN"),
        (3, "3", "3"),
        (True, r"\text{True}", "True"),
        (None, "", ""),
        ([0, 1], "0, 1", "0, 1"),
        ("floor", r"\text{floor}", "floor"),
        (object(), "", ""),
    ],
)
def test_numbers(value: object, in_latex: str, in_words: str) -> None:
    assert LATEX.number(value) == in_latex
    assert PLAIN.number(value) == in_words


@pytest.mark.parametrize("text", ["x.grad", "[x]", "x if y else z", "lambda: x", "x[0]", "f'{x}'", "(x := 1)"])
def test_other_python_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not part of the formula language"):
        parse(text)


def test_a_long_sum_is_shortened_and_keeps_its_value() -> None:
    values = {"x": np.arange(10.0)}
    terms = at_element(parse("total(x)"), values, ())
    assert write(terms, {}, PLAIN).text == "0 + 1 + 2 + 3 + ..."
    rest = [part for part in ast.walk(terms) if isinstance(part, ast.Call)]
    assert evaluate(rest[0].args[0], {}) == 4 + 5 + 6 + 7 + 8 + 9


def test_cases_are_chosen_by_their_parameter() -> None:
    text = Cases("reduction", {0: "a", 1: Cases("weight", {None: "b"})}, "c")
    assert choose(text, {"reduction": 0}) == "a"
    assert choose(text, {"reduction": 1, "weight": None}) == "b"
    assert choose(text, {"reduction": 1, "weight": np.ones(2)}) is None
    assert choose(text, {"reduction": 7}) == "c"
    assert texts(text) == ["a", "b", "c"]
