"""Algebra of whole tensors: expressions with shapes, and the rules that shorten products, sums and transpositions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import sympy
from sympy.core.symbol import Str

from chainrule.explain.closed.errors import NoRuleError
from chainrule.explain.closed.functions import (
    Elementwise,
    MatrixProduct,
    Outer,
    Reduced,
    Reshaped,
    Shape,
    Softmax,
    TensorFunction,
    Transposed,
    count,
    plain,
    product_shape,
    reduced_shape,
    sizes,
)
from chainrule.formulas.language.moves import axes as axes_of


@dataclass(frozen=True, slots=True)
class Term:
    """An expression and the shape that it stands for; algebra may leave an expression of a smaller one."""

    expr: Any
    shape: Shape


@dataclass(frozen=True, slots=True)
class SymbolValue:
    """What a symbol stands for."""

    array: Any
    latex: str
    distribution: bool = False
    """Whether the numbers along its last axis add up to 1."""


class Algebra:
    """The rules, for symbols whose shapes are known.

    Args:
        symbols: what each symbol stands for, by its name.
    """

    def __init__(self, symbols: Mapping[str, SymbolValue]) -> None:
        self.symbols = symbols

    def shape(self, expr: Any) -> Shape:
        """Return the shape that an expression has by itself."""
        if isinstance(expr, sympy.Symbol):
            return tuple(self.symbols[expr.name].array.shape)
        if isinstance(expr, TensorFunction):
            own = expr.shape
            return np.broadcast_shapes(*map(self.shape, expr.operands)) if own is None else own
        return np.broadcast_shapes(*map(self.shape, expr.args)) if expr.args else ()

    def split(self, expr: Any, within: Shape, axes: Sequence[int]) -> tuple[Any, Any]:
        """Return the factors of a product that are the same all along some axes, and the others.

        Args:
            expr: any.
            within: the shape that it stands for.
            axes: of that shape.
        """
        outside: list[Any] = []
        inside: list[Any] = []
        content, primitive = expr.primitive() if isinstance(expr, sympy.Add) else (sympy.Integer(1), expr)
        if primitive.is_Add and 2 * sum(part.could_extract_minus_sign() for part in primitive.args) > len(
            primitive.args
        ):
            content, primitive = -content, -primitive
        outside.append(content)
        for factor in sympy.Mul.make_args(primitive):
            padded = self._padded(Term(factor, within))
            (outside if all(padded[axis] == 1 for axis in axes) else inside).append(factor)
        return sympy.Mul(*outside), sympy.Mul(*inside)

    def total(self, term: Term, dim: Any = None, keepdim: bool = False) -> Term:
        """Return a sum over dimensions, with what is the same all along them before it."""
        axes = axes_of(dim, len(term.shape))
        shape = reduced_shape(term.shape, axes, keeps=keepdim)
        if isinstance(term.expr, sympy.Add):
            # Term by term where that is shorter: the sum of x - mean(x) is 0.
            parts = sympy.Add(*(self.total(Term(part, term.shape), axes, keepdim).expr for part in term.expr.args))
            whole = self._total(term, axes, keepdim, shape)
            return Term(parts, shape) if parts.count_ops() < whole.expr.count_ops() else whole
        return self._total(term, axes, keepdim, shape)

    def _total(self, term: Term, axes: Shape, keepdim: bool, shape: Shape) -> Term:
        outside, inside = self.split(term.expr, term.shape, axes)
        own = self.shape(inside)
        extra = len(term.shape) - len(own)
        left = [axis - extra for axis in axes if axis >= extra and own[axis - extra] != 1]
        outside *= count(tuple(term.shape[axis] for axis in axes if axis - extra not in left))
        dropped = () if keepdim else axes
        # What stands before the sum has no elements along the axes, and takes the shape of what is left.
        outside = self._without(outside, term.shape, dropped)
        if not left:
            return Term(outside * self._without(inside, term.shape, dropped), shape)
        if self._adds_to_one(inside, left):
            return Term(outside, shape)
        if isinstance(inside, Transposed) and len(own) == 2 and keepdim:
            swapped = self.total(Term(inside.args[0], plain(inside.args[1])), [1 - axis for axis in left], keepdim=True)
            return Term(outside * self.transpose(swapped).expr, shape)
        keeps = keepdim or any(axis - extra not in left for axis in axes if axis >= extra)
        made = Reduced(Str("sum"), inside, sizes(left), sympy.sympify(keeps), sizes(own))
        return Term(outside * (self._without(made, term.shape, dropped) if keeps else made), shape)

    def _without(self, expr: Any, within: Shape, axes: Sequence[int]) -> Any:
        """Return an expression without those axes of a shape, along which it has size 1."""
        own = self.shape(expr)
        extra = len(within) - len(own)
        left = tuple(size for axis, size in enumerate(own) if axis + extra not in axes)
        return expr if left == own else self.view(Term(expr, own), left).expr

    def _adds_to_one(self, expr: Any, axes: Sequence[int]) -> bool:
        if isinstance(expr, Softmax):
            return list(axes) == [expr.axis]
        if not isinstance(expr, sympy.Symbol) or not self.symbols[expr.name].distribution:
            return False
        return list(axes) == [len(self.shape(expr)) - 1]

    def reduce(self, name: str, term: Term, dim: Any, keepdim: bool) -> Term:
        """Return a product, maximum or minimum over dimensions."""
        axes = axes_of(dim, len(term.shape))
        shape = reduced_shape(term.shape, axes, keeps=keepdim)
        if not term.shape:
            return term
        made = Reduced(Str(name), term.expr, sizes(axes), sympy.sympify(bool(keepdim)), sizes(term.shape))
        return Term(made, shape)

    def spread(self, reduced: Term, like: Shape, dim: Any = None, keepdim: bool = False) -> Term:
        """Return what was reduced over dimensions, as it is repeated along them again."""
        axes = axes_of(dim, len(like))
        if keepdim and len(reduced.shape) == len(like):
            return Term(reduced.expr, like)
        kept = reduced_shape(like, axes, keeps=True)
        return Term(self.view(reduced, kept).expr, like)

    def view(self, term: Term, shape: Shape) -> Term:
        """Return the same elements in another shape; what is one number has any shape."""
        expr, given = term.expr, term.shape
        own = self.shape(expr)
        if isinstance(expr, Reduced) and expr.keeps:
            # Without the axes that it keeps, where those are not asked for.
            shorter = Reduced(*expr.args[:3], sympy.false, expr.args[4])
            if shorter.shape == shape:
                return Term(shorter, shape)
        if count(own) == 1 or _stripped(given) == _stripped(shape):
            return Term(expr, shape)
        if isinstance(expr, Reduced) and not expr.keeps and expr.kept_shape == shape:
            return Term(Reduced(*expr.args[:3], sympy.true, expr.args[4]), shape)
        if isinstance(expr, Transposed) and 1 in expr.shape[-2:]:
            # A row or a column: the same elements in the same order.
            return self.view(Term(expr.args[0], plain(expr.args[1])), shape)
        if isinstance(expr, Reshaped):
            return self.view(Term(expr.args[0], plain(expr.args[1])), shape)
        if not isinstance(expr, sympy.Symbol | TensorFunction) or isinstance(expr, Elementwise):
            parts = [part for part in expr.args if isinstance(part, sympy.Expr)]
            if all(count(self.shape(part)) == 1 or self.shape(part) == given for part in parts):
                made = [
                    self.view(Term(part, given), shape).expr if isinstance(part, sympy.Expr) else part
                    for part in expr.args
                ]
                return Term(expr.func(*made), shape)
        if count(own) != count(given):
            raise NoRuleError("reshape")
        return Term(Reshaped(expr, sizes(given), sizes(shape)), shape)

    def transpose(self, term: Term) -> Term:
        """Return the last two dimensions exchanged."""
        if len(term.shape) < 2:
            return term
        shape = (*term.shape[:-2], term.shape[-1], term.shape[-2])
        outside, inside = self.split(term.expr, term.shape, range(len(term.shape)))
        if inside == 1:
            return Term(outside, shape)
        match inside:
            case Transposed(args=(matrix, _)):
                made = matrix
            case MatrixProduct(args=(a, b, of_a, of_b)) if len(of_a) > 1 and len(of_b) > 1:
                left, right = self.transpose(Term(b, plain(of_b))), self.transpose(Term(a, plain(of_a)))
                made = self.multiply(left, right).expr
            case Outer(args=(a, b, of_a, of_b)):
                made = Outer(b, a, of_b, of_a)
            case _:
                own = self._padded(Term(inside, term.shape))
                if 1 in own[-2:]:  # a row or a column: the same elements in the same order
                    made = self.view(Term(inside, own), (*own[:-2], own[-1], own[-2])).expr
                else:
                    made = Transposed(inside, sizes(own))
        return Term(outside * made, shape)

    def multiply(self, a: Term, b: Term) -> Term:
        """Return a matrix product, with the numbers before it; a factor of equal elements makes it a sum."""
        shape = product_shape(a.shape, b.shape)
        if len(a.shape) == len(b.shape) == 2 and a.shape[1] == 1 and 1 not in shape:
            made = self.outer(self.view(a, a.shape[:1]), self.view(b, b.shape[1:]))
            return Term(made.expr, shape)
        before, left = self.split(a.expr, a.shape, range(len(a.shape)))
        after, right = self.split(b.expr, b.shape, range(len(b.shape)))
        scale = before * after
        repeated = self._of_repeated(Term(left, a.shape), Term(right, b.shape))
        if repeated is not None:
            return Term(scale * repeated, shape)
        if right == 1:
            keep = len(b.shape) > 1
            return Term(scale * self.total(Term(left, a.shape), -1, keep).expr, shape)
        if left == 1:
            keep = len(a.shape) > 1
            return Term(scale * self.total(Term(right, b.shape), -2 if len(b.shape) > 1 else 0, keep).expr, shape)
        return Term(scale * MatrixProduct(left, right, sizes(a.shape), sizes(b.shape)), shape)

    def _of_repeated(self, a: Term, b: Term) -> Any:
        """Return the product of matrices of which one repeats a row or a column; None where neither does."""
        if len(a.shape) < 2 or len(b.shape) < 2 or 1 in (a.expr, b.expr):
            return None
        left, right = self._padded(a), self._padded(b)
        if right[-2] == 1 != b.shape[-2]:
            column = self.total(a, -1, keepdim=True)
            if len(a.shape) == len(b.shape) == 2 and right[-1] != 1:
                row = Term(b.expr, right)
                return self.outer(self.view(column, a.shape[:1]), self.view(row, right[1:])).expr
            return column.expr * b.expr
        if left[-1] == 1 != a.shape[-1]:
            return a.expr * self.total(b, -2, keepdim=True).expr
        if right[-1] == 1 != b.shape[-1]:
            return self.multiply(a, Term(b.expr, right)).expr
        if left[-2] == 1 != a.shape[-2]:
            return self.multiply(Term(a.expr, left), b).expr
        return None

    def _padded(self, term: Term) -> Shape:
        """Return the shape that a term's expression has by itself, in as many dimensions as the term."""
        own = self.shape(term.expr)
        extra = len(term.shape) - len(own)
        return (1,) * extra + own if extra >= 0 else own[-extra:]

    def outer(self, a: Term, b: Term) -> Term:
        """Return the product of a column and a row."""
        if len(a.shape) != 1 or len(b.shape) != 1:
            return self.multiply(a, self.transpose(b))
        before, left = self.split(a.expr, a.shape, [0])
        after, right = self.split(b.expr, b.shape, [0])
        if 1 in (left, right) or not len(self.shape(left)) == len(self.shape(right)) == 1:
            column = self.view(Term(left, a.shape), (a.shape[0], 1)).expr
            return Term(before * after * column * right, (*a.shape, *b.shape))
        return Term(before * after * Outer(left, right, sizes(a.shape), sizes(b.shape)), (*a.shape, *b.shape))

    def undo_broadcast(self, term: Term, shape: Shape) -> Term:
        """Return the sum over the elements that broadcasting made of one."""
        if len(term.shape) < len(shape):
            return Term(term.expr, shape)
        extra = len(term.shape) - len(shape)
        kept = term.shape[extra:]
        stretched = [extra + axis for axis, size in enumerate(shape) if size == 1 and kept[axis] != 1]
        if not extra and not stretched:
            return Term(term.expr, shape)
        if not stretched:
            return self.total(term, list(range(extra)))
        summed = self.total(term, [*range(extra), *stretched], keepdim=True)
        return self.view(summed, shape)


def _stripped(shape: Shape) -> Shape:
    """Return a shape without the ones before it, which broadcasting puts there by itself."""
    first = next((axis for axis, size in enumerate(shape) if size != 1), len(shape))
    return shape[first:]
