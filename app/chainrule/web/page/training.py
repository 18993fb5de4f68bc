"""What the page shows of a training loop: the loss as a curve, and a row for each parameter with small charts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from chainrule.graph.data import Real
from chainrule.graph.index import GraphIndex
from chainrule.graph.training.measures import Column, LeafMeasures, Measures, losses, measure
from chainrule.graph.training.moment import Moment
from chainrule.graph.training.series import Series, list_series
from chainrule.graph.training.thinning import thinned
from chainrule.words.nodes import name_of
from chainrule.words.numbers import say_number
from chainrule.words.shapes import say_shape

MOST_ROWS = 300
"""Parameters that the table lists."""
_SPARK_POINTS = 80
SPARK_WIDTH, SPARK_HEIGHT = 100.0, 24.0
"""Size of a small chart, in its own units."""
_LOG_FROM = 30.0
"""How many times as large as the smallest the largest number is where a chart's scale is logarithmic."""


@dataclass(frozen=True, slots=True)
class Spark:
    """A small chart: lines through the finite numbers, and where there are none."""

    lines: tuple[str, ...]
    """The points of each unbroken stretch, as SVG has them."""
    bad: tuple[float, ...]
    """Where NaN or an infinity is [of the width]."""
    here: float | None
    """Where the pass that is shown is [of the width]."""


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """A measure of one parameter."""

    text: str
    """At the pass that is shown."""
    sort: float
    low: str
    high: str
    """The ends of its range over the whole series."""
    spark: Spark


@dataclass(frozen=True, slots=True)
class Remark:
    """What stands out of a parameter, and the pass where it begins."""

    kind: str
    """"not-finite", "vanishes", "explodes", "clipped" or "no-optimizer"."""
    pass_index: int | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class ParameterRow:
    """One parameter."""

    node: str | None
    """What it is called in the picture; None where the picture does not have it."""
    name: str
    shape: str
    value: MeasureShown
    gradient: MeasureShown
    update: MeasureShown
    optimizer: str
    remarks: tuple[Remark, ...]


