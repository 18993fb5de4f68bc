"""Figures that a child sends are checked like all else: nothing of them is trusted."""

import pytest
from chainrule.limits import Limits
from chainrule.protocol.figures import (
    ALL_POINTS,
    AXES,
    COLOURS,
    FIGURES,
    NAMES,
    POINTS,
    SERIES,
    SIDE,
    TEXT,
    DrawnAxes,
    DrawnFigure,
    DrawnSeries,
)
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.record import join_record, write_record
from chainrule.protocol.trust import AnswerInvalidError, read_answer

PROGRAM = Program("x = 1\ny = 2")


def sent(*figures: DrawnFigure) -> list[DrawnFigure]:
    return read_answer(write_record(ExecutionAnswer(figures=list(figures))), PROGRAM, Limits()).figures


def with_series(*series: DrawnSeries) -> DrawnFigure:
    return DrawnFigure(axes=[DrawnAxes(series=list(series))])


GOOD = [
    DrawnFigure(title="a", line=2, axes=[DrawnAxes(row=1, column=2, x_limits=(0.0, 1.0), x_names=["a"])]),
    with_series(DrawnSeries(kind="line", x=[1.0, None], y=[2.0, 3.0], label="a" * TEXT)),
    with_series(DrawnSeries(kind="image", x=[0.0, 1.0], y=[0.0, 1.0], image=[[1.0, None], [2.0, 3.0]])),
    with_series(DrawnSeries(kind="bars", x=[0.0], y=[1.0], to_x=[1.0], to_y=[0.0]), DrawnSeries(kind="level", y=[1.0])),
]


@pytest.mark.parametrize("figure", GOOD)
def test_a_figure_comes_as_it_was_sent(figure: DrawnFigure) -> None:
    assert sent(figure) == [figure]


LINE = DrawnSeries(kind="line", x=[1.0], y=[1.0])
BAD = {
    "line": [DrawnFigure(line=3)],
    "title": [DrawnFigure(title="a" * (TEXT + 1))],
    "figures": [DrawnFigure()] * (FIGURES + 1),
    "axes": [DrawnFigure(axes=[DrawnAxes()] * (AXES + 1))],
    "row": [DrawnFigure(axes=[DrawnAxes(row=10**9)])],
    "column": [DrawnFigure(axes=[DrawnAxes(column=-1)])],
    "series": [with_series(*[LINE] * (SERIES + 1))],
    "names": [DrawnFigure(axes=[DrawnAxes(y_names=["a"] * (NAMES + 1))])],
    "a long name": [DrawnFigure(axes=[DrawnAxes(x_names=["a" * (TEXT + 1)])])],
    "limits": [DrawnFigure(axes=[DrawnAxes(x_limits=(0.0, 1e300))])],
    "points": [with_series(DrawnSeries(kind="line", x=[1.0] * (POINTS + 1), y=[1.0] * (POINTS + 1)))],
    "all points": [
        DrawnFigure(axes=[DrawnAxes(series=[DrawnSeries(kind="line", x=[1.0] * POINTS, y=[1.0] * POINTS)] * 11)])
        for _ in range(2)
    ],
    "lengths": [with_series(DrawnSeries(kind="points", x=[1.0], y=[1.0, 2.0]))],
    "bars": [with_series(DrawnSeries(kind="bars", x=[1.0], y=[1.0], to_x=[2.0]))],
    "foot": [with_series(DrawnSeries(kind="area", x=[1.0, 2.0], y=[1.0, 2.0], to_y=[0.0]))],
    "label": [with_series(LINE.model_copy(update={"label": "a" * (TEXT + 2)}))],
    "colour": [with_series(LINE.model_copy(update={"colour": COLOURS}))],
    "no colour": [with_series(LINE.model_copy(update={"colour": -1}))],
    "number": [with_series(DrawnSeries(kind="line", x=[1e200], y=[1.0]))],
    "no image": [with_series(DrawnSeries(kind="image", x=[0.0, 1.0], y=[0.0, 1.0]))],
    "no ends": [with_series(DrawnSeries(kind="image", image=[[1.0]]))],
    "a missing end": [with_series(DrawnSeries(kind="image", x=[0.0, None], y=[0.0, 1.0], image=[[1.0]]))],
    "rows": [with_series(DrawnSeries(kind="image", x=[0.0, 1.0], y=[0.0, 1.0], image=[[1.0]] * (SIDE + 1)))],
    "columns": [with_series(DrawnSeries(kind="image", x=[0.0, 1.0], y=[0.0, 1.0], image=[[1.0] * (SIDE + 1)]))],
    "uneven": [with_series(DrawnSeries(kind="image", x=[0.0, 1.0], y=[0.0, 1.0], image=[[1.0], [1.0, 2.0]]))],
    "empty": [with_series(DrawnSeries(kind="image", x=[0.0, 1.0], y=[0.0, 1.0], image=[[]]))],
}


def test_there_is_room_for_as_many_points_as_are_told() -> None:
    full = DrawnSeries(kind="line", x=[1.0] * POINTS, y=[1.0] * POINTS)
    assert len(sent(with_series(*[full] * (ALL_POINTS // POINTS)))) == 1


@pytest.mark.parametrize("figures", BAD.values(), ids=BAD)
def test_what_our_own_worker_would_not_send_is_refused(figures: list[DrawnFigure]) -> None:
    with pytest.raises(AnswerInvalidError):
        sent(*figures)


@pytest.mark.parametrize(
    "given", [b'{"figures":[{"axes":[{"series":[{"kind":"script"}]}]}]}', b'{"figures":[{"more":1}]}']
)
def test_what_has_no_place_in_the_schema_is_refused(given: bytes) -> None:
    with pytest.raises(AnswerInvalidError):
        read_answer(join_record(given), PROGRAM, Limits())
