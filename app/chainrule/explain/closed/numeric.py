"""The numbers of an expression, with NumPy: what it is compared with autograd by."""

import math
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import sympy

from chainrule.explain.closed.functions import (
    Elementwise,
    MatrixProduct,
    Outer,
    Reduced,
    Reshaped,
    Shape,
    Softmax,
    Transposed,
    plain,
)
from chainrule.explain.closed.tensors import SymbolValue
from chainrule.formulas.language.evaluate import FUNCTIONS
from chainrule.formulas.language.tensors import softmax

_COMPUTED: Mapping[str, Callable[..., Any]] = {
    ">": np.greater,
    ">=": np.greater_equal,
    "<": np.less,
    "<=": np.less_equal,
    "==": np.equal,
    "!=": np.not_equal,
    "and": lambda *parts: np.logical_and.reduce(np.broadcast_arrays(*parts)),
    "or": lambda *parts: np.logical_or.reduce(np.broadcast_arrays(*parts)),
    "not": np.logical_not,
    "indicator": lambda x: np.asarray(x, dtype=float),
    "where": np.where,
}
_REDUCED: Mapping[str, Callable[..., Any]] = {"sum": np.sum, "prod": np.prod, "amax": np.max, "amin": np.min}
_OF_SYMPY: Mapping[str, str] = {"Abs": "abs"}


def evaluate(expr: Any, symbols: Mapping[str, SymbolValue], shape: Shape) -> Any:
    """Return the numbers of an expression as an array of a shape.

    Args:
        expr: any that ``Translator`` makes, or that algebra makes of one.
        symbols: what each symbol stands for.
        shape: what the expression stands for.

    Raises:
        ValueError: it does not fit.
        KeyError: SymPy made something of it that is not known here.
    """
    made: dict[Any, Any] = {}
    with np.errstate(all="ignore"):
        for part in sympy.postorder_traversal(expr):
            if part not in made and isinstance(part, sympy.Expr):
                made[part] = _value(part, made, symbols)
        return _fit(made[expr], shape)


def _value(part: Any, made: Mapping[Any, Any], symbols: Mapping[str, SymbolValue]) -> Any:
    if isinstance(part, sympy.Symbol):
        return np.asarray(symbols[part.name].array, dtype=float)
    if part.is_number and part.is_Atom:
        return np.asarray(float(part))
    if isinstance(part, Elementwise):
        function = _COMPUTED.get(part.name) or FUNCTIONS[part.name].apply
        return np.asarray(function(*(made[operand] for operand in part.operands)))
    match part:
        case MatrixProduct(args=(a, b, of_a, of_b)):
            return np.matmul(_fit(made[a], plain(of_a)), _fit(made[b], plain(of_b)))
        case Outer(args=(a, b, of_a, of_b)):
            return np.multiply.outer(_fit(made[a], plain(of_a)), _fit(made[b], plain(of_b)))
        case Transposed(args=(matrix, shape)):
            return np.swapaxes(_fit(made[matrix], plain(shape)), -1, -2)
        case Reshaped(args=(operand, given, shape)):
            return np.reshape(_fit(made[operand], plain(given)), plain(shape))
        case Reduced(args=(name, operand, axes, keeps, shape)):
            return _REDUCED[str(name)](_fit(made[operand], plain(shape)), axis=plain(axes), keepdims=bool(keeps))
        case Softmax(args=(operand, axis, shape)):
            return softmax(_fit(made[operand], plain(shape)), int(axis))
    operands = [made[argument] for argument in part.args]
    match part:
        case sympy.Add():
            return sum(operands[1:], start=operands[0])
        case sympy.Mul():
            return math.prod(operands[1:], start=operands[0])
        case sympy.Pow():
            return _power(*operands)
    name = type(part).__name__
    return FUNCTIONS[_OF_SYMPY.get(name, name)].apply(*operands)


def _power(base: Any, exponent: Any) -> Any:
    if np.ndim(exponent) == 0 and float(exponent) == 0.5:
        return np.sqrt(base)
    return np.power(base, exponent)


def _fit(value: Any, shape: Shape) -> Any:
    """Return numbers in the shape that they stand for."""
    array = np.asarray(value)
    if array.shape == shape:
        return array
    if array.size == math.prod(shape):
        return array.reshape(shape)
    while array.ndim > len(shape) and array.shape[0] == 1:
        array = array[0]
    return np.broadcast_to(array, shape)
