"""From the formula language to expressions: what a formula says of the expressions of its operands."""

import ast
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import numpy as np
import sympy

from chainrule.explain.closed.errors import NoRuleError, TooLargeError
from chainrule.explain.closed.functions import Softmax, count, elementwise, sizes
from chainrule.explain.closed.tensors import Algebra, Term
from chainrule.formulas.language.expression import called
from chainrule.formulas.language.moves import axes as axes_of

LARGEST_EXPONENT = 64
"""Magnitude of an exponent up to which a power of a number is computed."""
MOST_BITS = 256
"""Size of an integer above which no expression is told [bits]."""
LARGEST_ROOT = 10_000
"""Integer up to which a number is known as its square root."""
MOST_DIGITS = 10
"""Digits of a decimal up to which it is taken as the fraction that it is."""
MOST_PARTS = 400
"""Parts of an expression above which it is not told."""


_ELEMENTARY: Mapping[str, Callable[..., Any]] = {
    "exp": sympy.exp,
    "log": sympy.log,
    "sqrt": sympy.sqrt,
    "abs": sympy.Abs,
    "sign": sympy.sign,
    "sin": sympy.sin,
    "cos": sympy.cos,
    "tan": sympy.tan,
    "asin": sympy.asin,
    "acos": sympy.acos,
    "atan": sympy.atan,
    "sinh": sympy.sinh,
    "cosh": sympy.cosh,
    "tanh": sympy.tanh,
    "asinh": sympy.asinh,
    "acosh": sympy.acosh,
    "atanh": sympy.atanh,
    "erf": sympy.erf,
    "erfc": sympy.erfc,
    "log1p": lambda x: sympy.log(1 + x),
    "expm1": lambda x: sympy.exp(x) - 1,
    "log2": lambda x: sympy.log(x) / sympy.log(2),
    "log10": lambda x: sympy.log(x) / sympy.log(10),
    "logaddexp": lambda a, b: sympy.log(sympy.exp(a) + sympy.exp(b)),
    **{
        name: lambda *operands, name=name: elementwise(name, *operands)
        for name in ("sigmoid", "maximum", "minimum", "floor", "ceil", "round", "trunc")
    },
}
_COMPARED: Mapping[type[ast.cmpop], str] = {
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}


def exact(number: object) -> Any:
    """Return a number as SymPy's: a decimal as the fraction that it is written as, where it is written shortly.

    >>> exact(12.0), exact(0.1), exact(float(np.float32(0.3))), exact(2**0.5)
    (12, 1/10, 3/10, sqrt(2))
    """
    if isinstance(number, np.generic | np.ndarray) and np.ndim(number) == 0:
        number = number.item()
    if isinstance(number, bool | int):
        return _bounded(sympy.Integer(int(number)))
    if not isinstance(number, float):
        raise NoRuleError(str(number)[:40])
    if number != number or number in (float("inf"), -float("inf")):
        raise NoRuleError(str(number))
    with np.errstate(over="ignore"):
        single = np.float32(number)
    text = str(single) if float(single) == number else repr(number)
    decimal = Decimal(text)
    square = round(number * number)
    if 1 < square < LARGEST_ROOT and number * number != square and abs(number * number - square) < 1e-15 * square:
        return sympy.sqrt(square) if number > 0 else -sympy.sqrt(square)
    if abs(decimal.adjusted()) > MOST_DIGITS or len(decimal.as_tuple().digits) > MOST_DIGITS:
        return sympy.Float(number)
    numerator, denominator = decimal.as_integer_ratio()
    return sympy.Rational(numerator, denominator)


def _bounded(expr: Any) -> Any:
    if expr.is_Rational and max(abs(expr.p).bit_length(), expr.q.bit_length()) > MOST_BITS:
        raise TooLargeError
    return expr


def checked(term: Term) -> Term:
    """Return a term, once it is known to be of a size that algebra can work with.

    Raises:
        TooLargeError: it is not.
    """
    waiting, parts = [term.expr], 0
    while waiting:
        expr = waiting.pop()
        parts += 1
        if parts > MOST_PARTS:
            raise TooLargeError
        if expr.is_Atom:
            if getattr(expr, "is_Rational", False):
                _bounded(expr)
        else:
            waiting.extend(expr.args)
    return term


def power(base: Any, exponent: Any) -> Any:
    """Return a power, which SymPy would compute however large it is where numbers are in it."""
    if exponent.is_number and abs(float(exponent)) > LARGEST_EXPONENT and base.as_coeff_Mul()[0] not in (1, -1):
        raise TooLargeError
    return base**exponent


LookUp = Callable[[str], Term | None]


