"""One pair of axes: what a program draws between them is recorded, and nothing is drawn yet."""

from typing import Any

import numpy as np

from chainrule.protocol.figures import NAMES
from chainrule.run.figures.lines import LineAxes
from chainrule.run.figures.numbers import array_of, numbers, text_of
from chainrule.run.figures.recorder import Artist
from chainrule.run.figures.shapes import ShapeAxes


class PlottedAxes(LineAxes, ShapeAxes):
    """Axes with the methods of matplotlib's that draw, and those that change how something looks as far as is drawn."""

    def text(self, x: Any, y: Any, s: object, *_: Any, **__: Any) -> Artist:
        """Write a text at a point."""
        return self._add(
            "text", numbers(array_of(x).ravel()[:1]), numbers(array_of(y).ravel()[:1]), label=f" {s}", colour="k"
        )

    def annotate(self, text: object, xy: Any, xytext: Any = None, *_: Any, **__: Any) -> Artist:
        """Write a text at a point."""
        place = xy if xytext is None else xytext
        return self.text(place[0], place[1], text)

    def set_title(self, label: object, *_: Any, **__: Any) -> None:
        """Set what stands above."""
        self._said["title"] = text_of(label)

    def set_xlabel(self, xlabel: object, *_: Any, **__: Any) -> None:
        """Set what stands below."""
        self._said["x_label"] = text_of(xlabel)

    def set_ylabel(self, ylabel: object, *_: Any, **__: Any) -> None:
        """Set what stands on the left."""
        self._said["y_label"] = text_of(ylabel)

    def set_xscale(self, value: str, **_: Any) -> None:
        """Set whether the x axis is logarithmic."""
        self._said["x_log"] = value in ("log", "symlog")

    def set_yscale(self, value: str, **_: Any) -> None:
        """Set whether the y axis is logarithmic."""
        self._said["y_log"] = value in ("log", "symlog")

    def set_xlim(self, left: Any = None, right: Any = None, **_: Any) -> None:
        """Set from where to where the x axis goes."""
        self._said["x_limits"] = _limits(left, right)

    def set_ylim(self, bottom: Any = None, top: Any = None, **_: Any) -> None:
        """Set from where to where the y axis goes."""
        self._said["y_limits"] = _limits(bottom, top)

    def set_xticks(self, ticks: Any = (), labels: Any = None, **_: Any) -> None:
        """Set names along the x axis, where there is one for each whole number from 0 on."""
        self._names("x_names", ticks, labels)

    def set_yticks(self, ticks: Any = (), labels: Any = None, **_: Any) -> None:
        """Set names along the y axis, where there is one for each whole number from 0 on."""
        self._names("y_names", ticks, labels)

    def _names(self, key: str, ticks: Any, labels: Any) -> None:
        if labels is not None and np.array_equal(array_of(ticks), np.arange(len(labels))):
            self._said[key] = [text_of(label) for label in list(labels)[:NAMES]]

    def set(self, **said: Any) -> None:
        """Set several at once."""
        for name, change in (
            ("title", self.set_title),
            ("xlabel", self.set_xlabel),
            ("ylabel", self.set_ylabel),
            ("xscale", self.set_xscale),
            ("yscale", self.set_yscale),
        ):
            if name in said:
                change(said[name])
        for name, limit in (("xlim", self.set_xlim), ("ylim", self.set_ylim)):
            if name in said:
                limit(*said[name])

    def legend(self, *args: Any, **options: Any) -> Artist:
        """Show what was called something; names that are given go to what was drawn, in order."""
        self._said["legend"] = True
        given = args[-1] if args else options.get("labels")
        if isinstance(given, list | tuple) and given and all(isinstance(name, str) for name in given):
            for place, name in enumerate(given[: len(self._series)]):
                self._series[place] = self._series[place].model_copy(update={"label": text_of(name)})
        return Artist()

    def grid(self, visible: Any = True, *_: Any, **__: Any) -> None:
        """Show a grid, or hide it."""
        self._said["grid"] = visible is not False

    def axis(self, arg: Any = None, *_: Any, **__: Any) -> None:
        """Leave the axes out (``"off"``), or set where they go from and to."""
        if isinstance(arg, str):
            self._said["off"] = arg == "off"
            self._said["equal"] = arg in ("equal", "image", "square")
        elif isinstance(arg, bool):
            self._said["off"] = not arg
        elif arg is not None:
            self.set_xlim(arg[0], arg[1])
            self.set_ylim(arg[2], arg[3])

    def set_axis_off(self) -> None:
        """Leave the axes out."""
        self._said["off"] = True

    def twinx(self) -> "PlottedAxes":
        """Return the axes themselves: there is one scale."""
        return self

    def tick_params(self, *_: Any, **__: Any) -> None:
        """Do nothing."""

    set_aspect = set_facecolor = set_xticklabels = set_yticklabels = margins = tick_params
    autoscale = relim = autoscale_view = invert_yaxis = invert_xaxis = set_axisbelow = label_outer = tick_params


def _limits(low: Any, high: Any) -> tuple[float, float] | None:
    if high is None and low is not None and np.ndim(low) == 1:
        low, high = low
    if low is None or high is None:
        return None
    ends = numbers(array_of([low, high]))
    return None if ends[0] is None or ends[1] is None or ends[0] == ends[1] else (ends[0], ends[1])
