"""A pause of the collector leaves it as it was."""

import gc
import weakref

import pytest
from chainrule.collector import uncollected, unhurried


class Knot:
    """An object that only the collector lets go of."""

    def __init__(self) -> None:
        self.own = self


def test_nothing_is_collected_within_it_and_everything_can_be_after_it() -> None:
    with uncollected():
        knot = weakref.ref(Knot())
        many = [[number] for number in range(200_000)]
        assert knot() is not None
    assert gc.isenabled()
    gc.collect()
    assert knot() is None
    assert len(many) == 200_000


def test_a_collector_that_was_off_stays_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


def test_it_ends_with_an_exception_too() -> None:
    with pytest.raises(ZeroDivisionError), uncollected():
        _ = 1 / 0
    assert gc.isenabled()


def test_what_a_process_keeps_frozen_stays_frozen() -> None:
    gc.collect()
    gc.freeze()
    try:
        with uncollected():
            many = [[number] for number in range(200_000)]
        assert gc.get_freeze_count() >= len(many)
    finally:
        gc.unfreeze()


def test_the_pace_is_as_it_was_afterwards_unless_the_program_set_it() -> None:
    before = gc.get_threshold()
    with unhurried():
        assert gc.get_threshold()[0] > before[0]
    assert gc.get_threshold() == before
    try:
        with unhurried():
            gc.set_threshold(500, 5, 5)
        assert gc.get_threshold() == (500, 5, 5)
    finally:
        gc.set_threshold(*before)
