"""How wide a text is, from the metrics of the one bundled font: JetBrains Mono NL (``static/fonts``, OFL 1.1).

Every glyph of it is 0.6 em wide, so sizes are known before anything is drawn. A fallback font may be a little wider or
narrower; `AIR` leaves room for that.
"""

import re
import unicodedata
from functools import lru_cache

FAMILY = "JetBrains Mono NL"
ADVANCE = 0.6
"""Width of a glyph [em]."""
AIR = 1.02
"""DejaVu Sans Mono, Menlo and Courier are up to 0.4% wider, and browsers round glyph widths."""
WIDE = 1.7
"""Width of an East Asian wide character or an emoji in fallback fonts [cells]."""
ELLIPSIS = "…"
_LONGEST_KEPT = 100
"""Texts up to this long are remembered with what they were shortened to [characters]."""
_UNSAFE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"  # XML forbids them, or discourages them
    r"\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069"  # they turn the direction of a line
    + "".join(rf"\U{plane:04x}fffe\U{plane:04x}ffff" for plane in range(1, 17))
    + "]"
)
_OWN = frozenset(map(chr, range(32, 127))) | frozenset("×·…∞→←≈≤≥∂Σ")


def _cell(character: str) -> float:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn", "Me"):
        return 0.0
    return WIDE if unicodedata.east_asian_width(character) in "WF" else 1.0


@lru_cache(maxsize=4096)
def cells(text: str) -> float:
    """Return the width of a text in character cells; a wide character takes more than one, a combining one none."""
    return float(len(text)) if text.isascii() else sum(_cell(character) for character in text)


def width(text: str, size: float) -> float:
    """Return the width of a text at a font size, both in pixels."""
    return cells(text) * ADVANCE * size * AIR


def room(characters: float, size: float) -> float:
    """Return the width that so many characters need at a font size, both in pixels."""
    return characters * ADVANCE * size * AIR


def fitted(text: str, size: float) -> float | None:
    """Return the width that a text must be fitted to because the font may lack its characters; else None."""
    return None if text.isascii() or _OWN.issuperset(text) else cells(text) * ADVANCE * size


def clean(text: str) -> str:
    """Return the text as one line without what XML forbids, and without what could turn the direction of a line.

    Surrogates, control characters and the bidirectional controls become a replacement character; white space of any
    kind becomes one space.
    """
    joined = " ".join(text.split())
    # Nothing of what is unsafe is printable.
    return joined if joined.isprintable() else _UNSAFE.sub("\N{REPLACEMENT CHARACTER}", joined)


def shorten(text: str, limit: int) -> str:
    """Return the cleaned text in at most ``limit`` cells, with an ellipsis at the end where some was left out."""
    return _shortened(text, limit) if len(text) <= _LONGEST_KEPT else _shorten(text, limit)


def _shorten(text: str, limit: int) -> str:
    text = clean(text)
    if cells(text) <= limit:
        return text
    kept, used = [], 1.0
    for character in text:
        used += _cell(character)
        if used > limit:
            break
        kept.append(character)
    return "".join(kept).rstrip() + ELLIPSIS


_shortened = lru_cache(maxsize=4096)(_shorten)
