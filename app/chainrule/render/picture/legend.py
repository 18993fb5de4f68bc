"""The foot of a picture: what the tints mean, which pass is shown, and what was left out."""

from collections.abc import Iterator, Mapping, Sequence

from chainrule.layout.measure import text
from chainrule.render.card.heat import Scale
from chainrule.render.palette import LEVELS
from chainrule.render.primitives import Mark, Rect, Text
from chainrule.words.numbers import say_number

SIZE = 10.0
NOTE_CELLS = 90
"""Length of a note [characters]."""
LINE = 17.0
_SWATCH = 9.0
_NAMES = {"value": "value", "gradient": "gradient"}
_LETTERS = {"value": "v", "gradient": "g"}
_NUMBER = 10


def legend_size(kinds: Sequence[str], notes: Sequence[str]) -> tuple[float, float]:
    """Return the width and height of the foot [px]; the numbers in it do not matter."""
    widths = [text.width(note, SIZE) for note in notes]
    if kinds:
        widths.append(text.room(9 + 2 * (_NUMBER + 1), SIZE) + (2 * len(LEVELS) + 1) * _SWATCH)
    return max(widths, default=0.0), LINE * (len(kinds) + len(notes))


def draw_legend(scales: Mapping[str, Scale], notes: Sequence[str]) -> Iterator[Mark]:
    """Yield the marks of the foot, its top left corner at the origin."""
    x = y = 0.0
    for kind, scale in scales.items():
        yield Text(x, y + 11, _NAMES[kind], SIZE, "soft")
        left = x + text.room(9, SIZE)
        most = say_number(scale.most, _NUMBER - 1)
        yield Text(left + text.room(_NUMBER, SIZE), y + 11, f"-{most}", SIZE, "soft", "end")
        left += text.room(_NUMBER, SIZE) + 6
        tints = [f"m{level}" for level in range(len(LEVELS), 0, -1)]
        tints += [""] + [f"{_LETTERS[kind]}{level}" for level in range(1, len(LEVELS) + 1)]
        for index, tint in enumerate(tints):
            yield Rect(left + index * _SWATCH, y + 2, _SWATCH, 11, f"cell {tint}" if tint else "cell")
        yield Text(left + len(tints) * _SWATCH + 6, y + 11, most, SIZE, "soft")
        y += LINE
    for note in notes:
        yield Text(x, y + 11, note, SIZE, "soft")
        y += LINE
