"""A curve in few points keeps what a person looks for: ends, peaks, and gaps."""

import math
import random

import pytest
from chainrule.graph.training.thinning import thinned


@pytest.mark.parametrize("count", [1, 2, 399, 400, 401, 5_000, 100_000])
def test_it_has_at_most_so_many_points_with_both_ends_and_the_extremes(count: int) -> None:
    rng = random.Random(count)
    column = [math.sin(place / 7) + rng.random() for place in range(count)]
    kept = thinned(column)
    assert len(kept) <= 400
    assert kept == sorted(set(kept))
    assert (kept[0], kept[-1]) == (0, count - 1)
    assert {column.index(min(column)), column.index(max(column))} <= set(kept)


def test_a_short_column_is_kept_whole_whatever_is_in_it() -> None:
    assert thinned([1.0, None, "nan"]) == [0, 1, 2]


def test_what_is_not_finite_stays_a_gap() -> None:
    column: list[float | str] = [1.0] * 9_000 + ["nan"] * 1_000  # type: ignore[list-item]
    kept = thinned(column)  # type: ignore[arg-type]
    assert any(column[place] == "nan" for place in kept[:-1])
    assert all(column[place] == "nan" for place in kept if place >= 9_000)
