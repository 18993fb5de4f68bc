"""Bars, histograms and images."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from chainrule.protocol.figures import NAMES, Numbers
from chainrule.run.figures.numbers import array_of, image_of, names_of, numbers, pair
from chainrule.run.figures.recorder import Artist, AxesRecorder
from chainrule.run.figures.style import name_of

_BINS = 200
"""Most bars of a histogram."""


class ShapeAxes(AxesRecorder):
    """Axes with the methods of matplotlib's that draw bars and images."""

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
        kept = self._kept(len(left))
        return self._add(
            "bars",
            numbers(left[kept]),
            numbers(top[kept]),
            to_x=numbers(right[kept]),
            to_y=numbers(foot[kept]),
            label=options.get("label"),
            colour=name_of(options.get("color", options.get("facecolor"))),
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
