"""The kinds of values that an option of a picture may have: how each is read, and how it is told."""

from dataclasses import dataclass
from typing import Any, Protocol

from chainrule.errors import ViewInvalidError
from chainrule.words.numbers import say_number

SWITCHES = {"on": True, "true": True, "1": True, "yes": True, "off": False, "false": False, "0": False, "no": False}
MOST_CHARACTERS = 2_000
"""Characters that the value of an option has at most."""


class OptionKind(Protocol):
    """A kind of values."""

    def read(self, key: str, text: str) -> object:
        """Return the value that a text stands for.

        Raises:
            ViewInvalidError: it stands for none; it names the option by ``key`` and says what would do.
        """

    @property
    def schema(self) -> dict[str, Any]:
        """Return the JSON Schema of such a text."""

    @property
    def choices(self) -> str:
        """Return the values in a few words; empty where any text may stand."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of a few words, in capitals or not."""

    known: tuple[str, ...]

    def read(self, key: str, text: str) -> str:
        """Return the word; raises ViewInvalidError for any other."""
        for value in self.known:
            if text.lower() == value.lower():
                return value
        raise ViewInvalidError(key, f"{text!r} is not one of {', '.join(self.known)}")

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "enum": list(self.known)}

    @property
    def choices(self) -> str:
        """Return the words."""
        return ", ".join(self.known)


@dataclass(frozen=True, slots=True)
class Switch:
    """On or off."""

    choices: str = "on or off"

    def read(self, key: str, text: str) -> bool:
        """Return which; raises ViewInvalidError for a text that is neither."""
        if text.lower() not in SWITCHES:
            raise ViewInvalidError(key, f"{text!r} is neither on nor off")
        return SWITCHES[text.lower()]

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "enum": list(SWITCHES)}


@dataclass(frozen=True, slots=True)
class Names:
    """Names with commas between."""

    choices: str = ""

    def read(self, key: str, text: str) -> tuple[str, ...]:
        """Return the names."""
        return tuple(part.strip() for part in text.split(",") if part.strip())

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "maxLength": MOST_CHARACTERS}


@dataclass(frozen=True, slots=True)
class Ends:
    """Two names, as ``x..z``."""

    choices: str = ""

    def read(self, key: str, text: str) -> tuple[str, str]:
        """Return both names; raises ViewInvalidError where there are not two."""
        start, dots, end = (part.strip() for part in text.partition(".."))
        if not (start and dots and end):
            raise ViewInvalidError(key, f"{text!r} is not of the form start..end, as x..z")
        return start, end

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "string", "maxLength": MOST_CHARACTERS}


@dataclass(frozen=True, slots=True)
class Whole:
    """A whole number, both ends included."""

    low: int
    high: int

    def read(self, key: str, text: str) -> int:
        """Return the number; raises ViewInvalidError for anything else."""
        try:
            value = int(text)
        except ValueError:
            raise ViewInvalidError(key, f"{text!r} is not a whole number") from None
        if not self.low <= value <= self.high:
            raise ViewInvalidError(key, f"{value} is not from {self.low} to {self.high}")
        return value

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "integer", "minimum": self.low, "maximum": self.high}

    @property
    def choices(self) -> str:
        """Return both ends."""
        return f"{say_number(self.low)} to {say_number(self.high)}"


@dataclass(frozen=True, slots=True)
class WholeOrWord:
    """A whole number, or one of a few words."""

    whole: Whole
    known: tuple[str, ...]

    def read(self, key: str, text: str) -> int | str:
        """Return the number or the word; raises ViewInvalidError for anything else."""
        if text.lower() in self.known:
            return text.lower()
        try:
            int(text)
        except ValueError:
            raise ViewInvalidError(key, f"{text!r} is neither a whole number nor {' or '.join(self.known)}") from None
        return self.whole.read(key, text)

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"anyOf": [self.whole.schema, {"type": "string", "enum": list(self.known)}]}

    @property
    def choices(self) -> str:
        """Return both ends, and the words."""
        return f"{self.whole.choices}, or {', '.join(self.known)}"


@dataclass(frozen=True, slots=True)
class Decimal:
    """A number, both ends included."""

    low: float
    high: float

    def read(self, key: str, text: str) -> float:
        """Return the number; raises ViewInvalidError for anything else."""
        try:
            value = float(text)
        except ValueError:
            raise ViewInvalidError(key, f"{text!r} is not a number") from None
        if not self.low <= value <= self.high:
            raise ViewInvalidError(key, f"{text} is not from {say_number(self.low)} to {say_number(self.high)}")
        return value

    @property
    def schema(self) -> dict[str, Any]:
        """Return its JSON Schema."""
        return {"type": "number", "minimum": self.low, "maximum": self.high}

    @property
    def choices(self) -> str:
        """Return both ends."""
        return f"{say_number(self.low)} to {say_number(self.high)}"