@dataclass(frozen=True, slots=True)
class Training:
    """A training loop, in one of its passes."""

    moment: Moment = field(repr=False)
    series: tuple[Series, ...]
    """Each loop or loss of the program."""
    index: GraphIndex = field(repr=False)
    """Of the whole graph."""
    loss: Column = ()
    """Of the series that is shown; nothing where the pass is in none."""

    @property
    def measures(self) -> Measures | None:
        """Return what is measured of the series that is shown, which takes longer than its loss alone."""
        series = self.moment.series
        return None if series is None else measure(self.index, series)

    @property
    def place(self) -> int | None:
        """Return the place of the pass in its series."""
        series = self.moment.series
        return None if series is None or self.moment.pass_index is None else series.passes.index(self.moment.pass_index)

    def rows(self) -> tuple[ParameterRow, ...]:
        """Return the table."""
        measures = self.measures
        return () if measures is None else tuple(self._row(leaf) for leaf in measures.leaves[:MOST_ROWS])

    @property
    def left_out(self) -> int:
        """Return how many parameters the table does not list."""
        measures = self.measures
        return 0 if measures is None else max(0, len(measures.leaves) - MOST_ROWS)

    def rates(self) -> tuple[tuple[str, MeasureShown], ...]:
        """Return the learning rate of each optimizer."""
        measures = self.measures
        rates = () if measures is None else measures.rates
        return tuple((one.name or one.type, self._cell(column)) for one, column in rates)

    def pass_at(self, place: int) -> int | None:
        """Return the number of the pass at a place of the series."""
        series = self.moment.series
        return None if series is None or not 0 <= place < len(series.passes) else series.passes[place]

    def overview(self) -> dict[str, Any]:
        """Return what the page's scripts draw: every series, and the passes and the loss of the one that is shown."""
        found: dict[str, Any] = {
            "list": [
                {
                    "number": one.number,
                    "name": one.name,
                    "line": one.span.line if one.span else None,
                    "count": len(one.passes),
                    "last": one.passes[-1],
                }
                for one in self.series
            ],
            "shown": None,
        }
        series, loss = self.moment.series, self.loss
        if series is not None:
            finite = [number for number in loss if isinstance(number, float)]
            found |= {
                "shown": series.number,
                "passes": list(series.passes),
                "axes": list(series.axes),
                "places": [list(place) for place in series.places],
                "curve": [[place, loss[place]] for place in thinned(loss)],
                "low": say_number(min(finite)) if finite else "",
                "high": say_number(max(finite)) if finite else "",
            }
        return found

    def now(self) -> dict[str, Any] | None:
        """Return where in its series the pass is, and its loss in words."""
        place = self.place
        if place is None:
            return None
        return {"place": place, "pass": self.moment.pass_index, "loss": _said(self.loss[place])}

    def _row(self, leaf: LeafMeasures) -> ParameterRow:
        value = leaf.node.outputs[0].value if leaf.node.outputs else None
        return ParameterRow(
            node=self.moment.ids.get(leaf.node.id),
            name=name_of(leaf.node),
            shape="" if value is None else say_shape(value.shape),
            value=self._cell(leaf.value),
            gradient=self._cell(leaf.gradient),
            update=self._cell(leaf.update),
            optimizer="" if leaf.optimizer is None else leaf.optimizer.name or leaf.optimizer.type,
            remarks=tuple(self._remarks(leaf)),
        )

    def _remarks(self, leaf: LeafMeasures) -> list[Remark]:
        found: list[Remark] = []
        if leaf.first_not_finite is not None:
            found.append(Remark("not-finite", leaf.first_not_finite))
        for kind, place in (("vanishes", leaf.vanishes), ("explodes", leaf.explodes)):
            if place is not None:
                found.append(Remark(kind, self.pass_at(place)))
        if leaf.clipped:
            found.append(Remark("clipped", leaf.clipped[0], len(leaf.clipped)))
        if leaf.optimizer is None and self.moment.graph.optimizers:
            found.append(Remark("no-optimizer"))
        return found

    def _cell(self, column: Column) -> MeasureShown:
        place = self.place
        here = None if place is None else column[place]
        finite = [number for number in column if isinstance(number, float)]
        return MeasureShown(
            text=_said(here),
            sort=here if isinstance(here, float) else math.inf if isinstance(here, str) else -1.0,
            low=say_number(min(finite)) if finite else "",
            high=say_number(max(finite)) if finite else "",
            spark=spark(column, place),
        )


def training_of(index: GraphIndex, moment: Moment) -> Training | None:
    """Return what the page shows of a program's training; None where it has no loop of passes.

    Args:
        index: of the whole graph.
        moment: the pass that is shown.
    """
    series = list_series(index)
    if not series:
        return None
    return Training(moment, series, index, () if moment.series is None else losses(index, moment.series))


def _said(number: Real | None) -> str:
    return "–" if number is None else say_number(number)


def spark(column: Sequence[Real | None], place: int | None) -> Spark:
    """Return a small chart of a column.

    Args:
        column: a number for each pass.
        place: that of the pass that is shown.
    """
    finite = [number for number in column if isinstance(number, float)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    is_log = low > 0 and high / low >= _LOG_FROM
    if is_log:
        low, high = math.log10(low), math.log10(high)
    width = max(1, len(column) - 1)

    def across(at: int) -> float:
        return round(SPARK_WIDTH * at / width, 2)

    def up(number: float) -> float:
        size = math.log10(number) if is_log else number
        part = (size - low) / (high - low) if high > low else 0.5
        return round(SPARK_HEIGHT - 2 - (SPARK_HEIGHT - 4) * part, 2)

    lines: list[list[str]] = [[]]
    bad: list[float] = []
    for at in thinned(column, _SPARK_POINTS):
        number = column[at]
        if isinstance(number, float):
            lines[-1].append(f"{across(at)},{up(number)}")
        elif isinstance(number, str):
            bad.append(across(at))
            if lines[-1]:
                lines.append([])
    drawn = tuple(" ".join(points if len(points) > 1 else points * 2) for points in lines if points)
    return Spark(drawn, tuple(bad), None if place is None else across(place))
