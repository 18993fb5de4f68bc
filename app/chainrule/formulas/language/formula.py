"""One row of the table of operators."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Union


@dataclass(frozen=True, slots=True)
class Cases:
    """Which expression holds, by the value of a parameter."""

    parameter: str
    texts: Mapping[Any, "Text"]
    otherwise: Union["Text", None] = None
    """For every other value; None where the table says nothing about it."""


Text = str | Cases


def choose(text: Text | None, values: Mapping[str, Any]) -> str | None:
    """Return the expression that holds for these parameters, or None where the table has none."""
    while isinstance(text, Cases):
        key = values.get(text.parameter)
        text = (
            text.texts.get(key, text.otherwise) if isinstance(key, bool | int | float | str | None) else text.otherwise
        )
    return text


def texts(text: Text | None) -> list[str]:
    """Return every expression that may hold."""
    if isinstance(text, Cases):
        return [found for case in (*text.texts.values(), text.otherwise) for found in texts(case)]
    return [] if text is None else [text]


@dataclass(frozen=True, slots=True)
class Formula:
    """What an operator computes and how its gradient goes back, each in the formula language.

    Names in the expressions are PyTorch's own argument names (``self``, ``other``, ``exponent``), ``result`` (or
    ``result0``, ``result1``, ... for several outputs) and ``grad`` (or ``grad0``, ...), the cotangent that arrived.
    """

    op: str
    """The name of the grad_fn: "MulBackward0"."""
    title: str
    """What a person calls it."""
    forward: Text
    vjps: Mapping[str, Text]
    """For each differentiable argument, in the order of ``next_functions``, the contribution to its gradient."""
    note: str = ""
    """One sentence on what to keep in mind."""
    broadcasts: bool = False
    """Whether a contribution is summed to the shape of its argument, because the arguments were broadcast."""
    variadic: bool = False
    """Whether the only argument is a list, with a slot for each tensor: there are names ``slot`` and ``tensors``."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Parameters that PyTorch does not always save, with the value that they then have."""
    shown: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """How a saved value is written that no variable stands for: in LaTeX and in plain characters."""

    def argument(self, slot: int) -> str | None:
        """Return the argument that stands behind an entry of ``next_functions``, or None where the table has none."""
        names = list(self.vjps)
        if self.variadic:
            return names[0]
        return names[slot] if slot < len(names) else None
