"""What Python makes of numbers: operators and functions that can be computed again without running the program."""

import ast
import math
import operator
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard

Plain = bool | int | float | complex

_LARGEST = 2**63
_LARGEST_EXPONENT = 64
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Not: operator.not_,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[int, Callable[..., Any]] = {
    id(function): function
    for function in (
        *(float, int, bool, complex, abs, round, min, max),
        *(math.sqrt, math.exp, math.log, math.log2, math.log10, math.log1p, math.expm1),
        *(math.fabs, math.floor, math.ceil),
        *(math.sin, math.cos, math.tan, math.tanh, math.sinh, math.cosh, math.atan, math.pow, math.hypot),
    )
}


def is_plain(value: object) -> TypeGuard[Plain]:
    """Return whether something is a number of Python's own, of a size that tensors have."""
    return type(value) in (bool, float, complex) or (type(value) is int and abs(value) < _LARGEST)


def function_of(value: object) -> Callable[..., Any] | None:
    """Return the function that something is, if it gives equal numbers for equal ones."""
    return _FUNCTIONS.get(id(value))


def operator_of(node: ast.AST) -> Callable[..., Any] | None:
    """Return what an operator of Python's grammar computes."""
    return _OPERATORS.get(type(node))


def computed(function: Callable[..., Any], numbers: Sequence[Plain]) -> Plain | None:
    """Compute a number from numbers; None where that fails, or would take long."""
    if function is operator.pow and any(abs(number) > _LARGEST_EXPONENT for number in numbers[1:]):
        return None
    try:
        found = function(*numbers)
    except (ArithmeticError, ValueError, TypeError):
        return None
    return found if is_plain(found) else None
