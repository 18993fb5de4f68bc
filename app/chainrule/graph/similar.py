"""Names that a person may have meant, found within bounds: two texts take the product of their lengths to compare."""

from collections.abc import Iterable
from difflib import get_close_matches

MOST_CHARACTERS = 80
"""Longest name that others are compared with, and longest of those [characters]."""
MOST_COMPARED = 250_000
"""Pairs of characters that one question may compare; names past that are passed over."""


def similar(name: str, names: Iterable[str], most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the names that are most alike, the best first.

    >>> similar("totl", ["total", "root"])
    ['total']
    >>> similar("x" * 1_000, ["x" * 1_001])
    []

    Args:
        name: What was written.
        names: What there is.
        most: How many to return.
        cutoff: How much alike they have to be: 1 for the same.
    """
    if len(name) > MOST_CHARACTERS:
        return []
    left = MOST_COMPARED
    compared: list[str] = []
    for candidate in names:
        if len(candidate) > MOST_CHARACTERS:
            continue
        left -= len(name) * len(candidate)
        if left < 0:
            break
        compared.append(candidate)
    return get_close_matches(name, compared, n=most, cutoff=cutoff)
