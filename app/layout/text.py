"""How wide a text is, from the metrics of the one bundled font: JetBrains Mono NL (``static/fonts``, OFL 1.1).

Every glyph of it is 0.6 em wide, so sizes are known before anything is drawn. A fallback font may be a little wider or
narrower; `AIR` leaves room for that.
"""

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
_OWN = frozenset(map(chr, range(32, 127))) | frozenset("×·…∞→←≈≤≥∂Σ‖")


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
    if text.isascii() and text.isprintable() and "  " not in text and text == text.strip():
        return text
    words = "".join(_safe(character) for character in text).split()
    return " ".join(words)


def _safe(character: str) -> str:
    if character.isspace():
        return " "
    code = ord(character)
    forbidden = code < 0x20 or 0x7F <= code < 0xA0 or 0xD800 <= code < 0xE000 or code & 0xFFFE == 0xFFFE
    turning = 0x202A <= code <= 0x202E or 0x2066 <= code <= 0x2069 or code in (0x200E, 0x200F, 0x061C)
    return "\N{REPLACEMENT CHARACTER}" if forbidden or turning else character


def shorten(text: str, limit: int) -> str:
    """Return the cleaned text in at most ``limit`` cells, with an ellipsis at the end where some was left out."""
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
