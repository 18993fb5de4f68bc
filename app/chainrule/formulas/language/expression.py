"""The small language that formulas are written in: Python's expressions over named tensors and listed functions.

One text such as ``grad * exponent * self ** (exponent - 1)`` is the only source of a formula: its numbers, its LaTeX
and its plain words are all made from the same tree, so that they cannot disagree.
"""

import ast
import math
from collections.abc import Mapping
from functools import cache

Literal = bool | int | float
"""A value that is written into a formula as a number: an exponent, a slope, a constant of the program."""

CONSTANTS = {"pi": math.pi, "inf": math.inf}
"""Names that stand for numbers."""

_ALLOWED = (
    ast.expr_context,
    ast.operator,
    ast.unaryop,
    ast.cmpop,
    ast.boolop,
    ast.Name,
    ast.Constant,
    ast.BinOp,
    ast.UnaryOp,
    ast.Compare,
    ast.BoolOp,
    ast.Call,
)


@cache
def parse(text: str) -> ast.expr:
    """Read a formula.

    Raises:
        ValueError: the text holds something that is not part of the language.
    """
    tree = ast.parse(text, mode="eval").body
    for part in ast.walk(tree):
        if not isinstance(part, _ALLOWED):
            raise ValueError(f"{type(part).__name__} is not part of the formula language: {text}")
    return tree


def names(expression: ast.expr) -> frozenset[str]:
    """Return the names of tensors and parameters that an expression uses, without those of functions."""
    called = {id(part.func) for part in ast.walk(expression) if isinstance(part, ast.Call)}
    found = (part for part in ast.walk(expression) if isinstance(part, ast.Name) and id(part) not in called)
    return frozenset(part.id for part in found) - CONSTANTS.keys()


def called(expression: ast.Call) -> str:
    """Return the name of the function that a call calls."""
    assert isinstance(expression.func, ast.Name)
    return expression.func.id


def number(expression: ast.expr) -> Literal | None:
    """Return the number that an expression is, or None."""
    if isinstance(expression, ast.Constant) and isinstance(expression.value, bool | int | float):
        return expression.value
    return None


def simplify(expression: ast.expr, literals: Mapping[str, Literal]) -> ast.expr:
    """Write the literals into an expression and take out what they make idle: ``1 * x``, ``x ** 1``, ``3 - 1``."""
    match expression:
        case ast.Name(id=name) if name in literals:
            return ast.Constant(literals[name])
        case ast.BinOp(left=left, op=op, right=right):
            return _binary(simplify(left, literals), op, simplify(right, literals))
        case ast.UnaryOp(op=op, operand=operand):
            return _unary(op, simplify(operand, literals))
        case ast.Compare(left=left, ops=ops, comparators=others):
            return _compare(simplify(left, literals), ops, [simplify(other, literals) for other in others])
        case ast.BoolOp(op=op, values=values):
            return ast.BoolOp(op, [simplify(value, literals) for value in values])
        case ast.Call(func=func, args=arguments):
            return _call(func, [simplify(argument, literals) for argument in arguments])
    return expression


def _compare(left: ast.expr, ops: list[ast.cmpop], others: list[ast.expr]) -> ast.expr:
    if isinstance(left, ast.Constant) and isinstance(others[0], ast.Constant):
        if isinstance(ops[0], ast.Eq):
            return ast.Constant(left.value == others[0].value)
        if isinstance(ops[0], ast.NotEq):
            return ast.Constant(left.value != others[0].value)
    return ast.Compare(left, ops, others)


def _call(func: ast.expr, arguments: list[ast.expr]) -> ast.expr:
    """Return a call; of a ``where`` whose condition is decided, the branch that it takes."""
    if isinstance(func, ast.Name) and func.id == "where" and isinstance(arguments[0], ast.Constant):
        return arguments[1] if arguments[0].value else arguments[2]
    return ast.Call(func, arguments, [])


def _unary(op: ast.unaryop, operand: ast.expr) -> ast.expr:
    value = number(operand)
    if isinstance(op, ast.USub):
        if value is not None:
            return ast.Constant(-value)
        if isinstance(operand, ast.UnaryOp) and isinstance(operand.op, ast.USub):
            return operand.operand
    return ast.UnaryOp(op, operand)


def _binary(left: ast.expr, op: ast.operator, right: ast.expr) -> ast.expr:
    a, b = number(left), number(right)
    if a is not None and b is not None:
        folded = _fold(a, op, b)
        if folded is not None:
            return ast.Constant(folded)
    match op:
        case ast.Mult() if 0 in (a, b):
            return ast.Constant(0)
        case ast.Mult() if a == 1:
            return right
        case ast.Mult() | ast.Div() | ast.Pow() if b == 1:
            return left
        case ast.Mult() if a == -1:
            return _unary(ast.USub(), right)
        case ast.Mult() if b == -1:
            return _unary(ast.USub(), left)
        case ast.Add() if a == 0:
            return right
        case ast.Add() | ast.Sub() if b == 0:
            return left
        case ast.Sub() if a == 0:
            return _unary(ast.USub(), right)
    return ast.BinOp(left, op, right)


def _fold(a: Literal, op: ast.operator, b: Literal) -> Literal | None:
    """Return the number that two make, where it is as short to write as they are."""
    match op:
        case ast.Add():
            value = a + b
        case ast.Sub():
            value = a - b
        case ast.Mult():
            value = a * b
        case _:
            return None
    return round(value, 12) if isinstance(value, float) else value
