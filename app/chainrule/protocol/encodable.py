"""Text of a program that no encoding has: it is told as Python writes it, with an escape for each lone surrogate."""

from typing import Any, TypeVar

from pydantic import BaseModel

_Text = TypeVar("_Text")
SHORT = 2_000
"""Up to here a text may grow by its escapes [characters]; a longer one keeps its length."""


def encodable(value: _Text) -> _Text:
    r"""Return a value with all its texts as UTF-8 can have them; what has no such text is the same object.

    >>> encodable({"a\ud800": ["é", 1]})
    {'a\\ud800': ['é', 1]}

    Args:
        value: a model, with models, lists, dictionaries and texts in it however deep.
    """
    found: Any = _encodable(value)
    return found  # type: ignore[no-any-return]  # the same type as came in


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, BaseModel):
        changed = {name: made for name, part in value.__dict__.items() if (made := _encodable(part)) is not part}
        return value.model_copy(update=changed) if changed else value
    if isinstance(value, list | tuple):
        parts = [_encodable(part) for part in value]
        same = all(made is part for made, part in zip(parts, value, strict=True))
        return value if same else type(value)(parts)
    if isinstance(value, dict):
        pairs = {_encodable(name): _encodable(part) for name, part in value.items()}
        same = all(pairs.get(name) is part for name, part in value.items())
        return value if same else pairs
    return value


def _text(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode(errors="backslashreplace").decode()[: max(len(text), SHORT)]
    return text
