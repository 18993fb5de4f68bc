"""Numbers as JSON carries them: NaN and the infinities are strings, and a complex number has two parts."""

import math
from typing import Any

from chainrule.graph.data import Complex, Number, Real


def json_real(value: float) -> Real:
    """Return a real number as JSON carries it.

    >>> json_real(0.5), json_real(-math.inf), json_real(math.nan)
    (0.5, '-inf', 'nan')
    """
    if math.isfinite(value):
        return value
    if math.isnan(value):
        return "nan"
    return "inf" if value > 0 else "-inf"


def python_values(values: Any) -> Any:
    """Return numbers that JSON carried, in lists of any depth, as Python's numbers.

    >>> python_values([[1, "inf"], [True, Complex(re=0.5, im="-inf")]])
    [[1, inf], [True, (0.5-infj)]]
    """
    if isinstance(values, list):
        return [python_values(value) for value in values]
    if isinstance(values, Complex):
        return complex(float(values.re), float(values.im))
    return values if isinstance(values, bool | int) else float(values)


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


def rounded(value: float, digits: int) -> float:
    """Return a number with so many significant digits.

    >>> rounded(0.123456, 3), rounded(-98765.0, 2)
    (0.123, -99000.0)
    """
    return float(f"{value:.{digits}g}")
