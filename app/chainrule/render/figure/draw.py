"""A figure as an SVG that takes its colours from the page around it."""

from collections.abc import Iterable, Iterator

from chainrule.layout.measure.text import clean, shorten
from chainrule.protocol.figures import DrawnAxes, DrawnFigure
from chainrule.render.figure.marks import draw_series, sample
from chainrule.render.figure.scale import AxisScale, fitted
from chainrule.render.picture.elements import escape, pixels
from chainrule.words.numbers import say_numbers

_WIDE, _NARROW = 520.0, 340.0
"""How wide a pair of axes is with what stands around it: alone in its row, and beside others [px]."""
_SHAPE = 0.62
"""How high it is for its width."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 14.0, 44.0, 44.0
"""Room around it for words and numbers [px]."""
_HEAD = 26.0
"""Room for the title of the whole figure [px]."""
_LINE = 17.0
"""From one line of the legend to the next [px]."""
_CHARACTERS = 7
"""Room for a number beside an axis."""
_LEGEND = 12
"""Most lines of a legend."""


def draw_figure(figure: DrawnFigure) -> str:
    """Return a figure; every text of the program is escaped."""
    columns = 1 + max((axes.column for axes in figure.axes), default=0)
    rows = 1 + max((axes.row for axes in figure.axes), default=0)
    width = _WIDE if columns == 1 else _NARROW
    height, head = width * _SHAPE, _HEAD if figure.title else 0.0
    whole = f"{pixels(columns * width)} {pixels(rows * height + head)}"
    parts = [
        f'<svg class="drawn" viewBox="0 0 {whole}" width="{pixels(columns * width)}" role="img" '
        f'aria-label="{escape(_label(figure))}">'
    ]
    if figure.title:
        parts.append(
            f'<text class="head" x="{pixels(columns * width / 2)}" y="18">{escape(shorten(figure.title, 80))}</text>'
        )
    for axes in figure.axes:
        inner = "".join(_axes(axes, width, height))
        parts.append(
            f'<g transform="translate({pixels(axes.column * width)} {pixels(axes.row * height + head)})">{inner}</g>'
        )
    return "".join((*parts, "</svg>"))


def _label(figure: DrawnFigure) -> str:
    titles = [figure.title, *(axes.title for axes in figure.axes)]
    labels = [series.label for axes in figure.axes for series in axes.series if series.label]
    return clean("; ".join([text for text in (*titles, *labels) if text][:20]))


def _axes(axes: DrawnAxes, width: float, height: float) -> Iterator[str]:
    right, bottom = width - _RIGHT, height - _BOTTOM
    if axes.equal:
        right, bottom = _squared(axes, right, bottom)
    tight = any(series.kind == "image" for series in axes.series)
    across = fitted(_across(axes), axes.x_limits, (0.0, right - _LEFT), log=axes.x_log, tight=tight)
    up = fitted(_up(axes), axes.y_limits, (bottom - _TOP, 0.0), log=axes.y_log, tight=tight)
    if tight and any(s.kind == "image" and (s.y[0] or 0) > (s.y[1] or 0) for s in axes.series) and not axes.y_limits:
        up = AxisScale(up.low, up.high, up.end, up.start, up.log)  # the first row of an image is above
    if not axes.off:
        yield from _ticks(axes, across, up, bottom - _TOP, right - _LEFT)
    inside = "".join(draw_series(series, across, up) for series in axes.series)
    place = f'x="{pixels(_LEFT)}" y="{pixels(_TOP)}" width="{pixels(right - _LEFT)}" height="{pixels(bottom - _TOP)}"'
    yield f"<svg {place}>{inside}</svg>"
    room = int((right - _LEFT) / 7)
    if axes.title:
        yield f'<text class="title" x="{pixels((_LEFT + right) / 2)}" y="18">{escape(shorten(axes.title, room))}</text>'
    if axes.y_label and not axes.off:
        yield f'<text x="{pixels(_LEFT)}" y="{pixels(_TOP - 8)}">{escape(shorten(axes.y_label, room))}</text>'
    if axes.x_label and not axes.off:
        said = escape(shorten(axes.x_label, room))
        yield f'<text class="end" x="{pixels(right)}" y="{pixels(height - 8)}">{said}</text>'
    if axes.legend:
        yield from _legend(axes, right - 8, _TOP + 8)


def _squared(axes: DrawnAxes, right: float, bottom: float) -> tuple[float, float]:
    """Return where the axes end so that one unit is as long up as across; not where they would be too narrow to see."""
    wide, deep = right - _LEFT, bottom - _TOP
    across, up = fitted(_across(axes), axes.x_limits, (0.0, 1.0)), fitted(_up(axes), axes.y_limits, (0.0, 1.0))
    shape = (across.high - across.low) / (up.high - up.low)
    if not 0.05 < shape < 20:
        return right, bottom
    return (_LEFT + deep * shape, bottom) if shape < wide / deep else (right, _TOP + wide / shape)


def _ticks(axes: DrawnAxes, across: AxisScale, up: AxisScale, deep: float, wide: float) -> Iterator[str]:
    lines, numbers = [], []
    for at, said in _named(axes.x_names, across):
        x = across.place(at)
        if x is not None and 0 <= x <= wide:
            lines.append(f"M{pixels(_LEFT + x)} {pixels(_TOP)}v{pixels(deep)}")
            numbers.append(
                f'<text class="number mid" x="{pixels(_LEFT + x)}" y="{pixels(_TOP + deep + 16)}">{said}</text>'
            )
    for at, said in _named(axes.y_names, up):
        y = up.place(at)
        if y is not None and 0 <= y <= deep:
            lines.append(f"M{pixels(_LEFT)} {pixels(_TOP + y)}h{pixels(wide)}")
            numbers.append(f'<text class="number end" x="{pixels(_LEFT - 6)}" y="{pixels(_TOP + y + 4)}">{said}</text>')
    if axes.grid:
        yield f'<path class="grid" d="{"".join(lines)}"/>'
    yield f'<path class="frame" d="M{pixels(_LEFT)} {pixels(_TOP)}v{pixels(deep)}h{pixels(wide)}"/>'
    yield from numbers


def _named(names: list[str], axis: AxisScale) -> list[tuple[float, str]]:
    if names:
        return [(float(place), escape(shorten(name, 10))) for place, name in enumerate(names)]
    ticks = axis.ticks()
    return list(zip(ticks, map(escape, say_numbers(ticks, _CHARACTERS)), strict=True))


def _legend(axes: DrawnAxes, right: float, top: float) -> Iterator[str]:
    shown = [series for series in axes.series if series.label and series.kind != "text"][:_LEGEND]
    if not shown:
        return
    words = [shorten(series.label, 30) for series in shown]
    width = 34 + 6.6 * max(map(len, words))
    left = right - width
    deep = pixels(_LINE * len(shown) + 8)
    yield f'<rect class="legend" x="{pixels(left)}" y="{pixels(top)}" width="{pixels(width)}" height="{deep}" rx="4"/>'
    for row, (series, said) in enumerate(zip(shown, words, strict=True)):
        y = top + 16 + row * _LINE
        yield sample(series, left + 6, y)
        yield f'<text x="{pixels(left + 29)}" y="{pixels(y)}">{escape(said)}</text>'


def _across(axes: DrawnAxes) -> Iterable[float | None]:
    for series in axes.series:
        yield from (*series.x, *series.to_x)


def _up(axes: DrawnAxes) -> Iterable[float | None]:
    for series in axes.series:
        yield from (*series.y, *series.to_y)
