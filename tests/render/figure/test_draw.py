"""Figures as SVG: whole for whatever is drawn, and nothing of a program is markup."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from chainrule.protocol.figures import LARGEST, DrawnAxes, DrawnFigure, DrawnSeries
from chainrule.render.figure.draw import draw_figure
from chainrule.render.figure.scale import AxisScale, fitted

from tests.render.hostile import STRINGS

SVG = "{http://www.w3.org/2000/svg}"
KINDS = ["line", "points", "bars", "area", "image", "level", "upright", "text"]


def parsed(axes: DrawnAxes, title: str = "") -> ElementTree.Element:
    text = draw_figure(DrawnFigure(title=title, axes=[axes]))
    assert "nan" not in text
    assert "inf" not in text.replace("info", "")
    return ElementTree.fromstring(text.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1))


def series(kind: str, numbers: list[float | None], **more: object) -> DrawnSeries:
    given: dict[str, object] = {"kind": kind, "x": numbers, "y": numbers}
    if kind == "image":
        given |= {"x": [0.0, 1.0], "y": [1.0, 0.0], "image": [numbers, numbers]}
    if kind == "bars":
        given |= {"to_x": [None if n is None else n + 1 for n in numbers], "to_y": [0.0] * len(numbers)}
    return DrawnSeries.model_validate(given | more)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    "numbers",
    [
        [1.0, 2.0, 3.0],
        [],
        [0.0],
        [None],
        [5.0, 5.0],
        [None, 1.0, None, 2.0],
        [-LARGEST, LARGEST],
        [1e-300, 5e-324],
        [1.0, 1.0 + 2**-52],
        [-1.0, 0.0],
    ],
)
@pytest.mark.parametrize("log", [False, True])
def test_whatever_is_drawn_is_drawn_whole(kind: str, numbers: list[float | None], log: bool) -> None:
    if kind == "image" and not numbers:
        numbers = [None]
    axes = DrawnAxes(
        series=[series(kind, numbers, label="a")], x_log=log, y_log=log, legend=True, grid=True, equal=not log
    )
    parsed(axes)


@pytest.mark.parametrize("text", STRINGS)
def test_no_text_of_a_program_is_markup(text: str) -> None:
    text = text[:200]
    axes = DrawnAxes(
        title=text,
        x_label=text,
        y_label=text,
        x_names=[text],
        legend=True,
        series=[series("line", [1.0, 2.0], label=text), series("text", [1.0], label=text)],
    )
    told = draw_figure(DrawnFigure(title=text, axes=[axes]))
    names = set(re.findall(r"<(/?\w+)", told))
    assert names <= {f"{slash}{name}" for slash in ("", "/") for name in ("svg", "g", "text", "path", "rect")}
    assert "<script" not in told


def test_a_line_goes_from_the_left_below_to_the_right_above() -> None:
    picture = parsed(DrawnAxes(series=[series("line", [0.0, 10.0])], x_limits=(0, 10), y_limits=(0, 10)))
    (line,) = [path for path in picture.iter(f"{SVG}path") if path.get("class") == "c0 line"]
    start, end = re.findall(r"[ML]([\d.-]+) ([\d.-]+)", line.get("d") or "")
    assert float(start[0]) == 0
    assert float(end[1]) == 0
    assert float(end[0]) > 100
    assert float(start[1]) > 100


def test_a_line_is_broken_where_a_number_is_missing() -> None:
    picture = parsed(DrawnAxes(series=[series("line", [1.0, None, 2.0])]))
    (line,) = [path for path in picture.iter(f"{SVG}path") if path.get("class") == "c0 line"]
    assert (line.get("d") or "").count("M") == 2


def test_words_stand_where_the_program_put_them() -> None:
    axes = DrawnAxes(title="T", x_label="X", y_label="Y", legend=True, series=[series("line", [1.0, 2.0], label="L")])
    words = {text.text for text in parsed(axes, "H").iter(f"{SVG}text")}
    assert {"T", "X", "Y", "L", "H"} <= words


def test_axes_that_are_off_have_no_numbers() -> None:
    assert list(parsed(DrawnAxes(off=True, series=[series("line", [1.0, 2.0])])).iter(f"{SVG}text")) == []


@pytest.mark.parametrize(
    "span", [(0.0, 1.0), (-3.0, 17.0), (1e-9, 2e-9), (1e9, 1e9 + 5), (-LARGEST, LARGEST), (0.1, 0.3)]
)
def test_the_numbers_of_an_axis_are_few_and_lie_on_it(span: tuple[float, float]) -> None:
    axis = AxisScale(*span, 0.0, 300.0)
    ticks = axis.ticks()
    assert 2 <= len(ticks) <= 12
    room = 1e-9 * (span[1] - span[0])
    assert all(span[0] - room <= tick <= span[1] + room for tick in ticks)


def test_a_logarithmic_axis_has_powers_of_ten() -> None:
    axis = fitted([1.0, 1000.0, -5.0, 0.0], None, (0.0, 300.0), log=True)
    assert axis.ticks() == [1, 10, 100, 1000]
    assert axis.place(-1.0) is None
    places = [axis.place(10.0**power) or 0.0 for power in range(4)]
    steps = [b - a for a, b in pairwise(places)]
    assert all(math.isclose(step, steps[0]) for step in steps)
