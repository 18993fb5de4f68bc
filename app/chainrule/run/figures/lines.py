"""Lines, points and areas."""

from typing import Any

import numpy as np

from chainrule.run.figures.numbers import array_of, kept_of_a_line, names_of, numbers, pair
from chainrule.run.figures.recorder import Artist, AxesRecorder
from chainrule.run.figures.style import format_of, name_of

_GROUPS = 10
"""Most groups of points that have colours of their own."""


class LineAxes(AxesRecorder):
    """Axes with the methods of matplotlib's that draw lines, points and areas."""

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
        kept = self._kept(len(up))
        label, groups = options.get("label"), None
        if c is not None and not isinstance(c, str):
            values: Any = np.asarray(c).ravel()
            groups = values[kept] if len(values) == len(up) and len(np.unique(values)) <= _GROUPS else None
        across, up = across[kept], up[kept]
        if groups is None:
            color = c if isinstance(c, str) else options.get("color")
            return self._add("points", numbers(across), numbers(up), label=label, colour=name_of(color))
        for value in np.unique(groups):
            chosen = groups == value
            self._add("points", numbers(across[chosen]), numbers(up[chosen]), label=label, colour=f"group {value}")
            label = None
        return Artist()

    def fill_between(self, x: Any, y1: Any, y2: Any = 0, **options: Any) -> Artist:
        """Draw the area between two lines."""
        across, up = pair(x, np.broadcast_to(array_of(y1), array_of(x).shape))
        foot = np.broadcast_to(array_of(y2), across.shape)
        kept = self._kept(len(up))
        return self._add(
            "area",
            numbers(across[kept]),
            numbers(up[kept]),
            to_y=numbers(foot[kept]),
            label=options.get("label"),
            colour=name_of(options.get("color")),
        )

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
