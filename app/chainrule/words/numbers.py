"""How a number is written: in few digits for people, in LaTeX, as PyTorch prints it, and in full as Python source.

People read NaN, ∞ and an imaginary part with i; text that is Python source has nan, inf and j.
"""

import math
from collections.abc import Sequence
from typing import cast

from chainrule.graph.model import Complex, Number
from chainrule.graph.numbers import python_values

NAN = "NaN"
INFINITY = "∞"
DECIMALS = 4
"""Decimals that a number has at most, as many as PyTorch prints."""
DIGITS = 7
"""Significant digits that a number has at most: float32 tells no more apart."""
_PLAIN = {float, int, bool}
_LEAST, _MOST = 1e-3, 1e6
"""Magnitudes from which, and below which, a number is written without an exponent."""
_MOST_BITS = 200_000
"""Size up to which the first digits of an integer are looked for: it takes the square of its length."""
_MANTISSA = 3
"""Decimals before an exponent."""


def say_number(number: Number | complex, characters: int | None = None) -> str:
    """Return a number as people read it.

    It has at most four decimals and seven digits, fewer where they are zeros, and an exponent where that would not show
    it. An integer is written in full.

    Args:
        number: As JSON carries it, or one of Python's.
        characters: The room there is; digits that do not fit are left out.

    >>> say_number(1 / 12), say_number(2.0), say_number(12345.678), say_number(-1.25e-7), say_number("nan")
    ('0.0833', '2', '12345.68', '-1.25e-7', 'NaN')
    >>> say_number(12345.678, characters=6), say_number(1 - 0.5j), say_number(True)
    ('12346', '1.0-0.5i', 'True')
    """
    return say_numbers([number], characters)[0]


def say_numbers(numbers: Sequence[Number | complex], characters: int | None = None) -> list[str]:
    """Return the numbers of one column: as ``say_number`` writes one, with as many decimals as the longest needs.

    Args:
        numbers: As JSON carries them, or Python's.
        characters: The room that each of them has.

    >>> say_numbers([0.5, 0.25, 3.0, 1e-9, "-inf"])
    ['0.50', '0.25', '3.00', '1e-9', '-∞']
    """
    if set(map(type, numbers)) <= _PLAIN:
        return _column(cast(Sequence[float], numbers), characters)
    plain = [python_values(number) if isinstance(number, str | Complex) else number for number in numbers]
    reals = [number for number in plain if not isinstance(number, complex)]
    if len(reals) == len(plain):
        return _column(reals, characters)
    room = None if characters is None else (characters - 2) // 2
    parts = _column([part for number in plain for part in (number.real, number.imag)], room)
    pairs = zip(parts[::2], parts[1::2], strict=True)
    return [f"{real}{'' if imaginary.startswith('-') else '+'}{imaginary}i" for real, imaginary in pairs]


def _column(numbers: Sequence[float], characters: int | None) -> list[str]:
    decimals = _decimals(numbers, characters)
    least = max(_LEAST, 10.0**-decimals)
    words = [
        str(number)
        if isinstance(number, int)
        else "0"
        if number == 0
        else f"{number:.{decimals}f}"
        if least <= abs(number) < _MOST  # never true of NaN
        else None  # without an exponent it would not show
        for number in numbers
    ]
    spare = min((len(word) - len(word.rstrip("0")) for word in words if word and "." in word), default=0)
    if spare:
        words = [word[:-spare].rstrip(".") if word and "." in word else word for word in words]
    return [
        word if word is not None and (characters is None or len(word) <= characters) else _marked(number, characters)
        for number, word in zip(numbers, words, strict=True)
    ]


def _decimals(numbers: Sequence[float], characters: int | None) -> int:
    """Return how many decimals there is room for beside the largest whole part."""
    written = [number for number in numbers if _LEAST <= abs(number) < _MOST]  # neither NaN nor infinity is
    if all(float(number).is_integer() for number in written):
        return 0
    least, most = min(written), max(written)
    digits = len(str(int(max(-least, most))))
    room = DIGITS if characters is None else characters - digits - (least < 0) - 1
    return max(0, min(DECIMALS, DIGITS - digits, room))


def _marked(number: float, characters: int | None) -> str:
    """Return a number that is not finite, or one with an exponent and as many digits as there is room for."""
    if math.isnan(number):
        return NAN
    if math.isinf(number):
        return INFINITY if number > 0 else f"-{INFINITY}"
    for digits in range(_MANTISSA, -1, -1):
        mantissa, _, power = f"{number:.{digits}e}".partition("e")
        word = f"{mantissa.rstrip('0').rstrip('.') if digits else mantissa}e{int(power)}"
        if characters is None or len(word) <= characters:
            return word
    return word


def say_count(count: float) -> str:
    """Return how many, its thousands apart: "12,345"."""
    return f"{count:,}"


def say_share(part: float) -> str:
    """Return a part of a whole as a percentage: "12%"."""
    return f"{part:.0%}"


def latex_number(number: Number | complex) -> str:
    r"""Return a number as people read it, in LaTeX.

    >>> latex_number(0.5), latex_number(-1.25e-7), latex_number(1e6), latex_number("-inf"), latex_number(True)
    ('0.5', '-1.25 \\times 10^{-7}', '10^{6}', '-\\infty', '\\text{True}')
    """
    text = say_number(number)
    if isinstance(number, bool) or text == NAN:
        return rf"\text{{{text}}}"
    if isinstance(number, complex | Complex):
        return text.replace(INFINITY, r"\infty ").replace(NAN, rf"\text{{{NAN}}}")
    mantissa, _, exponent = text.replace(INFINITY, r"\infty").partition("e")
    if not exponent:
        return mantissa
    power = rf"10^{{{exponent}}}"
    return power if mantissa == "1" else rf"{mantissa} \times {power}"


def python_integer(number: int, digits: int) -> str:
    """Return an integer in full, or with so many of its first digits: Python itself writes none of over 4,300.

    >>> python_integer(-12, 5), python_integer(-123_456, 5), python_integer(10**5_000, 5)
    ('-12', '-12345...', '10000...')

    Args:
        number: The integer.
        digits: How many digits are written of a longer one.
    """
    if number.bit_length() > _MOST_BITS:
        return f"an integer of {number.bit_length():,} bits"
    sign, size = "-" * (number < 0), abs(number)
    spare = max(0, int(size.bit_length() * math.log10(2)) - digits)
    first = str(size // 10**spare)
    return f"{sign}{first[:digits]}..." if spare or len(first) > digits else f"{sign}{first}"


def python_number(number: object) -> str:
    """Return a number in full, as Python source that makes it again.

    >>> python_number(0.1), python_number("inf"), python_number(Complex(re=1.0, im="nan"))
    ('0.1', "float('inf')", "complex(1.0, float('nan'))")
    """
    if isinstance(number, Complex):
        return f"complex({python_number(number.re)}, {python_number(number.im)})"
    return f"float({number!r})" if isinstance(number, str) else repr(number)
