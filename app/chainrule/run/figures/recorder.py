"""What is recorded of one pair of axes, and how much of it may be."""

from typing import Any

import numpy.typing as npt

from chainrule.protocol.figures import SERIES, Dash, DrawnAxes, DrawnSeries, Numbers, SeriesKind
from chainrule.run.figures.numbers import Budget, kept_of_points, text_of
from chainrule.run.figures.style import Colours


class Artist:
    """What a call that draws gives back: nothing of it can be changed."""

    def set_label(self, *_: object) -> None:
        """Do nothing."""


class AxesRecorder:
    """Records what is drawn between a pair of axes, and what is said of them.

    Args:
        budget: how much may be drawn.
        row: where they stand in their figure.
        column: likewise.
    """

    def __init__(self, budget: Budget, row: int = 0, column: int = 0) -> None:
        self._budget = budget
        self._place = row, column
        self.clear()

    def clear(self) -> None:
        """Forget what was drawn."""
        self._colours = Colours()
        self._series: list[DrawnSeries] = []
        self._said: dict[str, Any] = {}

    cla = clear

    def _kept(self, count: int) -> npt.NDArray[Any]:
        """Return which of so many points are drawn, and note where that is not all."""
        kept = kept_of_points(count)
        self._budget.cut |= len(kept) < count
        return kept

    def _add(
        self,
        kind: SeriesKind,
        x: Numbers,
        y: Numbers,
        *,
        to_x: Numbers | None = None,
        to_y: Numbers | None = None,
        image: list[Numbers] | None = None,
        label: object = None,
        colour: str | None = None,
        dash: Dash = "solid",
        dots: bool = False,
    ) -> Artist:
        cells = sum(map(len, image or ()))
        if len(self._series) >= SERIES:
            self._budget.cut = True
        elif self._budget.take(max(len(x), len(y), 1) + cells):
            hidden = label is None or str(label).startswith("_")
            self._series.append(
                DrawnSeries(
                    kind=kind,
                    x=x,
                    y=y,
                    to_x=to_x or [],
                    to_y=to_y or [],
                    image=image or [],
                    label="" if hidden else text_of(label),
                    colour=self._colours.colour(colour),
                    dash=dash,
                    dots=dots,
                )
            )
        return Artist()

    def drawn(self) -> DrawnAxes:
        """Return what was recorded."""
        row, column = self._place
        return DrawnAxes(row=row, column=column, series=list(self._series), **self._said)
