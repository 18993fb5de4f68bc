"""Figures: axes in rows and columns."""

from typing import Any

import numpy as np

from chainrule.protocol.figures import AXES, DrawnFigure
from chainrule.run.console import current_line
from chainrule.run.figures.axes import PlottedAxes
from chainrule.run.figures.numbers import Budget, text_of


class PlottedFigure:
    """A figure with the methods of matplotlib's that programs use.

    Args:
        budget: how much may be drawn.
    """

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._line = current_line()
        self.clear()

    def clear(self, *_: Any) -> None:
        """Forget all axes."""
        self._axes: dict[tuple[int, int, int], PlottedAxes] = {}
        self._title = ""
        self._current: PlottedAxes | None = None

    clf = clear

    def add_subplot(self, *place: Any, projection: str | None = None, **_: Any) -> PlottedAxes:
        """Return axes: ``(rows, columns, number)``, also as one number of three digits.

        Raises:
            ValueError: they would not be flat.
        """
        if projection not in (None, "rectilinear"):
            raise ValueError(f"axes are flat here: there is no projection {text_of(projection)!r}")
        if len(place) == 1 and isinstance(place[0], int) and 111 <= place[0] <= 999:
            place = tuple(int(digit) for digit in str(place[0]))
        rows, columns, number = (*place, 1, 1, 1)[:3] if len(place) < 3 else place[:3]
        first = int(number[0] if isinstance(number, tuple) else number)
        if not (1 <= first <= int(rows) * int(columns)):
            raise ValueError(f"num must be an integer with 1 <= num <= {int(rows) * int(columns)}, not {first}")
        key = (int(rows), int(columns), first)
        if key not in self._axes:
            self._budget.cut |= len(self._axes) >= AXES
            made = PlottedAxes(self._budget, (first - 1) // int(columns), (first - 1) % int(columns))
            if len(self._axes) >= AXES:
                return made
            self._axes[key] = made
        self._current = self._axes[key]
        return self._current

    def subplots(self, nrows: int = 1, ncols: int = 1, *, squeeze: bool = True, **_: Any) -> Any:
        """Return axes in rows and columns, as matplotlib does: one, or an array of them.

        Raises:
            ValueError: there are none, or far more than are shown.
        """
        if nrows < 1 or ncols < 1 or nrows * ncols > 40 * AXES:
            raise ValueError("Number of rows and columns must be positive, and few")
        made = np.empty((nrows, ncols), dtype=object)
        for row in range(nrows):
            for column in range(ncols):
                made[row, column] = self.add_subplot(nrows, ncols, row * ncols + column + 1)
        if not squeeze:
            return made
        return made[0, 0] if made.size == 1 else made.squeeze()

    def gca(self, **_: Any) -> PlottedAxes:
        """Return the axes that were used last."""
        return self._current if self._current is not None else self.add_subplot(1, 1, 1)

    def use(self, axes: PlottedAxes) -> None:
        """Draw between these axes from now on."""
        self._current = axes

    def suptitle(self, t: object, *_: Any, **__: Any) -> None:
        """Set what stands above all axes."""
        self._title = text_of(t)

    def savefig(self, *_: Any, **__: Any) -> None:
        """Do nothing: the figure is shown anyway."""

    tight_layout = subplots_adjust = colorbar = set_size_inches = show = legend = autofmt_xdate = savefig

    def drawn(self) -> DrawnFigure | None:
        """Return what was recorded; None where that is nothing."""
        axes = [axes.drawn() for axes in self._axes.values()]
        if not any(one.series for one in axes):
            return None
        return DrawnFigure(title=self._title, line=self._line, axes=axes)
