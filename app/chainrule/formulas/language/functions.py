"""The functions of the formula language: how each is computed with numpy, and how it is written.

``LATEX`` holds templates for the operands and how tightly the result binds.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Kind = Literal["elementwise", "move", "total", "other"]
"""elementwise: each element from the same elements of the operands, after broadcasting.
move: each element is one element of the first operand, or 0. total: a sum of elements of the first operand."""


@dataclass(frozen=True, slots=True)
class Function:
    """One function of the language."""

    apply: Callable[..., Any]
    latex: str | Callable[..., str]
    """A template for the operands, ``{0}`` and so on, or what makes the text of them."""
    text: str
    """The same in plain characters."""
    kind: Kind = "elementwise"
    tight: bool = False
    """Whether it can stand beside a power or a transposition without parentheses."""
    bare: bool = False
    """Whether its operands stand in it without parentheses of their own."""
    loose: bool = False
    """Whether it is a sum, so that it needs parentheses in a product."""
    static: bool = False
    """Whether it depends on shapes and parameters only, so that its number is known without any value."""


def _vectorized(function: Callable[[float], float]) -> Callable[[Any], Array]:
    def apply(x: Any) -> Array:
        flat = [_guarded(function, float(item)) for item in np.ravel(x)]
        return np.array(flat, dtype=float).reshape(np.shape(x))

    return apply


def _guarded(function: Callable[[float], float], x: float) -> float:
    try:
        return function(x)
    except (ValueError, OverflowError):
        return math.inf if x == x and x >= 0 else math.nan


def _digamma(x: float) -> float:
    """Return the logarithmic derivative of the Gamma function.

    By its recurrence and its asymptotic series (DLMF 5.11.2).
    """
    if x <= 0:
        if x == math.floor(x):
            return math.nan
        return _digamma(1 - x) - math.pi / math.tan(math.pi * x)
    shift = 0.0
    while x < 8:
        shift -= 1 / x
        x += 1
    inverse = 1 / (x * x)
    series = inverse * (1 / 12 - inverse * (1 / 120 - inverse * (1 / 252 - inverse * (1 / 240 - inverse / 132))))
    return shift + math.log(x) - 0.5 / x - series


def _erfinv(x: float) -> float:
    return NormalDist().inv_cdf((x + 1) / 2) / math.sqrt(2)


def _sigmoid(x: Any) -> Any:
    return np.exp(-np.logaddexp(0, -np.asarray(x, dtype=float)))


def _named(name: str, apply: Callable[..., Any], shown: str | None = None) -> Function:
    """Return a function that is written with its name before its operands in parentheses."""
    command = shown or rf"\{name}"
    return Function(apply, command + r"\left({0}\right)", f"{name}({{0}})", bare=True, tight=True)


ELEMENTWISE: dict[str, Function] = {
    "exp": Function(np.exp, "e^{{{0}}}", "exp({0})", bare=True),
    "log": _named("log", np.log, r"\ln"),
    "sqrt": Function(np.sqrt, r"\sqrt{{{0}}}", "√({0})", bare=True, tight=True),
    "abs": Function(np.abs, r"\left|{0}\right|", "|{0}|", bare=True, tight=True),
    "conj": Function(np.conj, r"{0}^{{*}}", "conj({0})"),
    "sign": _named("sign", np.sign, r"\text{{sign}}"),
    "sin": _named("sin", np.sin),
    "cos": _named("cos", np.cos),
    "tan": _named("tan", np.tan),
    "asin": _named("asin", np.arcsin, r"\arcsin"),
    "acos": _named("acos", np.arccos, r"\arccos"),
    "atan": _named("atan", np.arctan, r"\arctan"),
    "sinh": _named("sinh", np.sinh),
    "cosh": _named("cosh", np.cosh),
    "tanh": _named("tanh", np.tanh),
    "asinh": _named("asinh", np.arcsinh, r"\text{{arsinh}}"),
    "acosh": _named("acosh", np.arccosh, r"\text{{arcosh}}"),
    "atanh": _named("atanh", np.arctanh, r"\text{{artanh}}"),
    "sigmoid": Function(_sigmoid, r"\sigma\left({0}\right)", "σ({0})", bare=True, tight=True),
    "erf": _named("erf", _vectorized(math.erf), r"\text{{erf}}"),
    "erfc": _named("erfc", _vectorized(math.erfc), r"\text{{erfc}}"),
    "erfinv": Function(
        _vectorized(_erfinv), r"\text{{erf}}^{{-1}}\left({0}\right)", "erfinv({0})", bare=True, tight=True
    ),
    "sinc": _named("sinc", np.sinc, r"\text{{sinc}}"),
    "log1p": Function(np.log1p, r"\ln\left(1 + {0}\right)", "log(1 + {0})", bare=True, tight=True),
    "expm1": Function(np.expm1, r"e^{{{0}}} - 1", "exp({0}) - 1", bare=True, loose=True),
    "log2": Function(np.log2, r"\log_{{2}}\left({0}\right)", "log2({0})", bare=True, tight=True),
    "log10": Function(np.log10, r"\log_{{10}}\left({0}\right)", "log10({0})", bare=True, tight=True),
    "isnan": Function(np.isnan, r"{0} \text{{ is NaN}}", "{0} is NaN"),
    "lgamma": Function(_vectorized(math.lgamma), r"\ln\Gamma\left({0}\right)", "lgamma({0})", bare=True, tight=True),
    "digamma": Function(_vectorized(_digamma), r"\psi\left({0}\right)", "digamma({0})", bare=True, tight=True),
    "floor": Function(np.floor, r"\lfloor {0} \rfloor", "floor({0})", bare=True, tight=True),
    "ceil": Function(np.ceil, r"\lceil {0} \rceil", "ceil({0})", bare=True, tight=True),
    "round": _named("round", np.round, r"\text{{round}}"),
    "trunc": _named("trunc", np.trunc, r"\text{{trunc}}"),
    "maximum": Function(np.maximum, r"\max\left({0}, {1}\right)", "max({0}, {1})", bare=True, tight=True),
    "minimum": Function(np.minimum, r"\min\left({0}, {1}\right)", "min({0}, {1})", bare=True, tight=True),
    "atan2": Function(np.arctan2, r"\text{{atan2}}\left({0}, {1}\right)", "atan2({0}, {1})", bare=True, tight=True),
    "mod": Function(np.mod, r"{0} \bmod {1}", "{0} mod {1}"),
    "fmod": Function(np.fmod, r"\text{{fmod}}\left({0}, {1}\right)", "fmod({0}, {1})", bare=True, tight=True),
    "logaddexp": Function(
        np.logaddexp, r"\ln\left(e^{{{0}}} + e^{{{1}}}\right)", "log(exp({0}) + exp({1}))", bare=True, tight=True
    ),
    "logaddexp2": Function(
        np.logaddexp2, r"\log_{{2}}\left(2^{{{0}}} + 2^{{{1}}}\right)", "log2(2^({0}) + 2^({1}))", bare=True, tight=True
    ),
    "where": Function(
        np.where,
        r"\begin{{cases}} {1} & \text{{if }} {0} \\ {2} & \text{{otherwise}} \end{{cases}}",
        "({1} if {0} else {2})",
        bare=True,
    ),
}
