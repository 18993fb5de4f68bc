"""What SymPy has no commutative function for: products of matrices, reductions, softmax, conditions.

SymPy's own algebra stands for what happens element by element, which is commutative under broadcasting; everything else
is one of these functions, whole, as a factor or a term. Each that needs them holds the shapes of its operands, since
algebra may shorten an operand to something smaller (``x - x + 1``).
"""

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from sympy.core.symbol import Str
from sympy.printing.precedence import PRECEDENCE

Shape = tuple[int, ...]


def sizes(shape: Sequence[int]) -> sympy.Tuple:
    """Return a shape, or a list of axes, as an argument of a function."""
    return sympy.Tuple(*map(sympy.Integer, shape))


def plain(given: Any) -> Shape:
    """Return such an argument as integers."""
    return tuple(int(size) for size in given)


class TensorFunction(sympy.Expr):  # type: ignore[misc] # SymPy has no types
    """A function of whole tensors, a real commutative factor as far as SymPy is concerned."""

    is_commutative = True
    is_real = True

    @property
    def shape(self) -> Shape | None:
        """Return the shape of the result; None where it is that of the operands, broadcast."""
        return None

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return the expressions that it is a function of."""
        return tuple(argument for argument in self.args if isinstance(argument, sympy.Expr))


class MatrixProduct(TensorFunction):
    """``a @ b``, with both shapes."""

    precedence = PRECEDENCE["Mul"]

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return both factors."""
        return tuple(self.args[:2])

    @property
    def shape(self) -> Shape:
        """Return the shape of the product."""
        a, b = plain(self.args[2]), plain(self.args[3])
        return product_shape(a, b)


def product_shape(a: Shape, b: Shape) -> Shape:
    """Return the shape of ``a @ b``.

    >>> product_shape((2, 3), (3,)), product_shape((4, 2, 3), (3, 5)), product_shape((3,), (3, 5))
    ((2,), (4, 2, 5), (5,))
    """
    batch = np.broadcast_shapes(a[:-2], b[:-2])
    return (*batch, *(a[-2:-1] if len(a) > 1 else ()), *(b[-1:] if len(b) > 1 else ()))


class Outer(TensorFunction):
    """The product of a column and a row, with both shapes."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return both vectors."""
        return tuple(self.args[:2])

    @property
    def shape(self) -> Shape:
        """Return the shape of the product."""
        return (*plain(self.args[2]), *plain(self.args[3]))


class Transposed(TensorFunction):
    """A matrix transposed, with its own shape."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return the matrix."""
        return (self.args[0],)

    @property
    def shape(self) -> Shape:
        """Return the last two sizes exchanged."""
        given = plain(self.args[1])
        return (*given[:-2], given[-1], given[-2])


class Reduced(TensorFunction):
    """A sum, product, maximum or minimum: its name, the operand, its axes, whether they stay, the operand's shape."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return what is reduced."""
        return (self.args[1],)

    @property
    def axes(self) -> Shape:
        """Return the axes, counted from 0."""
        return plain(self.args[2])

    @property
    def keeps(self) -> bool:
        """Return whether reduced axes stay with size 1."""
        return bool(self.args[3])

    @property
    def shape(self) -> Shape:
        """Return the shape of what is left."""
        return reduced_shape(plain(self.args[4]), self.axes, keeps=self.keeps)

    @property
    def kept_shape(self) -> Shape:
        """Return the shape with size 1 along what is reduced."""
        return reduced_shape(plain(self.args[4]), self.axes, keeps=True)


def reduced_shape(shape: Shape, axes: Sequence[int], *, keeps: bool) -> Shape:
    """Return a shape without some of its axes, or with size 1 along them."""
    return tuple(1 if axis in axes else size for axis, size in enumerate(shape) if keeps or axis not in axes)


class Reshaped(TensorFunction):
    """The same elements in another shape: the operand, its shape, the new shape."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return what is reshaped."""
        return (self.args[0],)

    @property
    def shape(self) -> Shape:
        """Return the new shape."""
        return plain(self.args[2])


class Softmax(TensorFunction):
    """The softmax along an axis: the operand, the axis, its shape."""

    @property
    def operands(self) -> tuple[Any, ...]:
        """Return the scores."""
        return (self.args[0],)

    @property
    def axis(self) -> int:
        """Return the axis, counted from 0."""
        return int(self.args[1])

    @property
    def shape(self) -> Shape:
        """Return the shape, that of the operand."""
        return plain(self.args[2])


class Elementwise(TensorFunction):
    """A function by name of the same elements of its operands: "sigmoid", "maximum", ">", "where"."""

    @property
    def name(self) -> str:
        """Return the name."""
        return str(self.args[0])


def elementwise(name: str, *operands: Any) -> Any:
    """Return a function by name of the same elements of its operands."""
    return Elementwise(Str(name), *map(sympy.sympify, operands))


def count(shape: Shape) -> int:
    """Return how many elements a shape has."""
    return math.prod(shape)
