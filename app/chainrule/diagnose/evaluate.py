"""Small expressions computed again, to tell the shapes of operands that have no name."""

import ast
import math
import operator
from collections.abc import Callable, Mapping
from typing import Any

import torch

ELEMENTS = 100_000
"""Elements of a tensor up to which it is computed with again."""

_MAKERS = frozenset("tensor ones zeros full eye arange linspace rand randn randint empty".split())
_TURNS = frozenset(
    """t transpose permute view reshape flatten squeeze unsqueeze expand movedim mT T mH H sum mean float double long
    int half bool to detach clone contiguous abs exp log sqrt sin cos tanh sigmoid relu square softmax log_softmax
    argmax view_as expand_as chunk split unbind flip roll repeat diag tril triu cat stack numel size dim""".split()
)
_OPERATORS: dict[type[ast.AST], Callable[..., Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.MatMult: operator.matmul,
    ast.Pow: operator.pow,
    ast.Gt: operator.gt,
    ast.Lt: operator.lt,
    ast.GtE: operator.ge,
    ast.LtE: operator.le,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.USub: operator.neg,
    ast.UAdd: operator.pos,
    ast.Invert: operator.invert,
}


class NotPure(Exception):  # noqa: N818  # says what an expression is, and is always caught
    """The expression may do something besides giving a value, or is too large to compute again."""


def compute(node: ast.AST, known: Callable[[ast.AST], Any]) -> Any:
    """Compute an expression of operators, constructors and changes of shape on values that are known.

    Args:
        node: the expression.
        known: gives the value of a name or attribute, None where there is none.

    Raises:
        NotPure: it is something else.
    """
    match node:
        case ast.Constant(value=int() | float() | bool() | complex() | str() | None):
            return node.value
        case ast.Name() | ast.Attribute() if (value := known(node)) is not None:
            return _small(value)
        case ast.Attribute(value=ast.Name(id="torch"), attr=name):
            return _constant(name)
        case ast.Attribute(value=base, attr="shape" | "dtype" | "T" | "mT" | "H" | "mH" as name):
            return getattr(_tensor(compute(base, known)), name)
        case ast.List(elts=items) | ast.Tuple(elts=items):
            made = [compute(item, known) for item in items]
            return tuple(made) if isinstance(node, ast.Tuple) else made
        case ast.BinOp(left=left, op=op, right=right) | ast.Compare(left=left, ops=[op], comparators=[right]):
            return _apply(op, compute(left, known), compute(right, known))
        case ast.UnaryOp(op=op, operand=operand):
            return _apply(op, compute(operand, known))
        case ast.Subscript(value=base, slice=index):
            return _small(compute(base, known)[_index(index, known)])
        case ast.Call(func=function, args=args, keywords=keywords):
            return _call(function, args, keywords, known)
        case _:
            raise NotPure


def _constant(name: str) -> Any:
    value = getattr(torch, name, None)
    if isinstance(value, torch.dtype):
        return value
    raise NotPure


def _apply(op: ast.AST, *operands: Any) -> Any:
    function = _OPERATORS.get(type(op))
    tensors = [value for value in operands if isinstance(value, torch.Tensor)]
    if function is None or (not tensors and not all(isinstance(value, int | float) for value in operands)):
        raise NotPure
    if isinstance(op, ast.Pow) and not tensors and max(abs(value) for value in operands) > 64:
        raise NotPure
    if len(tensors) == 2 and math.prod(max(tensor.numel(), 1) for tensor in tensors) > ELEMENTS**2:
        raise NotPure
    return _small(function(*operands))


def _index(node: ast.AST, known: Callable[[ast.AST], Any]) -> Any:
    match node:
        case ast.Slice(lower=lower, upper=upper, step=step):
            return slice(*(compute(part, known) if part is not None else None for part in (lower, upper, step)))
        case ast.Tuple(elts=items):
            return tuple(_index(item, known) for item in items)
        case ast.Constant(value=value) if value is Ellipsis or value is None:
            return value
        case _:
            return compute(node, known)


def _call(function: ast.AST, args: list[ast.expr], keywords: list[ast.keyword], known: Callable[[ast.AST], Any]) -> Any:
    named: Mapping[str, Any] = {k.arg: compute(k.value, known) for k in keywords if k.arg and k.arg != "requires_grad"}
    if any(keyword.arg is None for keyword in keywords):
        raise NotPure
    match function:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="torch" | "F"), attr=name) if name in _MAKERS:
            given = [compute(argument, known) for argument in args]
            if name in ("tensor", "arange", "linspace") or _count(given) <= ELEMENTS:
                return _small(getattr(torch, name)(*given, **named))
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="torch" | "F"), attr=name) if name in _TURNS:
            made = getattr(torch, name, None) or getattr(torch.nn.functional, name, None)
            if made is not None:
                return _small(made(*(compute(argument, known) for argument in args), **named))
        case ast.Attribute(value=base, attr=name) if name in _TURNS:
            owner = _tensor(compute(base, known))
            return _small(getattr(owner, name)(*(compute(argument, known) for argument in args), **named))
    raise NotPure


def _count(sizes: list[Any]) -> int:
    flat = [size for item in sizes for size in (item if isinstance(item, list | tuple) else [item])]
    if not all(isinstance(size, int) for size in flat):
        raise NotPure
    return math.prod(max(size, 1) for size in flat)


def _tensor(value: Any) -> torch.Tensor:
    if isinstance(value, torch.Tensor):
        return value
    raise NotPure


def _small(value: Any) -> Any:
    if isinstance(value, torch.Tensor) and value.numel() > ELEMENTS:
        raise NotPure
    return value
