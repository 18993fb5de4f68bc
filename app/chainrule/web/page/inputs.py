"""The inputs of a program as the page edits them: a number, a grid of numbers, or text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

from pydantic import TypeAdapter, ValidationError

from chainrule.errors import InputInvalidError
from chainrule.graph import Values

PREFIX = "input."
"""What the name of a form field for an input starts with."""

MAX_GRID = 144
"""Elements up to which a grid of fields is offered."""

_VALUES: TypeAdapter[Values] = TypeAdapter(Values)


@dataclass(frozen=True, slots=True)
class InputShown:
    """One input: its name, its value as JSON text, and its kind ("number", "grid" or "text")."""

    name: str
    text: str
    kind: str
    shape: tuple[int, ...]


def parse_inputs(fields: Mapping[str, str]) -> dict[str, Values]:
    """Read the inputs from the fields of the form.

    Args:
        fields: all fields; those that are no inputs are passed over, and empty ones left to their default.

    Raises:
        InputInvalidError: a field holds neither a number nor nested lists of numbers.
    """
    inputs: dict[str, Values] = {}
    for key, text in fields.items():
        if not key.startswith(PREFIX) or not text.strip():
            continue
        name = key.removeprefix(PREFIX)
        try:
            inputs[name] = _VALUES.validate_python(json.loads(text), strict=True)
        except (ValueError, ValidationError, RecursionError):
            raise InputInvalidError(name, f"{text[:40]!r} is neither a number nor a list such as [1, 2, 3]") from None
    return inputs


def show_inputs(inputs: Mapping[str, object]) -> tuple[InputShown, ...]:
    """Return the inputs as the page shows them.

    Args:
        inputs: the value of each, as the program was run with.
    """
    return tuple(_show(name, value) for name, value in inputs.items())


def _show(name: str, value: object) -> InputShown:
    shape: list[int] = []
    inner = value
    while isinstance(inner, list):
        shape.append(len(inner))
        inner = inner[0] if inner else None
    elements = 1
    for size in shape:
        elements *= size
    kind = "number" if not shape else "grid" if len(shape) <= 2 and 0 < elements <= MAX_GRID else "text"
    return InputShown(name, json.dumps(value), kind, tuple(shape))
