"""The palette: every colour of the pictures and of the pages, by its role.

Forward is blue, gradient is orange, negative is violet; nothing else is coloured but what is right or wrong. The three
differ in hue and in lightness for every common kind of colour blindness, and each cell says its number too.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Tones:
    """A role's colour on a light ground, on a dark one, and on paper where that differs from the light one."""

    light: str
    dark: str
    paper: str | None = None

    def on(self, theme: str) -> str:
        """Return the colour in a theme: "light", "dark" or "print"."""
        return {"light": self.light, "dark": self.dark, "print": self.paper or self.light}[theme]


PICTURE: Mapping[str, Tones] = {
    "ground": Tones("#f7f6f3", "#161512", "#ffffff"),
    "card": Tones("#ffffff", "#211f1b"),
    "ink": Tones("#1b1a17", "#f3f1eb", "#000000"),
    "soft": Tones("#67635a", "#a8a397", "#4a4a4a"),
    "line": Tones("#d8d4cb", "#403d36", "#b5b5b5"),
    "wire": Tones("#8b867b", "#8f897d", "#6a6a6a"),
    "forward": Tones("#2f6fd6", "#6da0f2"),
    "backward": Tones("#e0651b", "#f08a48"),
    "negative": Tones("#7d4fbf", "#a98be0"),
    "backward-ink": Tones("#a84308", "#f5a06a", "#963a04"),
    "forward-ink": Tones("#1f57b0", "#8db6f7"),
}
"""What pictures are drawn with. Pages use the same: their panels are cards, their text is ink.

``wire`` draws what must be seen (lines between cards, borders of fields), ``line`` what may be faint; ``forward-ink``
and ``backward-ink`` are for text.
"""

PALETTE: Mapping[str, Tones] = {
    **PICTURE,
    "raised": Tones("#ffffff", "#2a2824"),
    "wash": Tones("#efede8", "#2c2a25"),
    "good": Tones("#1c6b3c", "#6fcf97"),
    "bad": Tones("#b3261e", "#ff8f87"),
    "note-wash": Tones("#edf2fc", "#1e2735"),
    "warn-wash": Tones("#fdf1e4", "#33271a"),
    "bad-wash": Tones("#fdeceb", "#3a211f"),
    "shadow-near": Tones("#1c1b190f", "#00000066"),
    "shadow-far": Tones("#1c1b191a", "#00000080"),
    "backdrop": Tones("#14131173", "#14131173"),
}
"""All roles: those of the pictures, and what pages have besides.

``raised`` lies on a card (buttons, menus), ``wash`` marks a stretch of it, the other washes are grounds of messages,
and ``backdrop`` dims the page behind a dialog.
"""

LEVELS = (0.10, 0.18, 0.26, 0.34, 0.42, 0.50, 0.58)
"""How strongly a cell is tinted, from the smallest numbers to the largest."""
