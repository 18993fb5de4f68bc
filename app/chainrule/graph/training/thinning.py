"""A curve in few points: of each stretch the lowest and the highest, so that no peak is lost."""

from collections.abc import Sequence

from chainrule.graph.data import Real

MOST_POINTS = 400
"""Points of a curve that a page shows."""


def thinned(column: Sequence[Real | None], most: int = MOST_POINTS) -> list[int]:
    """Return the places of a column that a curve shows: all of a short one, the ends and extremes of a long one.

    A place without a finite number is kept where a stretch begins with one, so that a gap stays a gap.

    >>> thinned([3.0, 1.0, 2.0]), thinned([0.0, 5.0, 1.0, 1.0, -4.0, 1.0, 1.0, 2.0], most=5)
    ([0, 1, 2], [0, 1, 4, 7])

    Args:
        column: a number for each place.
        most: how many places there may be.
    """
    count = len(column)
    if count <= most:
        return list(range(count))
    stretches = max(1, (most - 2) // 3)
    kept = {0, count - 1}
    for part in range(stretches):
        start, end = part * count // stretches, (part + 1) * count // stretches
        known = [(number, place) for place in range(start, end) if isinstance(number := column[place], float)]
        if known:
            kept |= {min(known)[1], max(known)[1]}
        odd = next((place for place in range(start, end) if not isinstance(column[place], float)), None)
        if odd is not None:
            kept.add(odd)
    return sorted(kept)
