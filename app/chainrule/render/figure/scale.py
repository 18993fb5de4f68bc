"""Axes: which numbers they go from and to, where a number stands on them, and which numbers are written there."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

LEAST = 1e-150
"""The smallest number that a logarithmic axis shows."""
FAR = 10_000.0
"""How far outside of the axes a point is drawn at most, where it is out of sight anyway [px]."""
_TICKS = 5
"""How many numbers stand along an axis, about."""
_ROOM = 0.04
"""What is left free at each end, as a share of the whole."""


@dataclass(frozen=True, slots=True)
class AxisScale:
    """One axis: numbers from ``low`` to ``high`` stand at pixels from ``start`` to ``end``."""

    low: float
    high: float
    start: float
    end: float
    log: bool = False

    def place(self, number: float | None) -> float | None:
        """Return where a number stands [px]; None for those that have no place."""
        if number is None or (self.log and number < LEAST):
            return None
        low, high, at = self.low, self.high, number
        if self.log:
            low, high, at = math.log10(low), math.log10(high), math.log10(at)
        share = (at - low) / (high - low) if high > low else 0.5
        return min(max(self.start + share * (self.end - self.start), -FAR), FAR)

    def ticks(self) -> list[float]:
        """Return the numbers that are written along it.

        >>> AxisScale(0, 10, 0, 100).ticks()
        [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]
        >>> AxisScale(0.5, 2000, 0, 100, log=True).ticks()
        [1.0, 10.0, 100.0, 1000.0]
        """
        if self.log:
            first, last = math.ceil(math.log10(self.low) - 1e-9), math.floor(math.log10(self.high) + 1e-9)
            if last - first >= 1:
                powers = range(first, last + 1, max(1, math.ceil((last - first + 1) / _TICKS)))
                return [10.0**power for power in powers]
            return [self.low, self.high]
        if (self.high - self.low) / _TICKS < LEAST:
            return []
        step = _step((self.high - self.low) / _TICKS)
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        return [(number * step) or 0.0 for number in range(first, last + 1)] if last - first <= 3 * _TICKS else []


def _step(least: float) -> float:
    """Return the smallest of 1, 2 and 5 times a power of ten that is no smaller."""
    power = 10.0 ** math.floor(math.log10(least))
    return next((factor * power for factor in (1, 2, 5) if factor * power >= least * (1 - 1e-9)), 10 * power)


def fitted(
    numbers: Iterable[float | None],
    limits: tuple[float, float] | None,
    pixels: tuple[float, float],
    *,
    log: bool = False,
    tight: bool = False,
) -> AxisScale:
    """Return the axis that shows numbers.

    Args:
        numbers: what is drawn along it.
        limits: from where to where it goes; None for as far as the numbers do.
        pixels: where it begins and ends.
        log: whether it is logarithmic.
        tight: whether it ends with the numbers, and leaves no room.
    """
    shown = [number for number in numbers if number is not None and (number >= LEAST or not log)]
    if limits is not None and limits[0] != limits[1] and (min(limits) >= LEAST or not log):
        low, high = limits
    else:
        low, high = (min(shown), max(shown)) if shown else (1.0, 10.0) if log else (0.0, 1.0)
        if low == high:
            low, high = (low / 2, high * 2) if log else (low - (abs(low) / 10 or 0.5), high + (abs(high) / 10 or 0.5))
        elif log:
            room = (high / low) ** _ROOM
            low, high = low / room, high * room
        elif not tight:
            room = _ROOM * (high - low)
            low, high = low - room, high + room
    start, end = pixels
    if low > high:
        low, high, start, end = high, low, end, start
    return AxisScale(low, high, start, end, log)
