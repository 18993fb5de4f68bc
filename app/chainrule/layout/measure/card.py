"""The measures of one card: a header, then a block for each tensor shown."""

from dataclasses import dataclass, field
from functools import lru_cache

from chainrule.layout.geometry import Size
from chainrule.layout.measure import text
from chainrule.layout.measure.forms import Form, Words

PAD = 12.0
"""Room at the left and right edge [px]."""
STRIPE = 5.0
"""Width of the coloured stripe beside a block [px]."""
BLOCK_PAD = 7.0
"""Room above and below a block's form [px]."""
WORDS_PAD = 3.0
"""The same for a form that is a line of words [px]."""
BODY_PAD = 4.0
"""More room at the beginning and end of the blocks [px]."""
SHEETS = 7.0
"""How far the sheets of a fold show under its card [px]."""
TITLE_SIZE = 14.0
CHIP_SIZE = 12.0
CHIP_PAD = 7.0
SHAPE_SIZE = 12.0
SMALL_SIZE = 10.0
LABEL_SIZE = 10.5
BADGE_SIZE = 9.5
BADGE_PAD = 5.0
FIRST_LINE = 21.0
"""Baseline of the header's first line [px]."""
LINE = 15.0
"""From one further line of the header to the next [px]."""
_LEAST = 108.0
_GAP = 14.0


@dataclass(frozen=True, slots=True)
class Header:
    """The words of a header; ``right`` stands against the right edge of the same line."""

    chip: str | None
    title: str
    shape: str = ""
    lines: tuple[tuple[str, str], ...] = ()
    """Further lines, left and right."""
    code: str = ""
    """The sub-expression, on a line of its own."""
    badges: tuple[str, ...] = ()

    @property
    def chip_width(self) -> float:
        """Width of the chip that holds the variable's name [px]."""
        return text.width(self.chip, CHIP_SIZE) + 2 * CHIP_PAD if self.chip else 0.0

    @property
    def width(self) -> float:
        """Width that the header needs between the paddings [px]."""
        first = text.width(self.title, TITLE_SIZE) + (self.chip_width + 8 if self.chip else 0)
        first += _GAP + text.width(self.shape, SHAPE_SIZE) if self.shape else 0
        widths = [first, badges_width(self.badges), text.width(self.code, SMALL_SIZE)]
        for left, right in self.lines:
            gap = _GAP if left and right else 0
            widths.append(text.width(left, SMALL_SIZE) + gap + text.width(right, SMALL_SIZE))
        return max(widths)

    @property
    def height(self) -> float:
        """Height of the whole header [px]."""
        lines = len(self.lines) + bool(self.code)
        return FIRST_LINE + 10 + lines * LINE + (19 if self.badges else 0)


def badge_width(badge: str) -> float:
    """Return the width of one badge [px]."""
    return text.width(badge, BADGE_SIZE) + 2 * BADGE_PAD


def badges_width(badges: tuple[str, ...]) -> float:
    """Return the width of a row of badges [px]."""
    return sum(badge_width(badge) for badge in badges) + 4 * max(0, len(badges) - 1)


@dataclass(frozen=True, slots=True)
class Block:
    """A labelled form: the value, the gradient, or what ``.grad`` holds."""

    kind: str
    """"value" or "gradient": which colour it has."""
    label: str
    form: Form

    @property
    def pad(self) -> float:
        """Room above and below the form [px]."""
        return WORDS_PAD if isinstance(self.form, Words) else BLOCK_PAD

    @property
    def height(self) -> float:
        """Height with the room above and below [px]."""
        return self.form.height + 2 * self.pad


@dataclass(frozen=True, slots=True)
class Card:
    """A measured card."""

    header: Header
    blocks: tuple[Block, ...]
    size: Size
    label_width: float
    tops: tuple[float, ...] = field(default=())
    """Where each block begins [px]."""


@lru_cache(maxsize=2048)
def measure(header: Header, blocks: tuple[Block, ...]) -> Card:
    """Return the card that holds a header and blocks."""
    label_width = max((text.width(block.label, LABEL_SIZE) for block in blocks), default=0.0)
    label_width += 12 if label_width else 0
    wide = max((STRIPE + PAD + label_width + block.form.width + PAD for block in blocks), default=0.0)
    width = max(_LEAST, header.width + 2 * PAD, wide)
    edge = BODY_PAD if any(isinstance(block.form, Words) for block in blocks) else 0.0
    tops, y = [], header.height + edge
    for block in blocks:
        tops.append(y)
        y += block.height
    return Card(header, blocks, Size(round(width), round(y + edge)), label_width, tuple(tops))


PILL_HEIGHT = 30.0
PILL_SIZE = 12.0


def measure_pill(words: str) -> Size:
    """Return the size of a pill around a constant; up to five characters it is the same."""
    return Size(round(text.room(max(3, text.cells(words)), PILL_SIZE) + 24), PILL_HEIGHT)
