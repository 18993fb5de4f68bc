"""A picture that says something in words: an error, or why there is nothing to draw."""

import textwrap

from chainrule.layout.measure import text
from chainrule.render.primitives import Mark, MarkGroup, Path, Picture, Rect, Text

_WIDTH = 460.0
_TITLE = 15.0
_SIZE = 12.0
_PAD = 22.0
_LONGEST = 900


def message_picture(title: str, detail: str, scale: float = 1.0) -> Picture:
    """Return the picture of a title and a text, wrapped to its width."""
    title = text.shorten(title, int((_WIDTH - 2 * _PAD - 34) / text.room(1, _TITLE)))
    paragraphs = [text.clean(line) for line in detail[:_LONGEST].splitlines()]
    columns = int((_WIDTH - 2 * _PAD) / text.room(1, _SIZE))
    lines = [line for paragraph in paragraphs for line in _wrap(paragraph, columns)]
    height = 66 + 18 * len(lines) + (10 if lines else 0)
    marks: list[Mark] = [
        Rect(8, 8, _WIDTH - 16, height - 16, "card", 9),
        Path(f"M{_PAD + 9} {_PAD + 2}l10.5 18.5h-21z", "mark"),
        Path(f"M{_PAD + 9} {_PAD + 9}v5.5m0 2.6v.1", "mark"),
        Text(_PAD + 32, _PAD + 17, title, _TITLE, "bold"),
    ]
    y = 68.0
    for line in lines:
        marks.append(
            Text(_PAD, y, line, _SIZE, "", "start", None if line.isascii() else text.cells(line) * 0.6 * _SIZE)
        )
        y += 18
    group = MarkGroup("message", "", tuple(marks), scale=scale)
    return Picture(_WIDTH * scale, height * scale, title, " ".join(paragraphs) or title, (group,))


def _wrap(paragraph: str, columns: int) -> list[str]:
    lines = textwrap.wrap(paragraph, columns, break_on_hyphens=False)
    # A wide character takes more than one column, which textwrap does not know.
    return [piece for line in lines for piece in _halve(line, columns)] or [""]


def _halve(line: str, columns: int) -> list[str]:
    if text.cells(line) <= columns or len(line) < 2:
        return [line]
    middle = len(line) // 2
    return _halve(line[:middle], columns) + _halve(line[middle:], columns)
