"""How a tensor is told: its number, its few numbers, or its shape and norm."""

import math
from typing import TYPE_CHECKING

from chainrule.graph.model import Stats, Tensor, Values
from chainrule.graph.values import same_everywhere
from chainrule.words.numbers import INFINITY, NAN, say_number
from chainrule.words.saying import joined, say
from chainrule.words.shapes import say_shape

if TYPE_CHECKING:
    from chainrule.graph.tensors.statistics import Extent

LISTED = 9
"""Elements up to which a tensor's numbers are told one by one."""


def say_tensor(tensor: Tensor | None) -> str:
    """Return a tensor in one line: its number, its few numbers, or its shape and norm.

    Args:
        tensor: None for one that was not seen.
    """
    if tensor is None:
        return say("nothing")
    if not tensor.numel:
        return say("an empty tensor ({shape})", shape=say_shape(tensor.shape))
    same = same_everywhere(tensor)
    if same is not None:
        return say_number(same) if tensor.numel == 1 else say("{number} at every element", number=say_number(same))
    if tensor.numel <= LISTED and tensor.values is not None:
        return say_values(tensor.values)
    marks = count_not_finite(tensor.stats)
    if tensor.stats.norm is not None and math.isfinite(tensor.stats.norm):
        marks.insert(0, say("norm {number}", number=say_number(tensor.stats.norm)))
    shape = say_shape(tensor.shape)
    return joined([shape, " (", joined(marks, ", "), ")"]) if marks else shape


def say_values(values: Values | complex | list[complex]) -> str:
    """Return nested lists of numbers, as Python nests them.

    Args:
        values: Few enough to be told one by one.

    >>> say_values([[1.0, "nan"], [0.5, 1e-9]])
    '[[1, NaN], [0.5, 1e-9]]'
    """
    if isinstance(values, list):
        return f"[{', '.join(map(say_values, values))}]"
    return say_number(values)


def count_not_finite(stats: "Stats | Extent") -> list[str]:
    """Return how many elements are not finite: "2 NaN", "1 ∞"; none where all are finite."""
    return [f"{count} {name}" for count, name in ((stats.nan, NAN), (stats.inf, INFINITY)) if count]
