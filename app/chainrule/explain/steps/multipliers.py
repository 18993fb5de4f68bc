"""By which number a node multiplies what it received, where its saved values say so."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chainrule.graph.model import Node, Saved, Tensor
from chainrule.graph.values import flat_values, same_everywhere
from chainrule.words.wording import say_number

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
    """Return a derivative that depends on one saved number; ``{}`` in the words stands for it."""

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
    ("MeanBackward0", 0): _of("self_sym_numel", lambda count: 1 / count, "1/{}"),
    ("SubBackward0", 1): lambda get: _plain(-1.0 if get("alpha") is None else -(get("alpha") or 0.0)),
}


def multiplier_of(node: Node, slot: int) -> Multiplier | None:
    """Return the number by which a node multiplies what it passes through a slot.

    None where it is not one known number.
    """
    return _apply(node, slot, lambda name: _parameter(node.saved.get(name)))


def multipliers_of(node: Node, slot: int, count: int) -> list[float] | None:
    """As ``multiplier_of``, for each of so many elements with numbers of their own; None where one is not known."""
    listed = {name: _listed(saved, count) for name, saved in node.saved.items()}
    found = [
        _apply(node, slot, lambda name, at=at: numbers[at] if (numbers := listed.get(name)) else None)  # type: ignore[misc]
        for at in range(count)
    ]
    return None if any(one is None for one in found) else [one.value for one in found if one]


def _apply(node: Node, slot: int, get: _Parameters) -> Multiplier | None:
    rule = _RULES.get((node.op, slot))
    if rule is None:
        return None
    try:
        found = rule(get)
    except (ZeroDivisionError, OverflowError, ValueError):
        return None
    return found if found is not None and isinstance(found.value, float) and math.isfinite(found.value) else None


def _listed(saved: Saved, count: int) -> list[float] | None:
    """Return a saved value as so many real numbers; one number stands for all."""
    number = _parameter(saved)
    if number is not None:
        return [number] * count
    values = flat_values(saved) if isinstance(saved, Tensor) and saved.numel == count else None
    if values is None or not all(isinstance(value, int | float) for value in values):
        return None
    return [float(value) for value in values if isinstance(value, int | float)]


def _parameter(saved: Saved) -> float | None:
    """Return a saved value as one real number; None where it is not one."""
    number = same_everywhere(saved) if isinstance(saved, Tensor) and saved.numel else saved
    return float(number) if isinstance(number, int | float) else None


def holds(multipliers: list[float], received: Tensor, passed: Tensor) -> bool:
    """Return whether every element that was passed on is its multiplier times the one that was received.

    Where the elements are not listed this cannot be seen and is False.

    Args:
        multipliers: One for each element, or one for all.
        received: One number for all elements, or as many as were passed on.
        passed: What was passed on.
    """
    before, after = flat_values(received), flat_values(passed)
    if before is None or after is None:
        return False
    before = before * len(after) if len(before) == 1 else before
    multipliers = multipliers * len(after) if len(multipliers) == 1 else multipliers
    if not len(before) == len(after) == len(multipliers):
        return False
    return all(
        isinstance(a, int | float)
        and isinstance(b, int | float)
        and math.isclose(a, factor * b, rel_tol=TOLERANCE, abs_tol=1e-12)
        for factor, b, a in zip(multipliers, before, after, strict=True)
    )
