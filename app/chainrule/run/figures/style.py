"""What the words and arguments of a plot say of colours, dashes and marks."""

from typing import Any, NamedTuple

from chainrule.protocol.figures import COLOURS, Dash

_DASHES: dict[str, Dash] = {
    "-": "solid",
    "--": "dashed",
    "-.": "dashed",
    ":": "dotted",
    "solid": "solid",
    "dashed": "dashed",
    "dashdot": "dashed",
    "dotted": "dotted",
}
_NOTHING = frozenset({"", " ", "None", "none", None})
_MARKS = frozenset("o.,xXv^<>s*+DdpPhH|_1234")
_LETTERS = frozenset("rgbcmykw")


class LineLook(NamedTuple):
    """How a line looks."""

    colour: str | None
    dash: Dash
    dots: bool
    joined: bool
    """Whether its points are joined by a line."""


def format_of(text: str, options: dict[str, Any]) -> LineLook:
    """Return what a format such as ``"r--o"`` and the arguments beside it say.

    >>> format_of("r--", {})
    LineLook(colour='r', dash='dashed', dots=False, joined=True)
    >>> format_of("o", {})
    LineLook(colour=None, dash='solid', dots=True, joined=False)
    """
    colour, rest = None, text
    if len(text) == 2 and text[0] == "C" and text[1].isdigit():
        colour, rest = text, ""
    dash = next((mark for mark in ("--", "-.", ":", "-") if mark in rest), None)
    rest = rest.replace(dash, "", 1) if dash else rest
    letters = [letter for letter in rest if letter in _LETTERS]
    dots = any(letter in _MARKS for letter in rest)
    colour = colour or (letters[0] if letters else None)
    joined = dash is not None or not dots
    given = options.get("linestyle", options.get("ls", dash or "-"))
    marker = options.get("marker", "" if not dots else "o")
    color = options.get("color", options.get("c", colour))
    return LineLook(
        colour=None if color is None else str(color),
        dash=_DASHES.get(given, "solid") if isinstance(given, str) else "solid",
        dots=marker not in _NOTHING,
        joined=joined and given not in _NOTHING,
    )


def name_of(color: object) -> str | None:
    """Return what a program calls a colour; None where it is no word."""
    return color if isinstance(color, str) else None


class Colours:
    """Gives the colours of one axes: in turn, and the same for what a program calls the same."""

    def __init__(self) -> None:
        self._next = 0
        self._known: dict[str, int] = {}

    def colour(self, name: str | None) -> int:
        """Return the number of a colour.

        Args:
            name: what the program calls it; None for the next in turn.
        """
        if name is not None and len(name) == 2 and name[0] == "C" and name[1].isdigit():
            return int(name[1]) % COLOURS
        if name is not None and name in self._known:
            return self._known[name]
        found, self._next = self._next % COLOURS, self._next + 1
        if name is not None and len(self._known) < 100:
            self._known[name] = found
        return found
