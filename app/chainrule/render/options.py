"""What a picture shows and how: the options of a view, as a URL's query or a JSON object gives them."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, Self, get_args

from chainrule.errors import ViewInvalidError
from chainrule.words.numbers import say_number

View = Literal["both", "values", "gradients", "structure"]
Theme = Literal["auto", "light", "dark", "print"]
Direction = Literal["TB", "BT", "LR", "RL"]
Labels = Literal["none", "norms", "values", "slots"]
Style = Literal["cards", "classic"]

CHOICES: dict[str, tuple[str, ...]] = {
    "view": get_args(View),
    "theme": get_args(Theme),
    "direction": get_args(Direction),
    "labels": get_args(Labels),
    "style": get_args(Style),
}
SWITCHES = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}
MOST_BOXES = 400
FONT_SCALES = (0.5, 3.0)
PNG_SCALES = (0.5, 4.0)
_LONGEST = 2_000


@dataclass(frozen=True, slots=True)
class ViewOptions:
    """The options of one picture; a hyphen and an underscore in a name mean the same."""

    view: View = "both"
    """Which tensors the cards show; "structure" shows none."""
    pass_index: int | None = None
    """Which pass, from 1 (``pass`` in a query); None for the last one that ran to its end."""
    step: int | None = None
    """Shows what was computed up to this step, from 1, forward then backward; the rest is pale."""
    theme: Theme = "auto"
    """"auto" follows the reader's preference for light or dark."""
    direction: Direction = "TB"
    """Where data flows."""
    open: tuple[str, ...] = ()
    """The folds that are unfolded, by their paths."""
    closed: tuple[str, ...] = ()
    """The scopes that are folded although there is room for what is inside, by their paths."""
    highlight: tuple[str, ...] = ()
    """Nodes by id, or variables by name."""
    path: tuple[str, str] | None = None
    """Shows the ways between two nodes or variables (``path=x..z``); the rest is pale."""
    constants: bool = True
    saved: bool = False
    """Shows what each node saved for backward."""
    detached: bool = True
    labels: Labels = "none"
    """What each line says: the norm or the value of the gradient that it carries, or its slot."""
    widths: bool = False
    """Draws lines as wide as the norm of their gradient."""
    font_scale: float = 1.0
    """Size of the picture and its text, from 0.5 to 3."""
    boxes: int = 150
    """Boxes up to which nothing is folded."""
    style: Style = "cards"
    """"classic" gives Graphviz's own picture."""
    scale: float = 1.0
    """Pixels of a PNG for each unit of the picture."""

    @classmethod
    def from_query(cls, query: Mapping[str, str]) -> Self:
        """Read the options from a query's names and values.

        Raises:
            ViewInvalidError: an option is unknown or has a value that does not exist; it says what would do.
        """
        given: dict[str, object] = {}
        known = {"pass" if field.name == "pass_index" else field.name for field in fields(cls)}
        for key, text in query.items():
            option = key.replace("-", "_")
            if option not in known:
                names = ", ".join(sorted(known)).replace("_", "-")
                raise ViewInvalidError(key, f"there is no such option; there are {names}")
            if len(text) > _LONGEST:
                raise ViewInvalidError(key, f"longer than {_LONGEST} characters")
            given["pass_index" if option == "pass" else option] = _read(option, key, text.strip())
        return cls(**given)  # type: ignore[arg-type]  # _read gives each option its own type


def _read(option: str, key: str, text: str) -> object:
    if option in CHOICES:
        return _choice(key, text, CHOICES[option])
    if option in ("constants", "saved", "detached", "widths"):
        return _switch(key, text)
    if option in ("open", "closed", "highlight"):
        return tuple(part.strip() for part in text.split(",") if part.strip())
    if option == "path":
        return _ends(key, text)
    if option in ("font_scale", "scale"):
        low, high = FONT_SCALES if option == "font_scale" else PNG_SCALES
        return _number(key, text, low=low, high=high)
    if option == "boxes":
        return _whole(key, text, low=2, high=MOST_BOXES)
    return _whole(key, text, low=1, high=10_000_000)


def _choice(key: str, text: str, known: tuple[str, ...]) -> str:
    for value in known:
        if text.lower() == value.lower():
            return value
    raise ViewInvalidError(key, f"{text!r} is not one of {', '.join(known)}")


def _switch(key: str, text: str) -> bool:
    if text.lower() not in SWITCHES:
        raise ViewInvalidError(key, f"{text!r} is neither on nor off")
    return SWITCHES[text.lower()]


def _ends(key: str, text: str) -> tuple[str, str]:
    start, dots, end = (part.strip() for part in text.partition(".."))
    if not (start and dots and end):
        raise ViewInvalidError(key, f"{text!r} is not of the form start..end, as x..z")
    return start, end


def _whole(key: str, text: str, *, low: int, high: int) -> int:
    try:
        value = int(text)
    except ValueError:
        raise ViewInvalidError(key, f"{text!r} is not a whole number") from None
    if not low <= value <= high:
        raise ViewInvalidError(key, f"{value} is not from {low} to {high}")
    return value


def _number(key: str, text: str, *, low: float, high: float) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ViewInvalidError(key, f"{text!r} is not a number") from None
    if not low <= value <= high:
        raise ViewInvalidError(key, f"{text} is not from {say_number(low)} to {say_number(high)}")
    return value
