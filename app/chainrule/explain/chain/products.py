"""Products along one path of the chain rule: a cotangent times one local Jacobian after the other."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.math import make_math
from chainrule.explain.model import Math
from chainrule.formulas.language.writer import latex_matrix, plain_matrix
from chainrule.graph.model import Edge
from chainrule.graph.numbers import python_values
from chainrule.words.numbers import latex_number, say_number

Factor = TypeVar("Factor")

Matrix = NDArray[Any]

SHOWN_FACTORS = 8
"""Factors of a product that are written out; of a longer one the first and last."""
MATRIX_FACTORS = 3
"""Jacobians of a path up to which their product is written out."""
MATRIX_SIZE = 4
"""Rows and columns up to which they are."""


def jacobian_of(edge: Edge, rows: slice | None) -> Matrix | None:
    """Return the local Jacobian that an edge carries; None where it has none that is a matrix.

    Args:
        edge: any.
        rows: those of the output that is asked about; None where it was not seen.
    """
    try:
        made = (
            None if edge.jacobian is None or rows is None else np.array(python_values(edge.jacobian[rows]), dtype=float)
        )
    except ValueError:
        return None
    return made if made is not None and made.ndim == 2 else None


def multiply(seed: Matrix | None, jacobians: Sequence[Matrix]) -> list[float] | None:
    """Return a cotangent times each Jacobian of a path, or None where they do not fit."""
    if seed is None:
        return None
    row = seed.reshape(1, -1)
    with np.errstate(all="ignore"):
        for jacobian in jacobians:
            if row.shape[1] != jacobian.shape[0]:
                return None
            row = row @ jacobian
    return [float(number) for number in row.reshape(-1)]


def product_in_numbers(seed: Matrix | None, jacobians: Sequence[Matrix]) -> Math | None:
    """Return the product of a path in numbers: of plain numbers, or of small matrices."""
    value = multiply(seed, jacobians)
    if seed is None or value is None or not np.isrealobj(seed):
        return None
    if seed.size == 1 and all(jacobian.size == 1 for jacobian in jacobians):
        return _of_numbers([seed.item(), *(jacobian.item() for jacobian in jacobians)], value[0])
    factors = [seed.reshape(1, -1), *jacobians]
    if len(jacobians) > MATRIX_FACTORS or any(max(factor.shape) > MATRIX_SIZE for factor in factors):
        return None
    if seed.size == 1 and seed.item() == 1 and len(jacobians) > 1:
        # A cotangent of 1 says nothing.
        del factors[0]
    result = np.array([value])
    return make_math(
        rf"{' '.join(map(latex_matrix, factors))} = {latex_matrix(result)}",
        f"{' @ '.join(map(plain_matrix, factors))} = {plain_matrix(result)}",
    )


def _of_numbers(numbers: list[float], result: float) -> Math:
    if numbers[0] == 1 and len(numbers) > 1:
        numbers = numbers[1:]
    factors = shortened(numbers)
    latex = [r"\cdots" if number is None else grouped(latex_number(number), r"\left({}\right)") for number in factors]
    plain = ["..." if number is None else grouped(say_number(number), "({})") for number in factors]
    if len(numbers) == 1:
        return make_math(latex[0], plain[0])
    return make_math(
        r" \cdot ".join(latex) + f" = {latex_number(result)}", f"{' × '.join(plain)} = {say_number(result)}"
    )


def shortened(factors: Sequence[Factor]) -> list[Factor | None]:
    """Return the factors of a product; of a long one the first and last, with None for those between.

    >>> shortened([1, 2, 3]), len(shortened(range(100))), None in shortened(range(100))
    ([1, 2, 3], 9, True)
    """
    if len(factors) <= SHOWN_FACTORS:
        return list(factors)
    return [*factors[: SHOWN_FACTORS // 2], None, *factors[-(SHOWN_FACTORS // 2) :]]


def grouped(number: str, group: str) -> str:
    """Return a number as a factor or term: in parentheses where it is negative."""
    return group.format(number) if number.startswith("-") else number
