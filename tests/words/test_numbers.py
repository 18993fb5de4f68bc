"""Numbers as people read them: in few digits, in bounded room, and the same wherever one is written."""

import ast
import math
import re
from pathlib import Path

import chainrule
import pytest
from chainrule.diagnose.findings.rules import diagnose_graph
from chainrule.diagnose.source import SourceText
from chainrule.explain.sentences import amount
from chainrule.formulas import LATEX, PLAIN, write
from chainrule.graph.model import Complex, Graph, Output, Real, Stats, Tensor
from chainrule.graph.tensors.preview import torch_number
from chainrule.layout import make_engine
from chainrule.render import ViewOptions, draw
from chainrule.web.page.tables import grid
from chainrule.words.numbers import say_number, say_numbers
from chainrule.words.tensors import say_tensor
from chainrule.words.tree import write_tree
from hypothesis import given
from hypothesis import strategies as st

from tests.graph.build import Builder

REALS = st.floats(min_value=-1e307, max_value=1e307)
ROOT = Path(chainrule.__file__).parent


@given(st.lists(REALS, min_size=1, max_size=8), st.integers(7, 12))
def test_every_number_fits_its_room(numbers: list[float], characters: int) -> None:
    # The longest exponent, as in -1e-308, takes seven characters.
    assert all(len(word) <= characters for word in say_numbers(numbers, characters))


@given(REALS, st.none() | st.integers(7, 12))
def test_a_number_keeps_its_sign_and_its_size(number: float, characters: int | None) -> None:
    shown = float(say_number(number, characters))
    assert math.isclose(shown, number, rel_tol=0.5, abs_tol=0)
    assert math.copysign(1, shown) == math.copysign(1, number) or number == 0


@given(st.lists(st.integers(-(10**8), 10**8), min_size=1, max_size=4))
def test_integers_are_written_in_full(numbers: list[int]) -> None:
    assert say_numbers(numbers, 10) == say_numbers(numbers) == [str(n) for n in numbers]


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1 / 12, "0.0833"),
        (-1.10083, "-1.1008"),
        (12345.678, "12345.68"),
        (0.001, "0.001"),
        (1e-4, "1e-4"),
        (-1.25e-7, "-1.25e-7"),
        (999_999.0, "999999"),
        (1e6, "1e6"),
        (3e12, "3e12"),
        (0.0, "0"),
        (-0.0, "0"),
        (7, "7"),
        (True, "True"),
        (math.nan, "NaN"),
        ("nan", "NaN"),
        ("-inf", "-∞"),
        (Complex(re=1.0, im=-2.0), "1-2i"),
        (Complex(re=0.0, im=1.0), "0+1i"),
        (Complex(re="nan", im="-inf"), "NaN-∞i"),
        (0.5 + 2j, "0.5+2.0i"),
    ],
)
def test_a_number_is_short(number: object, text: str) -> None:
    assert say_number(number) == text  # type: ignore[arg-type]  # one list for every kind


def test_the_numbers_of_a_column_have_as_many_decimals_as_the_longest_needs() -> None:
    assert say_numbers([0.449, -0.7287, -1.23671], 7) == ["0.4490", "-0.7287", "-1.2367"]
    assert say_numbers([12.5, 1000.25], 7) == ["12.50", "1000.25"]
    assert say_numbers([1.5, 2.0], 7) == ["1.5", "2.0"]


def test_what_would_look_like_zero_has_an_exponent() -> None:
    assert say_numbers([1.5, 1e-9, 0.0], 7) == ["1.5", "1e-9", "0"]
    assert say_numbers([123456.7, 0.05]) == ["123456.7", "5e-2"]


def test_what_is_not_finite_has_its_own_word() -> None:
    assert say_numbers(["nan", "inf", "-inf", 1.0], 7) == ["NaN", "∞", "-∞", "1"]


def test_complex_numbers_have_both_parts_with_the_same_decimals() -> None:
    numbers = [Complex(re=1.0, im=-2.0), Complex(re=-0.5, im=0.25)]
    assert say_numbers(numbers, 17) == ["1.00-2.00i", "-0.50+0.25i"]


