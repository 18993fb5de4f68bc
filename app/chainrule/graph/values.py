"""The listed values of a tensor: its elements in one list, and the one number that they may all be."""

from chainrule.graph.model import Number, Tensor, Values


def flat_values(tensor: Tensor) -> list[Number] | None:
    """Return the elements in one list; None where they are not listed."""
    if tensor.values is None:
        return None
    found: list[Number] = []
    waiting: list[Values] = [tensor.values]
    while waiting:
        values = waiting.pop()
        if isinstance(values, list):
            waiting.extend(reversed(values))
        else:
            found.append(values)
    return found


def same_everywhere(tensor: Tensor) -> Number | None:
    """Return the one number that all elements are; None where they differ."""
    values = flat_values(tensor)
    if values is not None:
        return values[0] if values and all(value == values[0] for value in values) else None
    stats = tensor.stats
    finite = not stats.nan and not stats.inf
    return stats.min if finite and stats.min == stats.max else None
