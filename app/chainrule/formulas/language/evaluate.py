"""The numbers of a formula, with numpy."""

import ast
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from chainrule.formulas.language.expression import CONSTANTS, called
from chainrule.formulas.language.functions import ELEMENTWISE, Function
from chainrule.formulas.language.tensors import TENSORS

FUNCTIONS: Mapping[str, Function] = ELEMENTWISE | TENSORS

UNCOMPUTABLE = (KeyError, ValueError, IndexError, TypeError, ArithmeticError, MemoryError)
"""What computing a formula raises where a value is missing or does not fit."""

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: lambda a, b: np.power(np.asarray(a, dtype=float), b),
    ast.MatMult: np.matmul,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


def evaluate(expression: ast.expr, values: Mapping[str, Any]) -> Any:
    """Return the value of an expression.

    Args:
        expression: what ``parse`` gave.
        values: a numpy array for each tensor, and PyTorch's own value for each parameter.

    Raises:
        KeyError: a name has no value.
    """
    with np.errstate(all="ignore"):
        return _evaluate(expression, values)


def _evaluate(expression: ast.expr, values: Mapping[str, Any]) -> Any:
    match expression:
        case ast.Constant(value=value):
            return value
        case ast.Name(id=name):
            return CONSTANTS[name] if name in CONSTANTS else values[name]
        case ast.BinOp(left=left, op=op, right=right):
            return _BINARY[type(op)](_evaluate(left, values), _evaluate(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            value = _evaluate(operand, values)
            return np.logical_not(value) if isinstance(op, ast.Not) else np.negative(value)
        case ast.Compare(left=left, ops=[op], comparators=[right]):
            return _COMPARED[type(op)](_evaluate(left, values), _evaluate(right, values))
        case ast.BoolOp(op=op, values=parts):
            join: np.ufunc = np.logical_and if isinstance(op, ast.And) else np.logical_or
            result = _evaluate(parts[0], values)
            for part in parts[1:]:
                result = join(result, _evaluate(part, values))
            return result
        case ast.Call(args=arguments):
            return FUNCTIONS[called(expression)].apply(*(_evaluate(argument, values) for argument in arguments))
    raise ValueError(f"{ast.dump(expression)} is not part of the formula language")


def settle(expression: ast.expr, values: Mapping[str, Any]) -> ast.expr:
    """Replace the calls that depend on shapes and parameters only by their numbers, and parameters by what they are."""
    match expression:
        case ast.Name(id=name) if name in values and not _holds_tensors(values[name]):
            return ast.Constant(values[name])
        case ast.Call(func=func, args=arguments):
            if FUNCTIONS[called(expression)].static:
                try:
                    return ast.Constant(_evaluate(expression, values))
                except UNCOMPUTABLE:
                    return expression
            return ast.Call(func, [settle(argument, values) for argument in arguments], [])
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(settle(left, values), op, settle(right, values))
        case ast.UnaryOp(op=op, operand=operand):
            return ast.UnaryOp(op, settle(operand, values))
        case ast.Compare(left=left, ops=ops, comparators=others):
            return ast.Compare(settle(left, values), ops, [settle(other, values) for other in others])
        case ast.BoolOp(op=op, values=parts):
            return ast.BoolOp(op, [settle(part, values) for part in parts])
    return expression


def _holds_tensors(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else [value]
    return any(isinstance(part, np.ndarray) for part in parts)


def is_elementwise(expression: ast.expr) -> bool:
    """Return whether each element of the result comes from the same elements of what goes in, after broadcasting."""
    for part in ast.walk(expression):
        if isinstance(part, ast.BinOp) and isinstance(part.op, ast.MatMult):
            return False
        if isinstance(part, ast.Call) and FUNCTIONS[called(part)].kind != "elementwise":
            return False
    return True
