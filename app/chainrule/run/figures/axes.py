"""One pair of axes: what a program draws between them is recorded, and nothing is drawn yet."""

from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from chainrule.protocol.figures import NAMES, SERIES, DrawnAxes, DrawnSeries, Numbers
from chainrule.run.figures.numbers import (
    Budget,
    array_of,
    image_of,
    kept_of_a_line,
    kept_of_points,
    names_of,
    numbers,
    pair,
    text_of,
)
from chainrule.run.figures.style import Colours, format_of

_BINS = 200
"""Most bars of a histogram."""
_GROUPS = 10
"""Most groups of points that have colours of their own."""


class Artist:
    """What a call that draws gives back: nothing of it can be changed."""

    def set_label(self, *_: object) -> None:
        """Do nothing."""


class PlottedAxes:
    """Axes with the methods of matplotlib's that draw, and those that change how something looks as far as is drawn.

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

    def plot(self, *args: Any, scalex: bool = True, scaley: bool = True, **options: Any) -> list[Artist]:
        """Draw lines or points: ``plot([x], y, [format], ...)``."""
        pending = list(args)
        drawn = []
        while pending:
            y = pending.pop(0)
            x = None
            if pending and not isinstance(pending[0], str):
                x, y = y, pending.pop(0)
            look = pending.pop(0) if pending and isinstance(pending[0], str) else ""
            drawn += self._lines(x, y, look, options)
        return drawn

    def _lines(self, x: Any, y: Any, look: str, options: dict[str, Any]) -> list[Artist]:
        names = names_of(x)
        heights = array_of(y)
        columns = heights.T if heights.ndim == 2 else [heights.ravel()]
        if names is not None:
            self._said["x_names"] = names
        places = np.arange(len(columns[0]) if len(columns) else 0) if x is None or names is not None else array_of(x)
        labels = options.get("label")
        for number, column in enumerate(columns):
            own = places[:, number] if places.ndim == 2 and places.shape[1] == len(columns) else places
            across, up = pair(own, column)
            kept = kept_of_a_line(up)
            self._budget.cut |= len(kept) < len(up)
            form = format_of(look, options)
            label = labels[number] if isinstance(labels, list | tuple) and number < len(labels) else labels
            self._add(
                "line" if form.joined else "points",
                numbers(across[kept]),
                numbers(up[kept]),
                label=label,
                colour=form.colour,
                dash=form.dash,
                dots=form.dots and form.joined,
            )
        return [Artist() for _ in columns]

    def _add(
        self,
        kind: Literal["line", "points", "bars", "area", "image", "level", "upright", "text"],
        x: Numbers,
        y: Numbers,
        *,
        to_x: Numbers | None = None,
        to_y: Numbers | None = None,
        image: list[Numbers] | None = None,
        label: object = None,
        colour: str | None = None,
        dash: Literal["solid", "dashed", "dotted"] = "solid",
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

    def semilogy(self, *args: Any, **options: Any) -> list[Artist]:
        """Draw lines over a logarithmic y axis."""
        self._said["y_log"] = True
        return self.plot(*args, **options)

    def semilogx(self, *args: Any, **options: Any) -> list[Artist]:
        """Draw lines over a logarithmic x axis."""
        self._said["x_log"] = True
        return self.plot(*args, **options)

    def loglog(self, *args: Any, **options: Any) -> list[Artist]:
        """Draw lines over logarithmic axes."""
        self._said |= {"x_log": True, "y_log": True}
        return self.plot(*args, **options)

    def errorbar(self, x: Any, y: Any, yerr: Any = None, xerr: Any = None, fmt: str = "", **options: Any) -> Artist:
        """Draw a line, with a band of ``yerr`` around it."""
        if yerr is not None:
            wide = np.broadcast_to(array_of(yerr), array_of(y).shape) if np.ndim(yerr) < 2 else None
            if wide is not None:
                self.fill_between(x, array_of(y) - wide, array_of(y) + wide, color=options.get("color"))
        self.plot(x, y, fmt, **options)
        return Artist()

    def step(self, x: Any, y: Any, *args: Any, where: str = "pre", **options: Any) -> list[Artist]:
        """Draw a line of steps."""
        across, up = pair(x, y)
        most, shift = 2 * len(up) - 1, 1 if where == "pre" else 0
        return self.plot(np.repeat(across, 2)[1 - shift :][:most], np.repeat(up, 2)[shift:][:most], *args, **options)

    def scatter(self, x: Any, y: Any, s: Any = None, c: Any = None, **options: Any) -> Artist:
        """Draw points; where ``c`` gives a whole number to each, those of one number have one colour."""
        across, up = pair(x, y)
        kept = kept_of_points(len(up))
        self._budget.cut |= len(kept) < len(up)
        label, groups = options.get("label"), None
        if c is not None and not isinstance(c, str):
            values: Any = np.asarray(c).ravel()
            groups = values[kept] if len(values) == len(up) and len(np.unique(values)) <= _GROUPS else None
        across, up = across[kept], up[kept]
        if groups is None:
            color = c if isinstance(c, str) else options.get("color")
            return self._add("points", numbers(across), numbers(up), label=label, colour=_name(color))
        for value in np.unique(groups):
            chosen = groups == value
            self._add("points", numbers(across[chosen]), numbers(up[chosen]), label=label, colour=f"group {value}")
            label = None
        return Artist()

    def bar(
        self, x: Any, height: Any, width: Any = 0.8, bottom: Any = 0, align: str = "center", **options: Any
    ) -> Artist:
        """Draw bars that stand."""
        left, up, wide, foot = self._bars(x, height, width, bottom, "x_names")
        if align == "center":
            left = left - wide / 2
        return self._boxes(left, foot + up, left + wide, foot, options)

    def barh(
        self, y: Any, width: Any, height: Any = 0.8, left: Any = 0, align: str = "center", **options: Any
    ) -> Artist:
        """Draw bars that lie."""
        low, long, thick, start = self._bars(y, width, height, left, "y_names")
        if align == "center":
            low = low - thick / 2
        return self._boxes(start, low + thick, start + long, low, options)

    def _bars(self, places: Any, sizes: Any, wide: Any, foot: Any, named: str) -> tuple[Any, Any, Any, Any]:
        names = names_of(places)
        size = np.atleast_1d(array_of(sizes))[: NAMES if names is not None else None]
        if names is not None:
            self._said[named] = names
        place = np.arange(float(len(names))) if names is not None else np.atleast_1d(array_of(places))
        place, size = pair(place, np.broadcast_to(size, place.shape))
        return place, size, np.broadcast_to(array_of(wide), place.shape), np.broadcast_to(array_of(foot), place.shape)

    def _boxes(self, left: Any, top: Any, right: Any, foot: Any, options: dict[str, Any]) -> Artist:
        kept = kept_of_points(len(left))
        self._budget.cut |= len(kept) < len(left)
        return self._add(
            "bars",
            numbers(left[kept]),
            numbers(top[kept]),
            to_x=numbers(right[kept]),
            to_y=numbers(foot[kept]),
            label=options.get("label"),
            colour=_name(options.get("color", options.get("facecolor"))),
        )

    def hist(
        self, x: Any, bins: Any = 10, range: Any = None, density: bool = False, **options: Any
    ) -> tuple[Any, Any, Artist]:
        """Draw a histogram, one for each of several rows of numbers."""
        several = isinstance(x, list | tuple) and len(x) and all(np.ndim(part) for part in x)
        if isinstance(bins, int):
            bins = min(bins, _BINS)
        labels = options.pop("label", None)
        counts: Any = []
        edges: Any = np.zeros(0)
        for number, part in enumerate(x if several else [x]):
            values = array_of(part).ravel()
            counts, edges = np.histogram(values[np.isfinite(values)], bins, range, density, options.get("weights"))
            label = labels[number] if isinstance(labels, list | tuple) and number < len(labels) else labels
            self._boxes(edges[:-1], counts, edges[1:], np.zeros(len(counts)), {**options, "label": label})
        return counts, edges, Artist()

    def fill_between(self, x: Any, y1: Any, y2: Any = 0, **options: Any) -> Artist:
        """Draw the area between two lines."""
        across, up = pair(x, np.broadcast_to(array_of(y1), array_of(x).shape))
        foot = np.broadcast_to(array_of(y2), across.shape)
        kept = kept_of_points(len(up))
        self._budget.cut |= len(kept) < len(up)
        return self._add(
            "area",
            numbers(across[kept]),
            numbers(up[kept]),
            to_y=numbers(foot[kept]),
            label=options.get("label"),
            colour=_name(options.get("color")),
        )

    def imshow(
        self,
        X: Any,  # noqa: N803  # matplotlib's name
        *_: Any,
        origin: str = "upper",
        extent: Sequence[float] | None = None,
        aspect: Any = None,
        **__: Any,
    ) -> Artist:
        """Draw numbers in rows and columns as an image."""
        self._said["equal"] = aspect != "auto"
        height, width = np.shape(X)[0], np.shape(X)[1] if np.ndim(X) > 1 else 1
        found = image_of(X)
        low, high = (height - 0.5, -0.5) if origin == "upper" else (-0.5, height - 0.5)
        left, right, bottom, top = extent if extent is not None else (-0.5, width - 0.5, low, high)
        rows = found[::-1] if origin == "upper" else found
        return self._image(rows, [float(left), float(right)], [float(bottom), float(top)])

    matshow = imshow

    def pcolormesh(self, *args: Any, **_: Any) -> Artist:
        """Draw numbers over a mesh as an image: ``pcolormesh([x, y], c)``."""
        found = image_of(args[2] if len(args) > 2 else args[0])
        if len(args) < 3:
            return self._image(found, [0.0, float(found.shape[1])], [0.0, float(found.shape[0])])
        x, y = array_of(args[0]), array_of(args[1])
        return self._image(found, [float(x.min()), float(x.max())], [float(y.min()), float(y.max())])

    pcolor = pcolormesh
    contour = pcolormesh
    contourf = pcolormesh

    def _image(self, rows: Any, x: Numbers, y: Numbers) -> Artist:
        return self._add("image", x, y, image=[numbers(row) for row in rows])

    def axhline(self, y: Any = 0, *_: Any, **options: Any) -> Artist:
        """Draw a line at a height."""
        form = format_of("", options)
        return self._add(
            "level",
            [],
            numbers(array_of(y).ravel()[:1]),
            label=options.get("label"),
            colour=form.colour,
            dash=form.dash,
        )

    def axvline(self, x: Any = 0, *_: Any, **options: Any) -> Artist:
        """Draw a line at a place."""
        form = format_of("", options)
        return self._add(
            "upright",
            numbers(array_of(x).ravel()[:1]),
            [],
            label=options.get("label"),
            colour=form.colour,
            dash=form.dash,
        )

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

    def drawn(self) -> DrawnAxes:
        """Return what was recorded."""
        row, column = self._place
        return DrawnAxes(row=row, column=column, series=list(self._series), **self._said)


def _name(color: object) -> str | None:
    return color if isinstance(color, str) else None


def _limits(low: Any, high: Any) -> tuple[float, float] | None:
    if high is None and low is not None and np.ndim(low) == 1:
        low, high = low
    if low is None or high is None:
        return None
    ends = numbers(array_of([low, high]))
    return None if ends[0] is None or ends[1] is None or ends[0] == ends[1] else (ends[0], ends[1])
