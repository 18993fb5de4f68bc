"""The measures of one card: a header, then a block for each tensor shown."""

from dataclasses import dataclass, field

from app.layout import text
from app.layout.forms import Form
from app.layout.geometry import Size

PAD = 12.0
"""Room at the left and right edge [px]."""
STRIPE = 5.0
"""Width of the coloured stripe beside a block [px]."""
BLOCK_PAD = 7.0
"""Room above and below a block's form [px]."""
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
        widths = [first, badges_width(self.badges)]
        for left, right in self.lines:
            gap = _GAP if left and right else 0
            widths.append(text.width(left, SMALL_SIZE) + gap + text.width(right, SMALL_SIZE))
        return max(widths)

    @property
    def height(self) -> float:
        """Height of the whole header [px]."""
        lines = len(self.lines)
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


@dataclass(frozen=True, slots=True)
class Card:
    """A measured card."""

    header: Header
    blocks: tuple[Block, ...]
    size: Size
    label_width: float
    tops: tuple[float, ...] = field(default=())
    """Where each block begins [px]."""

    def block_height(self, block: Block) -> float:
        """Return the height of a block with its paddings [px]."""
        return block.form.height + 2 * BLOCK_PAD


def measure(header: Header, blocks: tuple[Block, ...]) -> Card:
    """Return the card that holds a header and blocks."""
    label_width = max((text.width(block.label, LABEL_SIZE) for block in blocks), default=0.0)
    label_width += 12 if label_width else 0
    wide = max((STRIPE + PAD + label_width + block.form.width + PAD for block in blocks), default=0.0)
    width = max(_LEAST, header.width + 2 * PAD, wide)
    tops, y = [], header.height
    for block in blocks:
        tops.append(y)
        y += block.form.height + 2 * BLOCK_PAD
    return Card(header, blocks, Size(round(width), round(y)), label_width, tuple(tops))


PILL_HEIGHT = 30.0
PILL_SIZE = 12.0


def measure_pill(words: str) -> Size:
    """Return the size of a pill around a constant; up to five characters it is the same."""
    return Size(round(text.room(max(3, text.cells(words)), PILL_SIZE) + 24), PILL_HEIGHT)
