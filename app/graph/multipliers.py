"""By which number a node multiplies what it received, where its saved values say so."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.graph.model import Node, Saved, Tensor
from app.graph.wording import flat_values, same_everywhere, say_number

TOLERANCE = 1e-4
"""Relative difference up to which a product is told as true: float32 arithmetic in another order stays well below."""


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A number that is the same for every element."""

    value: float
    words: str
    """The number as it comes about: "3 × 2^2"."""


_Parameters = Callable[[str], float | None]
_Rule = Callable[[_Parameters], Multiplier | None]


def _plain(value: float | None, words: str | None = None) -> Multiplier | None:
    return None if value is None else Multiplier(value, words or say_number(value))


def _power(get: _Parameters) -> Multiplier | None:
    base, exponent = get("self"), get("exponent")
    if base is None or exponent is None:
        return None
    value = exponent * base ** (exponent - 1)
    power = "" if exponent == 2 else f"^{say_number(exponent - 1)}"
    return Multiplier(value, f"{say_number(exponent)} × {_bracket(base)}{power}")


def _bracket(value: float) -> str:
    return f"({say_number(value)})" if value < 0 else say_number(value)


def _of(name: str, value: Callable[[float], float], words: str) -> _Rule:
    """A derivative that depends on one saved number; ``{}`` in the words stands for it."""

    def rule(get: _Parameters) -> Multiplier | None:
        number = get(name)
        return None if number is None else Multiplier(value(number), words.format(say_number(number)))

    return rule


_RULES: Mapping[tuple[str, int], _Rule] = {
    ("MulBackward0", 0): lambda get: _plain(get("other")),
    ("MulBackward0", 1): lambda get: _plain(get("self")),
    ("DivBackward0", 0): _of("other", lambda y: 1 / y, "1/{}"),
    ("PowBackward0", 0): _power,
    ("NegBackward0", 0): lambda get: Multiplier(-1.0, "-1"),
    ("ExpBackward0", 0): _of("result", lambda y: y, "{}"),
    ("LogBackward0", 0): _of("self", lambda x: 1 / x, "1/{}"),
    ("SqrtBackward0", 0): _of("result", lambda y: 0.5 / y, "1/(2 × {})"),
    ("ReciprocalBackward0", 0): _of("result", lambda y: -y * y, "-({})^2"),
    ("SinBackward0", 0): _of("self", math.cos, "cos({})"),
    ("CosBackward0", 0): _of("self", lambda x: -math.sin(x), "-sin({})"),
    ("TanhBackward0", 0): _of("result", lambda y: 1 - y * y, "(1 - {}^2)"),
    ("SigmoidBackward0", 0): _of("result", lambda y: y * (1 - y), "{0} × (1 - {0})"),
    ("SubBackward0", 1): lambda get: _plain(-1.0 if get("alpha") is None else -(get("alpha") or 0.0)),
}


def multiplier_of(node: Node, slot: int) -> Multiplier | None:
    """The number by which a node multiplies what it passes through a slot; None where it is not one known number."""
    rule = _RULES.get((node.op, slot))
    if rule is None:
        return None
    try:
        found = rule(lambda name: _parameter(node.saved.get(name)))
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if found is not None and isinstance(found.value, float) and math.isfinite(found.value) else None


def _parameter(saved: Saved) -> float | None:
    """A saved value as one real number; None where it is not one."""
    number = same_everywhere(saved) if isinstance(saved, Tensor) and saved.numel else saved
    return float(number) if isinstance(number, int | float) else None


def holds(multiplier: Multiplier, received: Tensor, passed: Tensor) -> bool:
    """Whether every element that was passed on is the multiplier times the one that was received.

    Where one number was received for many elements, or the elements are not listed, this cannot be seen and is False.
    """
    before, after = flat_values(received), flat_values(passed)
    if before is None or after is None or len(before) != len(after):
        return False
    return all(
        isinstance(a, int | float)
        and isinstance(b, int | float)
        and math.isclose(a, multiplier.value * b, rel_tol=TOLERANCE, abs_tol=1e-12)
        for b, a in zip(before, after, strict=True)
    )