class Translator:
    """Reads formulas.

    Args:
        algebra: the rules of the tensors that occur.
    """

    def __init__(self, algebra: Algebra) -> None:
        self._algebra = algebra

    def read(self, expression: ast.expr, look_up: LookUp) -> Term:
        """Return what a formula says.

        Args:
            expression: the formula, with its parameters written into it.
            look_up: what its names stand for, and the call of ``one_hot``; None where that is not known.

        Raises:
            NoRuleError: it has a function that there is no rule for.
            TooLargeError: nobody would read what it says.
        """
        return checked(self._read(expression, look_up))

    def _read(self, expression: ast.expr, look_up: LookUp) -> Term:
        match expression:
            case ast.Constant(value=value):
                return Term(exact(value), ())
            case ast.Name(id="pi"):
                return Term(sympy.pi, ())
            case ast.Name(id=name):
                found = look_up(name)
                if found is None:
                    raise NoRuleError(name)
                return found
            case ast.BinOp(left=left, op=op, right=right):
                return self._binary(self._read(left, look_up), op, self._read(right, look_up))
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                inner = self._read(operand, look_up)
                return Term(-inner.expr, inner.shape)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                return self._elementwise(lambda x: elementwise("not", x), [self._read(operand, look_up)])
            case ast.Compare(left=left, ops=[op], comparators=[right]):
                name = _COMPARED[type(op)]
                sides = [self._read(left, look_up), self._read(right, look_up)]
                return self._elementwise(lambda a, b: elementwise(name, a, b), sides)
            case ast.BoolOp(op=op, values=values):
                name = "and" if isinstance(op, ast.And) else "or"
                parts = [self._read(value, look_up) for value in values]
                return self._elementwise(lambda *operands: elementwise(name, *operands), parts)
            case ast.Call():
                return self._call(expression, look_up)
        raise NoRuleError(type(expression).__name__)

    def _elementwise(self, function: Callable[..., Any], operands: list[Term]) -> Term:
        shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        return Term(function(*(operand.expr for operand in operands)), shape)

    def _binary(self, a: Term, op: ast.operator, b: Term) -> Term:
        match op:
            case ast.MatMult():
                return self._algebra.multiply(a, b)
            case ast.Add():
                return self._elementwise(lambda x, y: x + y, [a, b])
            case ast.Sub():
                return self._elementwise(lambda x, y: x - y, [a, b])
            case ast.Mult():
                return self._elementwise(lambda x, y: x * y, [a, b])
            case ast.Div():
                if b.expr == 0:
                    raise NoRuleError("/ 0")
                return self._elementwise(lambda x, y: x / y, [a, b])
            case ast.Pow():
                return self._elementwise(power, [a, b])
        raise NoRuleError(type(op).__name__)

    def _call(self, call: ast.Call, look_up: LookUp) -> Term:
        name, arguments, algebra = called(call), call.args, self._algebra
        if name == "where":
            return self._where(arguments, look_up)
        if name == "one_hot":
            return self._read(ast.Name(name), look_up)
        if name == "equals":
            return Term(sympy.Integer(1), ())  # where several share the maximum, autograd's numbers are others
        if name in _ELEMENTARY:
            return self._elementwise(_ELEMENTARY[name], [self._read(part, look_up) for part in arguments])
        operands = [self._read(part, look_up) for part in arguments if not isinstance(part, ast.Constant)]
        parameters: list[Any] = [part.value for part in arguments if isinstance(part, ast.Constant)]
        first = operands[0] if operands else Term(sympy.Integer(0), ())
        match name:
            case "total":
                return algebra.total(first, *parameters)
            case "spread":
                if len(operands) == 1:  # of a gradient that is a number
                    operands = [self._read(arguments[0], look_up), self._read(arguments[1], look_up)]
                    parameters = parameters[1:]
                return algebra.spread(operands[0], operands[1].shape, *parameters)
            case "average":
                axes = axes_of(parameters[0] if parameters else None, len(first.shape))
                size = int(np.prod([first.shape[axis] for axis in axes], dtype=int))
                summed = algebra.total(first, list(axes) or None, keepdim=True)
                return Term(summed.expr / size, summed.shape)
            case "product" | "amax" | "amin":
                dim, keepdim = (*parameters, None, False)[:2]
                return algebra.reduce({"product": "prod"}.get(name, name), first, dim, keepdim)
            case "T":
                return algebra.transpose(first)
            case "swap":
                dims = [int(dim) % max(1, len(first.shape)) for dim in parameters]
                if len(first.shape) > 1 and sorted(dims) == [len(first.shape) - 2, len(first.shape) - 1]:
                    return algebra.transpose(first)
            case "permute" | "permute_back":
                width = len(first.shape)
                order = [int(dim) % max(1, width) for dim in parameters[0]]
                if width > 1 and order == [*range(width - 2), width - 1, width - 2]:
                    return algebra.transpose(first)
            case "dot":
                product = self._elementwise(lambda x, y: x * y, operands)
                return algebra.total(product)
            case "outer":
                return algebra.outer(*operands)
            case "reshape":
                return algebra.view(first, operands[1].shape)
            case "expand":
                return Term(first.expr, operands[1].shape)
            case "expand_back":
                return algebra.undo_broadcast(first, operands[1].shape)
            case "softmax":
                axis = int(parameters[0]) % max(1, len(first.shape))
                if count(algebra.shape(first.expr)) != count(first.shape):
                    raise NoRuleError(name)
                return Term(Softmax(first.expr, sympy.Integer(axis), sizes(first.shape)), first.shape)
            case "sum_like":
                return algebra.undo_broadcast(first, operands[1].shape)
        raise NoRuleError(name)

    def _where(self, arguments: list[ast.expr], look_up: LookUp) -> Term:
        condition, yes, no = (self._read(part, look_up) for part in arguments)
        shape = np.broadcast_shapes(condition.shape, yes.shape, no.shape)
        if no.expr == 0:
            return Term(yes.expr * elementwise("indicator", condition.expr), shape)
        if yes.expr == 0:
            return Term(no.expr * elementwise("indicator", elementwise("not", condition.expr)), shape)
        return Term(elementwise("where", condition.expr, yes.expr, no.expr), shape)
