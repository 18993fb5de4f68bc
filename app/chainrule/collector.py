"""A pause of Python's garbage collector."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_MANY = 50_000
"""Objects that were made in a pause, above which they are taken for ones that stay."""


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
