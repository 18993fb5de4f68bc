"""A formula at one element: the same expression, with the numbers that make that element in place of the names."""

import ast
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from chainrule.formulas.language.evaluate import FUNCTIONS, evaluate
from chainrule.formulas.language.expression import CONSTANTS, called

SHOWN_TERMS = 4
"""How many terms of a sum are written out; the others are written as one number."""

Index = tuple[int, ...]


def at_element(expression: ast.expr, values: Mapping[str, Any], index: Index) -> ast.expr:
    """Return the expression of numbers whose value is that of ``expression`` at ``index``.

    A sum that came from undone broadcasting or from a matrix product has its terms written out, the first
    ``SHOWN_TERMS`` of them; the call ``rest`` holds the value of those that are not shown.
    """
    with np.errstate(all="ignore"):
        return _at(expression, values, index)


def _at(expression: ast.expr, values: Mapping[str, Any], index: Index) -> ast.expr:
    match expression:
        case ast.Constant():
            return expression
        case ast.Name(id=name) if name in CONSTANTS:
            return expression
        case ast.BinOp(left=left, op=ast.MatMult(), right=right):
            return _product(left, right, values, index)
        case ast.BinOp(left=left, op=op, right=right):
            return ast.BinOp(_operand(left, values, index), op, _operand(right, values, index))
        case ast.UnaryOp(op=op, operand=operand):
            return ast.UnaryOp(op, _operand(operand, values, index))
        case ast.Compare(left=left, ops=ops, comparators=others):
            compared = [_operand(other, values, index) for other in others]
            return ast.Compare(_operand(left, values, index), ops, compared)
        case ast.Call(func=func, args=arguments):
            name = called(expression)
            kind = FUNCTIONS[name].kind
            if name == "where":
                chosen = _element(evaluate(arguments[0], values), index)
                return _operand(arguments[1] if chosen else arguments[2], values, index)
            if name == "dot":
                return _product(arguments[0], arguments[1], values, index)
            if kind == "elementwise":
                return ast.Call(func, [_operand(argument, values, index) for argument in arguments], [])
            if kind == "move":
                return _moved(expression, values, index)
            if kind == "total":
                return _total(expression, values, index)
    return _number(evaluate(expression, values), index)


def _operand(expression: ast.expr, values: Mapping[str, Any], index: Index) -> ast.expr:
    """Return an operand of an elementwise operation at the element that broadcasting takes there."""
    return _at(expression, values, broadcast_index(index, np.shape(evaluate(expression, values))))


def broadcast_index(index: Index, shape: tuple[int, ...]) -> Index:
    """Return the element of a smaller tensor that broadcasting puts at ``index``."""
    trailing = index[len(index) - len(shape) :] if shape else ()
    return tuple(0 if size == 1 else i for i, size in zip(trailing, shape, strict=True))


def _element(value: Any, index: Index) -> Any:
    array = np.asarray(value)
    return array[broadcast_index(index, array.shape)].item()


def _number(value: Any, index: Index) -> ast.expr:
    return ast.Constant(_element(value, index))


def _moved(call: ast.Call, values: Mapping[str, Any], index: Index) -> ast.expr:
    """Follow an element back to where a moving function took it from."""
    first = np.asarray(evaluate(call.args[0], values))
    places = np.arange(1, first.size + 1).reshape(first.shape)
    rest = [evaluate(argument, values) for argument in call.args[1:]]
    place = int(np.asarray(FUNCTIONS[called(call)].apply(places, *rest))[index])
    if place == 0:
        return ast.Constant(0)
    return _at(call.args[0], values, tuple(int(i) for i in np.unravel_index(place - 1, first.shape)))


def _total(call: ast.Call, values: Mapping[str, Any], index: Index) -> ast.expr:
    """Write out the sum that a summing function makes, by asking it which elements it takes together."""
    first = np.asarray(evaluate(call.args[0], values))
    rest = [evaluate(argument, values) for argument in call.args[1:]]
    function = FUNCTIONS[called(call)].apply
    terms = []
    for flat in range(first.size):
        probe = np.zeros(first.size)
        probe[flat] = 1
        if np.asarray(function(probe.reshape(first.shape), *rest))[index]:
            place = tuple(int(i) for i in np.unravel_index(flat, first.shape))
            terms.append((place, first[place]))
    shown = [_at(call.args[0], values, place) for place, _ in terms[:SHOWN_TERMS]]
    return add_up(shown, [value for _, value in terms[SHOWN_TERMS:]])


def _product(left: ast.expr, right: ast.expr, values: Mapping[str, Any], index: Index) -> ast.expr:
    """Write out one element of a matrix product."""
    a, b = np.asarray(evaluate(left, values)), np.asarray(evaluate(right, values))
    row = index[: len(index) - (b.ndim > 1)] if a.ndim > 1 else ()
    column = index[-1:] if b.ndim > 1 else ()
    pairs = []
    for k in range(a.shape[-1]):
        a_index = (*broadcast_index(row[:-1], a.shape[:-2]), row[-1], k) if a.ndim > 1 else (k,)
        batch = row[:-1] if a.ndim > 1 else index[:-1]
        b_index = (*broadcast_index(batch, b.shape[:-2]), k, column[0]) if b.ndim > 1 else (k,)
        pairs.append((a_index, b_index))
    shown = [ast.BinOp(_at(left, values, i), ast.Mult(), _at(right, values, j)) for i, j in pairs[:SHOWN_TERMS]]
    return add_up(shown, [a[i] * b[j] for i, j in pairs[SHOWN_TERMS:]])


def add_up(shown: Sequence[ast.expr], others: list[Any]) -> ast.expr:
    """Return a sum of terms that are shown and of others that are not."""
    if not shown:
        return ast.Constant(0)
    result = shown[0]
    for term in shown[1:]:
        result = ast.BinOp(result, ast.Add(), term)
    if others:
        rest = ast.Call(ast.Name("rest"), [ast.Constant(float(np.sum(others)))], [])
        result = ast.BinOp(result, ast.Add(), rest)
    return result
