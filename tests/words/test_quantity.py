"""Limits and other measures, as a person writes them."""

import pytest
from chainrule.limits import Unit
from chainrule.words.quantity import say_quantity


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (5.0, "s", "5 s"),
        (0.25, "s", "0.25 s"),
        (512 * 1024 * 1024, "bytes", "512 MB"),
        (16_000_000, "bytes", "16 MB"),
        (64_000, "bytes", "64 kB"),
        (20_000, "", "20,000"),
        (600, "1/min", "600 a minute"),
    ],
)
def test_a_quantity_has_its_unit(value: float, unit: Unit, words: str) -> None:
    assert say_quantity(value, unit) == words