def _scalar(number: Real) -> Tensor:
    nan, inf = int(number == "nan"), int(number in ("inf", "-inf"))
    known = None if isinstance(number, str) else number
    size = None if known is None else abs(known)
    stats = Stats(min=known, max=known, mean=known, std=None, norm=size, nan=nan, inf=inf, zero=0)
    return Tensor(
        shape=[], dtype="float64", requires_grad=True, is_leaf=True, numel=1, values=number, stats=stats, preview=""
    )


def _leaf(value: Tensor) -> Graph:
    made = Builder()
    key = made.node("AccumulateGrad", kind="leaf", names=["x"])
    graph = made.graph(key)
    output = Output(output_nr=0, value=value)
    return graph.model_copy(update={"nodes": [graph.nodes[0].model_copy(update={"outputs": [output]})]})


@pytest.mark.parametrize("number", [1 / 12, 12345.678, -1.25e-7, 0.5, 2.0, 4e-4, 1e6, "nan", "-inf"])
def test_a_number_is_the_same_in_a_picture_a_table_a_sentence_a_formula_and_a_text(number: Real) -> None:
    value, told = _scalar(number), say_number(number)
    picture = draw(_leaf(value), "svg", ViewOptions(), make_engine(), "").content.decode()
    assert f">{told}<" in picture
    cells = grid(value)
    assert cells is not None
    assert cells.slices[0].rows[0][0].text == told
    assert amount(value) == say_tensor(value) == told
    assert f"value {told}\n" in write_tree(_leaf(value))
    literal = ast.Constant(float(number))
    assert write(literal, {}, PLAIN).text == told
    mantissa = write(literal, {}, LATEX).text.partition(r" \times")[0]
    assert mantissa == LATEX_WORDS.get(number, told.partition("e")[0])


def test_a_problem_writes_a_number_as_the_page_does() -> None:
    made = Builder()
    leaf = made.node("AccumulateGrad", kind="leaf", names=["x"])
    log = made.node("LogBackward0", [leaf])
    graph = made.graph(log)
    outputs = [Output(output_nr=0, value=_scalar(value)) for value in (-12345.678, "nan")]
    nodes = [node.model_copy(update={"outputs": [one]}) for node, one in zip(graph.nodes, outputs, strict=True)]
    found = diagnose_graph(graph.model_copy(update={"nodes": nodes}), SourceText("x.log()"))
    assert any("x = -12345.68" in problem.detail for problem in found)


LATEX_WORDS: dict[Real, str] = {"nan": r"\text{NaN}", "-inf": r"-\infty", 1e6: "10^{6}"}


@given(st.floats(width=32) | st.integers(-(10**6), 10**6))
def test_what_pytorch_prints_reads_back(number: float) -> None:
    back = float(torch_number(number))
    assert math.isclose(back, number, rel_tol=1e-3, abs_tol=5e-5) or math.isnan(number)


DRAWN = ("layout", "render/picture", "render/card/draw.py", "render/card/histogram.py")
"""Where numbers are coordinates of a drawing."""
FOR_OTHERS = (
    "render/formats/typst.py",
    "render/formats/dot.py",
    "render/theme.py",
    "web/page/i18n.py",
)
"""Where numbers are written for another program: Graphviz, Typst, CSS."""
BELOW = ("limits.py", "payload.py", "settings.py", "graph/tensors/preview.py")
"""What may not import words, because words are built on it; a preview is what PyTorch prints."""


def test_no_number_is_formatted_elsewhere() -> None:
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        place = path.relative_to(ROOT).as_posix()
        if place.startswith(("words/", "graph/numbers.py", *DRAWN, *FOR_OTHERS, *BELOW)):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FormattedValue) and node.format_spec is not None:
                spec = ast.unparse(node.format_spec)
                if re.search(r"[,%eEfFgGn]\W*$", spec):
                    found.append(f"{place}:{node.lineno} {spec}")
    assert found == []
