"""Python's garbage collector: its pauses, and its pace."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 50_000
"""Objects that were made in a pause, above which they are taken for ones that stay."""

_SLOWER = 15
"""About how many objects a recorded operation leaves for each that the program would have left without."""


@contextmanager
def unhurried() -> Iterator[None]:
    """Let the collector come as often as it would come to the program alone.

    It counts what is made, also by whoever records the program, and what is recorded stays: it would come to a training
    loop some ten times as often, and go through a growing heap each time.
    """
    before = gc.get_threshold()
    slower = (before[0] * _SLOWER, *before[1:])
    gc.set_threshold(*slower)
    try:
        yield
    finally:
        if gc.get_threshold() == slower:
            gc.set_threshold(*before)


@contextmanager
def uncollected() -> Iterator[None]:
    """Keep the collector away while much is made that holds no cycles: it would go through all of it many times.

    What was made is then told to it as old, so that it does not go through all of it right after the pause either.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            if gc.get_count()[0] > _MANY:
                _take_for_old()
            gc.enable()


def _take_for_old() -> None:
    has_frozen = gc.get_freeze_count() > 0
    gc.freeze()
    if not has_frozen:
        # Moves all into the oldest generation. Where a process keeps objects frozen, they have to stay so.
        gc.unfreeze()
