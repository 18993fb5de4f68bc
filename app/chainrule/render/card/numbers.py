"""Numbers as words of bounded length."""

import math
from collections.abc import Sequence

from chainrule.graph.model import Complex, Number, Real

_MARKS = {"nan": "NaN", "inf": "∞", "-inf": "-∞"}
_DECIMALS = 4


def magnitude(number: Number) -> float | None:
    """Return what a number weighs on a colour scale: with its sign if real, its modulus if complex.

    None for what is not finite.
    """
    # The plain ones first: there are many, and to ask whether something is a model is slow.
    if isinstance(number, int | float):
        return float(number)
    if isinstance(number, str) or isinstance(number.re, str) or isinstance(number.im, str):
        return None
    return math.hypot(number.re, number.im)


def one(number: Number, characters: int) -> str:
    """Return one number in at most so many characters."""
    return many([number], characters)[0]


def many(numbers: Sequence[Number], characters: int) -> list[str]:
    """Return the numbers of one tensor, each in at most so many characters, with the same decimals where that serves.

    What would show as zero without being zero, or does not fit, has an exponent.
    """
    pairs = [n for n in numbers if not isinstance(n, int | float | str)]
    if pairs:
        return _complex(pairs, characters)
    plain = [n for n in numbers if isinstance(n, int | float)]
    decimals = _common_decimals(plain, characters)
    return [_word(n, characters, decimals) for n in numbers if isinstance(n, int | float | str)]


def _common_decimals(numbers: Sequence[float], characters: int) -> int:
    if all(float(n).is_integer() for n in numbers):
        return 0
    least, most = min(numbers), max(numbers)
    digits = len(str(int(max(most, -least))))
    sign = least < 0
    return max(0, min(_DECIMALS, characters - digits - sign - 1))


def _word(number: bool | int | Real, characters: int, decimals: int) -> str:
    if isinstance(number, bool):
        return str(number)
    if isinstance(number, str):
        return _MARKS[number]
    if number == 0:
        return "0"
    word = f"{number:.{decimals}f}"
    enough = (decimals == 0 and float(number).is_integer()) or abs(number) >= 10.0**-decimals
    return word if len(word) <= characters and enough else _exponent(number, characters)


def _exponent(number: float, characters: int) -> str:
    word = _scientific(number, 5)
    for digits in range(max(0, 5 - max(0, len(word) - characters)), -1, -1):
        word = _scientific(number, digits)
        if len(word) <= characters:
            return word
    return word[:characters]


def _scientific(number: float, digits: int) -> str:
    mantissa, _, power = f"{number:.{digits}e}".partition("e")
    return f"{mantissa}e{int(power)}"


def _complex(numbers: Sequence[Complex], characters: int) -> list[str]:
    room = (characters - 2) // 2
    parts = [part for number in numbers for part in (number.re, number.im)]
    decimals = _common_decimals([part for part in parts if isinstance(part, float)], room)
    words = []
    for number in numbers:
        sign = "-" if _is_negative(number.im) else "+"
        imaginary = _word(number.im, room + 1, decimals).removeprefix("-")
        words.append(f"{_word(number.re, room, decimals)}{sign}{imaginary}i")
    return words


def _is_negative(number: Real) -> bool:
    return number == "-inf" if isinstance(number, str) else number < 0
