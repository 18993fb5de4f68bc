"""Sentences that remember how they were made, so that a page can say them in another language."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from string import Formatter
from typing import Annotated, Any

from pydantic import WrapValidator

from chainrule.graph.model import Data

DEEPEST = 8
"""Sayings within sayings that are put together again."""
MOST_PARTS = 20_000
"""Parts that all texts of one book are put together of."""


class Saying(str):
    """A text with the template and the values that it was made of, or the parts that it was joined of."""

    template: str
    """With named places, "{name} has {count} elements."; empty where the text was joined."""
    values: Mapping[str, str]

    def __new__(cls, text: str, template: str, values: Mapping[str, str]) -> "Saying":
        """Make a text with its origin."""
        made = super().__new__(cls, text)
        made.template, made.values = template, values
        return made

    def __getnewargs__(self) -> tuple[str, str, Mapping[str, str]]:  # type: ignore[override]
        """Return what a copy is made of."""
        return str(self), self.template, self.values

    def __add__(self, other: str) -> str:
        """Join with a text behind."""
        return joined([self, other])

    def __radd__(self, other: str) -> str:
        """Join with a text in front."""
        return joined([other, self])


Words = Annotated[str, WrapValidator(lambda value, check: value if isinstance(value, Saying) else check(value))]
"""A text of a model: pydantic would make a plain one of it."""


class Said(Data):
    """How one text was made, as it crosses the pipe."""

    text: str
    template: str
    values: dict[str, str]


def say(template: str, /, **values: object) -> str:
    """Say a sentence.

    Args:
        template: English, with named places in braces; translated as a whole.
        values: What stands in the places; a saying among them is translated too.

    >>> say("{name} has {count} elements.", name="x", count=3)
    'x has 3 elements.'
    """
    texts = {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
    return Saying(template.format(**texts), template, texts)


def joined(parts: Sequence[str], between: str = "") -> str:
    """Put texts one behind the other; each is translated for itself."""
    pieces = [piece for part in parts for piece in (between, part)][1:]
    return Saying("".join(pieces), "", {str(place): piece for place, piece in enumerate(pieces)})


def listed(words: Sequence[str]) -> str:
    """Return a list as a person writes it: "a, b and c"."""
    if len(words) < 2:
        return words[0] if words else ""
    return say("{items} and {item}", items=joined(words[:-1], ", "), item=words[-1])


def retell(text: str, translate: Callable[[str], str]) -> str:
    """Say a text in another language.

    Args:
        text: A saying; any other text stays as it is.
        translate: From a template to the same in that language.
    """
    if not isinstance(text, Saying):
        return text
    values = {name: retell(value, translate) for name, value in text.values.items()}
    if not text.template:
        return "".join(values.values())
    told = translate(text.template)
    # A template that no catalog has is English, and its text stands there already.
    return told.format(**values) if told != text.template else _english(text, values)


def _english(text: Saying, values: Mapping[str, str]) -> str:
    same = all(values[name] == value for name, value in text.values.items())
    return str(text) if same else text.template.format(**values)


def book_of(texts: Iterable[str]) -> list[Said]:
    """Return how each of some texts was made, with all that it was made of."""
    found: dict[str, Said] = {}
    waiting = list(texts)
    while waiting:
        text = waiting.pop()
        if isinstance(text, Saying) and str(text) not in found:
            plain = {name: str(value) for name, value in text.values.items()}
            found[str(text)] = Said(text=str(text), template=text.template, values=plain)
            waiting.extend(text.values.values())
    return list(found.values())


def read_book(book: Iterable[Said]) -> Callable[[str], str]:
    """Make what turns texts back into sayings.

    Args:
        book: From another process; what does not hold together, or is made of too much, is left as the text that it is.
    """
    known = {said.text: said for said in book if _holds(said)}
    left = MOST_PARTS

    def restore(text: str, depth: int = 0) -> str:
        nonlocal left
        said = known.get(text)
        if said is None or depth > DEEPEST or left < len(said.values):
            return text
        left -= len(said.values)
        values = {name: restore(value, depth + 1) for name, value in said.values.items()}
        return Saying(text, said.template, values)

    return restore


def _holds(said: Said) -> bool:
    """Return whether a text is as long as what it is said to be made of: its places are names, without a width."""
    if not said.template:
        return len(said.text) == sum(map(len, said.values.values()))
    length = 0
    try:
        for literal, name, width, conversion in Formatter().parse(said.template):
            length += len(literal)
            if name is not None:
                if width or conversion or name not in said.values:
                    return False
                length += len(said.values[name])
    except ValueError:
        return False
    return len(said.text) == length


def templates_of(text: str) -> list[str]:
    """Return all templates that a text was made of."""
    found: list[str] = []
    waiting: list[Any] = [text]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Saying):
            found += [one.template] if one.template else []
            waiting.extend(one.values.values())
    return found
