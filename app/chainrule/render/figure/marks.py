"""What is drawn between a pair of axes, as elements of an SVG."""

from collections.abc import Iterator

from chainrule.layout.measure.text import shorten
from chainrule.protocol.figures import DrawnSeries, Numbers
from chainrule.render.figure.scale import AxisScale
from chainrule.render.picture.elements import escape, pixels

LEVELS = 10
"""How many tones an image has."""
_DOT = 2.6
"""Radius of a point [px]."""
_DASHES = {"solid": "", "dashed": ' stroke-dasharray="6 4"', "dotted": ' stroke-dasharray="1.5 3.5"'}


def draw_series(series: DrawnSeries, across: AxisScale, up: AxisScale) -> str:
    """Return one line, cloud of points, set of bars, area, image or text."""
    return "".join(_DRAWN[series.kind](series, across, up))


def sample(series: DrawnSeries, x: float, y: float) -> str:
    """Return what stands for it in the legend, 18 pixels wide, at the height of a line of text."""
    if series.kind == "points":
        return f'<path class="{_paint(series)} dots" d="{_dot(x + 9, y - 4)}"/>'
    if series.kind in ("bars", "area", "image"):
        return (
            f'<rect class="{_paint(series)} {series.kind}" x="{pixels(x)}" y="{pixels(y - 9)}" width="18" height="9"/>'
        )
    return f'<path class="{_paint(series)} line"{_DASHES[series.dash]} d="M{pixels(x)} {pixels(y - 4)}h18"/>'


def _paint(series: DrawnSeries) -> str:
    return f"c{series.colour}"


def _points(x: Numbers, y: Numbers, across: AxisScale, up: AxisScale) -> list[tuple[float, float] | None]:
    places = zip((across.place(n) for n in x), (up.place(n) for n in y), strict=True)
    return [None if one is None or other is None else (one, other) for one, other in places]


def _path(points: list[tuple[float, float] | None]) -> str:
    """Return a line through points, broken where one is missing."""
    parts, pen = [], "M"
    for point in points:
        if point is None:
            pen = "M"
            continue
        parts.append(f"{pen}{pixels(point[0])} {pixels(point[1])}")
        pen = "L"
    return "".join(parts)


def _dot(x: float, y: float) -> str:
    return f"M{pixels(x - _DOT)} {pixels(y)}a{_DOT} {_DOT} 0 1 0 {2 * _DOT} 0a{_DOT} {_DOT} 0 1 0 -{2 * _DOT} 0z"


def _line(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    points = _points(series.x, series.y, across, up)
    yield f'<path class="{_paint(series)} line"{_DASHES[series.dash]} d="{_path(points)}"/>'
    alone = [point for point in points if point is not None]
    if series.dots or len(alone) == 1:
        yield f'<path class="{_paint(series)} dots" d="{"".join(_dot(*point) for point in alone)}"/>'


def _cloud(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    points = _points(series.x, series.y, across, up)
    yield f'<path class="{_paint(series)} dots" d="{"".join(_dot(*point) for point in points if point is not None)}"/>'


def _bars(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    foot = [0.0 if n is None else n for n in series.to_y]
    lowest = up.start if up.log else None
    parts = []
    for x, to_x, y, base in zip(series.x, series.to_x, series.y, foot, strict=True):
        left, right, top = across.place(x), across.place(to_x), up.place(y)
        bottom = lowest if lowest is not None and base <= 0 else up.place(base)
        if left is None or right is None or top is None or bottom is None:
            continue
        parts.append(f"M{pixels(left)} {pixels(bottom)}V{pixels(top)}H{pixels(right)}V{pixels(bottom)}z")
    yield f'<path class="{_paint(series)} bars" d="{"".join(parts)}"/>'


def _area(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    over = _points(series.x, series.y, across, up)
    under = _points(series.x, series.to_y or [0.0] * len(series.x), across, up)
    whole = [
        (a, b) for a, b in zip(over, under, strict=True) if a is not None and b is not None
    ]  # what is missing is passed over
    there, back = [a for a, _ in whole], [b for _, b in reversed(whole)]
    if whole:
        yield f'<path class="{_paint(series)} area" d="{_path([*there, *back])}z"/>'


def _image(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    numbers = [number for row in series.image for number in row if number is not None]
    left, right = across.place(series.x[0]), across.place(series.x[1])
    bottom, top = up.place(series.y[0]), up.place(series.y[1])
    if not numbers or left is None or right is None or bottom is None or top is None:
        return
    low, high = min(numbers), max(numbers)
    tones: dict[int, list[str]] = {}
    height, width = (top - bottom) / len(series.image), (right - left) / len(series.image[0])
    for row, cells in enumerate(series.image):
        start, length, before = 0, 0, None
        for column, number in enumerate([*cells, None]):
            tone = None if number is None else round(LEVELS * ((number - low) / (high - low) if high > low else 0.5))
            if tone == before and column < len(cells):
                length += 1
                continue
            if before:
                x, y = left + start * width, bottom + row * height
                tones.setdefault(before, []).append(
                    f"M{pixels(x)} {pixels(y)}h{pixels(length * width)}v{pixels(height)}h{pixels(-length * width)}z"
                )
            start, length, before = column, 1, tone
    for tone, parts in sorted(tones.items()):
        yield f'<path class="{_paint(series)} image" fill-opacity="{pixels(tone / LEVELS)}" d="{"".join(parts)}"/>'


def _level(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    y = up.place(series.y[0]) if series.y else None
    if y is not None:
        d = f"M{pixels(across.start)} {pixels(y)}H{pixels(across.end)}"
        yield f'<path class="{_paint(series)} line"{_DASHES[series.dash]} d="{d}"/>'


def _upright(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    x = across.place(series.x[0]) if series.x else None
    if x is not None:
        d = f"M{pixels(x)} {pixels(up.start)}V{pixels(up.end)}"
        yield f'<path class="{_paint(series)} line"{_DASHES[series.dash]} d="{d}"/>'


def _text(series: DrawnSeries, across: AxisScale, up: AxisScale) -> Iterator[str]:
    for point in _points(series.x[:1], series.y[:1], across, up):
        if point is not None:
            said = escape(shorten(series.label, 60))
            yield f'<text x="{pixels(point[0])}" y="{pixels(point[1])}">{said}</text>'


_DRAWN = {
    "line": _line,
    "points": _cloud,
    "bars": _bars,
    "area": _area,
    "image": _image,
    "level": _level,
    "upright": _upright,
    "text": _text,
}
