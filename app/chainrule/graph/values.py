"""The listed values of a tensor: its elements in one list, and the one number that they may all be."""

from collections.abc import Iterator
from typing import cast

from chainrule.graph.model import Number, Tensor, Values


def flat(values: Values | None) -> Iterator[Number]:
    """Return the numbers of nested lists in order; none where nothing is listed."""
    level: list[Values] = [] if values is None else [values]
    while True:
        kinds = set(map(type, level))
        if list not in kinds:
            return iter(cast(list[Number], level))
        # All of them are lists, but where somebody made up a graph whose nesting has no shape.
        level = [inner for part in level for inner in (part if isinstance(part, list) else [part])]


def flat_values(tensor: Tensor) -> list[Number] | None:
    """Return the elements in one list; None where they are not listed."""
    return None if tensor.values is None else list(flat(tensor.values))


def same_everywhere(tensor: Tensor) -> Number | None:
    """Return the one number that all elements are; None where they differ."""
    values = flat_values(tensor)
    if values is not None:
        return values[0] if values and all(value == values[0] for value in values) else None
    stats = tensor.stats
    finite = not stats.nan and not stats.inf
    return stats.min if finite and stats.min == stats.max else None
