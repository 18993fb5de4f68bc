"""A formula with the real numbers, at one element of what it gives."""

import ast
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.math import make_math
from chainrule.explain.model import Math
from chainrule.formulas import LATEX, PLAIN, UNCOMPUTABLE, at_element, sum_to, write
from chainrule.formulas.language.element import SHOWN_TERMS, add_up
from chainrule.formulas.language.evaluate import evaluate

TOLERANCE = 1e-3
"""Relative difference up to which a formula's number and PyTorch's are one: it covers the rounding of float16."""
PLUS_EQUALS = r" \text{ += } "

Index = tuple[int, ...]


def largest(value: NDArray[Any] | None) -> Index | None:
    """Return the element that is looked at.

    The finite one of the largest magnitude, the first of equals; None of none.
    """
    if value is None or not value.size:
        return None
    magnitude = np.where(np.isfinite(value), np.abs(value), -1.0)
    return tuple(int(i) for i in np.unravel_index(int(np.argmax(magnitude)), value.shape))


def numbers_at(
    expression: ast.expr,
    values: Mapping[str, Any],
    recorded: NDArray[Any],
    element: Index,
    left: tuple[str, str],
    equals: str = "=",
    broadcasts: bool = False,
) -> Math | None:
    """Write a formula with its numbers at one element: "left = terms = result".

    Args:
        expression: the formula.
        values: what its names stand for.
        recorded: what PyTorch got.
        element: which element of it.
        left: what is computed, in LaTeX and in plain characters.
        equals: "=" or "+=".
        broadcasts: whether the formula's result is summed to the recorded shape.

    Returns:
        None where the formula cannot be computed, or gives something else than PyTorch recorded, as after a hook.
    """
    try:
        computed = np.asarray(evaluate(expression, values))
        if computed.ndim == 0:
            computed = np.broadcast_to(computed, recorded.shape)
        if computed.shape == recorded.shape:
            result = computed[element]
            terms = at_element(expression, values, element)
        elif broadcasts:
            result = sum_to(computed, recorded.shape)[element]
            terms = _uses(expression, values, computed, recorded, element)
        else:
            return None
    except UNCOMPUTABLE:
        return None
    return equation(left, equals, terms, result, recorded[element])


def _uses(
    expression: ast.expr, values: Mapping[str, Any], computed: NDArray[Any], recorded: NDArray[Any], element: Index
) -> ast.expr:
    """Return the sum of what came back from each use of an element that broadcasting used several times."""
    places = np.broadcast_to(np.arange(recorded.size).reshape(recorded.shape), computed.shape)
    wanted = np.arange(recorded.size).reshape(recorded.shape)[element]
    uses = [tuple(int(i) for i in place) for place in np.argwhere(places == wanted)]
    shown = [at_element(expression, values, use) for use in uses[:SHOWN_TERMS]]
    return add_up(shown, [computed[use] for use in uses[SHOWN_TERMS:]])


def equation(left: tuple[str, str], equals: str, terms: ast.expr, computed: Any, recorded: Any) -> Math | None:
    """Write "left = terms = result", or give None where the terms do not make what PyTorch recorded."""
    if not np.isclose(computed, recorded, rtol=TOLERANCE, atol=1e-6, equal_nan=True):
        return None
    result = ast.Constant(np.asarray(recorded).item())
    latex, plain = write(terms, {}, LATEX).text, write(terms, {}, PLAIN).text
    end = write(result, {}, LATEX).text, write(result, {}, PLAIN).text
    mark = " = " if equals == "=" else PLUS_EQUALS
    if latex == end[0]:
        return make_math(f"{left[0]}{mark}{latex}", f"{left[1]} {equals} {plain}")
    return make_math(f"{left[0]}{mark}{latex} = {end[0]}", f"{left[1]} {equals} {plain} = {end[1]}")
