"""Content as marks: how a card looks."""

from collections.abc import Iterator, Mapping
from functools import lru_cache

from chainrule.graph.model import Node, Tensor
from chainrule.graph.numbers import magnitude
from chainrule.graph.values import flat
from chainrule.layout.measure import card as measures
from chainrule.layout.measure import text
from chainrule.layout.measure.card import Block, Card, Header
from chainrule.layout.measure.forms import (
    CELL_GAP,
    CELL_PAD,
    NO_ELEMENTS,
    NOTE_SIZE,
    SCALAR_SIZE,
    SLAB_GAP,
    GridForm,
    Histogram,
    Words,
)
from chainrule.layout.measure.forms import Number as NumberForm
from chainrule.render.card.content import Content
from chainrule.render.card.heat import Scale
from chainrule.render.card.histogram import draw_histogram
from chainrule.render.card.rows import Row
from chainrule.render.primitives import Anchor, Mark, Path, Rect, Text
from chainrule.words.numbers import say_number, say_numbers

_ROUND = {"leaf": 15.0, "detached": 0.0, "constant": 12.0}
_RADIUS = 7.0
_INSET = 3.5
_CUT = 10.0
"""How much is cut off the corners of a parameter [px]."""


def draw_content(content: Content, scales: Mapping[str, Scale]) -> tuple[Mark, ...]:
    """Return the marks of a box, its top left corner at the origin."""
    if content.card is None:
        return tuple(_pill(content))
    return tuple(_card(content, content.card, scales))


def radius_of(content: Content) -> float:
    """Return the radius of a box's corners [px]."""
    if content.card is None:
        return content.size.height / 2
    return _ROUND.get(content.box.node.kind, _RADIUS) if content.box.node else _RADIUS


def _pill(content: Content) -> Iterator[Mark]:
    size = content.size
    yield Rect(0, 0, size.width, size.height, "card", size.height / 2)
    yield _text(size.width / 2, size.height / 2 + 4.3, content.pill, measures.PILL_SIZE, "", "middle")


def _card(content: Content, card: Card, scales: Mapping[str, Scale]) -> Iterator[Mark]:
    width, height = card.size.width, card.size.height
    radius = radius_of(content)
    if content.box.fold is not None:
        for step in (measures.SHEETS, measures.SHEETS / 2):
            yield Rect(step, height - 24 + step, width - 2 * step, 24, "behind", radius)
    flags = content.box.node.flags if content.box.node else []
    if "parameter" in flags:
        yield Path(_chamfered(width, height), "card")
    else:
        yield Rect(0, 0, width, height, "card", radius)
    if "root" in flags:
        inner = max(0.0, radius - _INSET)
        yield Rect(_INSET, _INSET, width - 2 * _INSET, height - 2 * _INSET, "inner", inner)
    if "in_place" in flags:
        yield Path(_foot(width, height, _CUT if "parameter" in flags else radius, "parameter" in flags), "heavy")
    yield from _header(card.header, width, content.alarms, content.silent)
    if content.rows:
        edge = _INSET if "root" in flags else 0
        yield Path(f"M{edge:g} {card.header.height:g}H{width - edge:g}", "rule")
    for row, top in zip(content.rows, card.tops, strict=True):
        yield from _row(card, row, top, scales)


def _foot(width: float, height: float, corner: float, cut: bool) -> str:
    """Return the lower edge of a card's outline with its corners, which are cut off or round."""
    to = "L" if cut else f"A{corner:g} {corner:g} 0 0 0 "
    return f"M0 {height - corner:g}{to}{corner:g} {height:g}H{width - corner:g}{to}{width:g} {height - corner:g}"


def _chamfered(width: float, height: float) -> str:
    right, foot = width - _CUT, height - _CUT
    top = f"M{_CUT:g} 0H{right:g}L{width:g} {_CUT:g}"
    return f"{top}V{foot:g}L{right:g} {height:g}H{_CUT:g}L0 {foot:g}V{_CUT:g}Z"


@lru_cache(maxsize=2048)
def _header(header: Header, width: float, alarms: tuple[str, ...], silent: tuple[str, ...]) -> tuple[Mark, ...]:
    # Remembered, because no number is in it: it is the same in all pictures of a program.
    return tuple(_header_marks(header, width, alarms, silent))


def _header_marks(header: Header, width: float, alarms: tuple[str, ...], silent: tuple[str, ...]) -> Iterator[Mark]:
    left, right, y = measures.PAD, width - measures.PAD, measures.FIRST_LINE
    if header.chip:
        yield Rect(left, y - 14, header.chip_width, 19, "chip", 9.5)
        middle = left + header.chip_width / 2
        yield _text(middle, y - 0.2, header.chip, measures.CHIP_SIZE, "chip-text", "middle")
        left += header.chip_width + 8
    yield _text(left, y, header.title, measures.TITLE_SIZE, "bold")
    if header.shape:
        yield _text(right, y, header.shape, measures.SHAPE_SIZE, "soft", "end")
    for first, second in header.lines:
        y += measures.LINE
        if first:
            yield _text(measures.PAD, y, first, measures.SMALL_SIZE, "soft")
        if second:
            yield _text(right, y, second, measures.SMALL_SIZE, "soft", "end")
    if header.code:
        y += measures.LINE
        yield _text(measures.PAD, y, header.code, measures.SMALL_SIZE, "")
    yield from _badges(header, y + 6, alarms, silent)


