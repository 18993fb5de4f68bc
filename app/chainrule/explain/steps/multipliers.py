"""By which number a node multiplies what it received, where its saved values say so.

The derivatives are those of the table of formulas; here is only which of them are short enough for a sentence.
"""

import ast
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from chainrule.formulas import (
    FORMULAS,
    PLAIN,
    UNCOMPUTABLE,
    Symbol,
    choose,
    evaluate,
    names,
    number,
    parse,
    simplify,
    write,
)
from chainrule.formulas.language.writer import NEGATION
from chainrule.graph.model import Node, Saved, Tensor
from chainrule.graph.values import flat_values, same_everywhere
from chainrule.words.numbers import say_number

TOLERANCE = 1e-4
"""Relative difference up to which a product is told as true: float32 arithmetic in another order stays well below."""

_SPOKEN = replace(PLAIN, fraction="{0}/{1}", number=say_number)
"""Numbers and fractions as the sentences around have them."""

_TOLD: Mapping[str, tuple[int, ...]] = {
    "MulBackward0": (0, 1),
    "DivBackward0": (0,),
    "PowBackward0": (0,),
    "NegBackward0": (0,),
    "ExpBackward0": (0,),
    "LogBackward0": (0,),
    "SqrtBackward0": (0,),
    "ReciprocalBackward0": (0,),
    "SinBackward0": (0,),
    "CosBackward0": (0,),
    "TanhBackward0": (0,),
    "SigmoidBackward0": (0,),
    "MeanBackward0": (0,),
    "SubBackward0": (1,),
}
"""The slots whose derivative is a few numbers that a person can follow."""


@dataclass(frozen=True, slots=True)
class Multiplier:
    """A number that is the same for every element."""

    value: float
    words: str
    """The number as it comes about: "3 × 2^2"."""


def multiplier_of(node: Node, slot: int) -> Multiplier | None:
    """Return the number by which a node multiplies what it passes through a slot.

    None where it is not one known number.
    """
    values = _values(node, {name: _parameter(saved) for name, saved in node.saved.items()})
    slope = _told_slope(node, slot, values)
    found = None if slope is None else _computed(slope, values, 1)
    if slope is None or found is None:
        return None
    symbols = {
        name: Symbol(text := say_number(value), NEGATION if text.startswith("-") else Symbol("").binds, scalar=True)
        for name, value in values.items()
    }
    written = write(slope, symbols, _SPOKEN)
    return Multiplier(found[0], written.text if written.binds >= NEGATION else f"({written.text})")


def multipliers_of(node: Node, slot: int, count: int) -> list[float] | None:
    """As ``multiplier_of``, for each of so many elements with numbers of their own; None where one is not known."""
    values = _values(node, {name: _listed(saved, count) for name, saved in node.saved.items()})
    slope = _told_slope(node, slot, values)
    return None if slope is None else _computed(slope, values, count)


def passes_unchanged(node: Node, slot: int) -> bool:
    """Return whether a node passes what it received through a slot as it is."""
    slope = _slope(node, slot, _values(node, {name: _parameter(saved) for name, saved in node.saved.items()}))
    return slope is not None and number(slope) == 1


def _values(node: Node, saved: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values that the formula of a node has names for, as far as they are known."""
    formula = FORMULAS.get(node.op)
    known = {name: value for name, value in saved.items() if value is not None}
    return {**formula.defaults, **known} if formula is not None else known


def _told_slope(node: Node, slot: int, values: Mapping[str, Any]) -> ast.expr | None:
    return _slope(node, slot, values) if slot in _TOLD.get(node.op, ()) else None


def _slope(node: Node, slot: int, values: Mapping[str, Any]) -> ast.expr | None:
    """Return what the formula of a node multiplies the gradient by, with its parameters written in."""
    formula = FORMULAS.get(node.op)
    argument = formula.argument(slot) if formula is not None else None
    text = choose(formula.vjps[argument], values) if formula is not None and argument is not None else None
    if formula is None or text is None:
        return None
    vjp = _unspread(parse(text))
    if "grad" not in names(vjp):
        return None
    parameters = {
        name: value
        for name, value in values.items()
        if name not in formula.vjps and not name.startswith("result") and isinstance(value, int | float)
    }
    return simplify(vjp, parameters | {"grad": 1})


def _unspread(vjp: ast.expr) -> ast.expr:
    """Return what is spread over all elements, which is the same for each; its count is saved under another name."""
    match vjp:
        case ast.Call(func=ast.Name(id="spread"), args=[spread, *_]):
            return _unspread(spread)
        case ast.Call(func=ast.Name(id="count"), args=[ast.Name(id=name)]):
            return ast.Name(f"{name}_sym_numel")
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(_unspread(left), op, _unspread(right))
    return vjp


def _computed(slope: ast.expr, values: Mapping[str, Any], count: int) -> list[float] | None:
    """Return the value of a slope at so many elements; None where it is not a finite number at each."""
    arrays = {name: np.asarray(value, dtype=float) for name, value in values.items() if not isinstance(value, str)}
    try:
        found = np.broadcast_to(np.asarray(evaluate(slope, arrays), dtype=float), count)
    except UNCOMPUTABLE:
        return None
    return [float(value) for value in found] if np.isfinite(found).all() else None


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
