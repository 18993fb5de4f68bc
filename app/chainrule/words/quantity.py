"""Limits and other measures, as a person writes them."""

from chainrule.limits import Unit
from chainrule.words.saying import say


def say_quantity(value: float, unit: Unit) -> str:
    """Return a number with its unit; whole megabytes of memory are 2**20 bytes, as it is sold.

    >>> say_quantity(5.0, "s"), say_quantity(2**29, "bytes"), say_quantity(64_000, "bytes"), say_quantity(20_000, "")
    ('5 s', '512 MB', '64 kB', '20,000')
    >>> say_quantity(16_000_000, "bytes"), say_quantity(600, "1/min")
    ('16 MB', '600 a minute')
    """
    if unit == "s":
        return say("{number} s", number=f"{value:g}")
    if unit == "1/min":
        return say("{number} a minute", number=f"{value:,g}")
    if unit == "":
        return f"{value:,}"
    if value % 2**20 == 0:
        return f"{value / 2**20:,g} MB"
    return f"{value / 1e6:,g} MB" if value >= 1e6 else f"{value / 1e3:,g} kB"