def _badges(header: Header, y: float, alarms: tuple[str, ...], silent: tuple[str, ...]) -> Iterator[Mark]:
    x = measures.PAD
    for badge in header.badges:
        width = measures.badge_width(badge)
        if badge not in silent:
            loud = badge in alarms
            yield Rect(x, y, width, 15, "alarm" if loud else "badge", 3)
            style = "alarm-text" if loud else "soft"
            yield _text(x + width / 2, y + 10.8, badge, measures.BADGE_SIZE, style, "middle")
        x += width + 4


def _row(card: Card, row: Row, top: float, scales: Mapping[str, Scale]) -> Iterator[Mark]:
    block = row.block
    height = block.height
    if block.kind in scales:
        stripe = f"stripe-{block.kind}" if row.content else "stripe"
        inset = min(6.0, block.pad + 1)
        yield Rect(6, top + inset, 3.5, height - 2 * inset, stripe, 1.75)
    x = measures.STRIPE + measures.PAD
    y = top + block.pad
    if block.label:
        yield _text(x, y + (12.5 if isinstance(block.form, Words) else 13.5), block.label, measures.LABEL_SIZE, "soft")
        x += card.label_width
    if isinstance(row.content, str):
        if not row.content:
            return
        yield _text(x, y + 12.5, row.content, NOTE_SIZE, "soft")
    else:
        yield from _tensor(block, row.content, x, y, scales[block.kind])


def _tensor(block: Block, tensor: Tensor, x: float, y: float, scale: Scale) -> Iterator[Mark]:
    form = block.form
    if isinstance(form, NumberForm):
        number = next(flat(tensor.values), None)
        word = "?" if number is None else say_number(number, form.characters)
        loud = number is not None and magnitude(number) is None
        if loud:
            yield Rect(x - 5, y, text.width(word, SCALAR_SIZE) + 10, 20, "alarm", 3)
        yield _text(x, y + 14.5, word, SCALAR_SIZE, "alarm-text" if loud else "bold")
    elif isinstance(form, GridForm):
        yield from _grid(form, tensor, x, y, scale)
    elif isinstance(form, Histogram):
        yield from draw_histogram(form, tensor, x, y, scale.kind)
    else:
        yield _text(x, y + 12.5, NO_ELEMENTS, NOTE_SIZE, "soft")


def _grid(form: GridForm, tensor: Tensor, x: float, y: float, scale: Scale) -> Iterator[Mark]:
    if tensor.values is None:
        yield _text(x, y + 12.5, "not listed", NOTE_SIZE, "soft")
        return
    listed = list(flat(tensor.values))
    words = say_numbers(listed, form.characters)
    whole = not any("." in word for word in words)
    width, height, size = form.cell_width, form.cell_height, form.font_size
    baseline = height / 2 + size * 0.36
    for number, word, (across, down, apart) in zip(listed, words, _cells(form), strict=True):
        left, top = x + across, y + down + apart
        tint = scale.tint(number)
        yield Rect(left, top, width, height, f"cell {tint}" if tint else "cell", 2.5)
        if tint == "alarm":
            yield _text(left + width / 2, top + baseline, word, size, "alarm-text", "middle")
        elif whole:
            yield Text(left + width / 2, top + baseline, word, size, "", "middle", text.fitted(word, size))
        else:
            yield Text(left + width - CELL_PAD, top + baseline, word, size, "", "end", text.fitted(word, size))


@lru_cache(maxsize=512)
def _cells(form: GridForm) -> tuple[tuple[float, float, float], ...]:
    """Return for each cell how far it is to the right, how far down, and how much farther its matrix is [px]."""
    return tuple(
        (column * (form.cell_width + CELL_GAP), row * (form.cell_height + CELL_GAP), row // form.slab * SLAB_GAP)
        for row in range(form.rows)
        for column in range(form.columns)
    )


def _text(x: float, y: float, content: str, size: float, style: str, anchor: Anchor = "start") -> Text:
    return Text(x, y, content, size, style, anchor, text.fitted(content, size))


def label_of(content: Content, title: str) -> str:
    """Return what a screen reader says of a box: its name, shape and numbers."""
    node: Node | None = content.box.node
    header = content.card.header if content.card else None
    parts = [title]
    if content.pill:
        parts.append(content.pill.rpartition(" = ")[2])  # its name is in the title
    if header and header.shape:
        parts.append(header.shape)
    for row in content.rows:
        said = row.content if isinstance(row.content, str) else _said(row.content)
        parts.append(f"{row.block.label} {said}".strip())
    parts.extend(content.alarms)
    if node is None and header:
        parts.extend(left for left, _ in header.lines)
    return ", ".join(parts)


def _said(tensor: Tensor) -> str:
    if tensor.numel == 1 and tensor.values is not None:
        return say_number(next(flat(tensor.values)))
    ends = tensor.extent
    if ends.min is None or ends.max is None:
        return f"{tensor.numel} elements"
    if ends.min == ends.max and not ends.nan and not ends.inf:
        return f"{say_number(ends.min)} at every element"
    return f"from {say_number(ends.min)} to {say_number(ends.max)}"
