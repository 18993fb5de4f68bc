"""The local Jacobian of an edge as a person reads it: cotangent times Jacobian is the contribution."""

import math
from collections.abc import Sequence
from itertools import product
from typing import Any

import numpy as np

from app.graph.explain_math import make_math
from app.graph.explain_names import Written, element_of
from app.graph.explain_values import floats
from app.graph.explanation import JacobianExplanation, Math
from app.graph.formulas.writer import latex_matrix, plain_matrix
from app.graph.model import Edge, Tensor

WRITTEN_SIZE = 6
"""Rows and columns up to which the product of vector and matrix is written out."""


def explain_jacobian(
    edge: Edge, output: Written, target: Written, shapes: tuple[Sequence[int], Sequence[int]], passed: Sequence[Any]
) -> JacobianExplanation | None:
    """Explain the local Jacobian that an edge carries.

    Args:
        edge: the edge.
        output: how the source's output is written.
        target: how the target's output is written.
        shapes: the shapes of the two.
        passed: the cotangent that arrived and the contribution that left, as tensors, each None where nothing flowed.
    """
    if edge.jacobian is None:
        return None
    height, width = (math.prod(shape) for shape in shapes)
    if height != len(edge.jacobian) or any(len(row) != width for row in edge.jacobian):
        return None
    rows, columns = (_elements(written, shape) for written, shape in zip((output, target), shapes, strict=True))
    return JacobianExplanation(
        rows=rows,
        columns=columns,
        values=edge.jacobian,
        product=_product(edge, *passed),
        sentence=_sentence(edge.jacobian, output.plain.text, target.plain.text),
    )


def _elements(written: Written, shape: Sequence[int]) -> list[str]:
    return [element_of(written.latex, written.plain, place)[1] for place in product(*map(range, shape))]


def _sentence(jacobian: list[Any], output: str, target: str) -> str:
    matrix = np.array(floats(jacobian))
    rows, columns = matrix.shape
    entries = f"Row i, column j: how fast element i of {output} grows with element j of {target}."
    if rows == columns and rows > 1 and not matrix[~np.eye(rows, dtype=bool)].any():
        return f"{entries} Only the diagonal is not 0: each element depends on its own element alone."
    if rows == 1:
        return f"{entries} One row, because {output} is one number: with a cotangent of 1 the row is the contribution."
    return entries


def _product(edge: Edge, cotangent: Tensor | None, contribution: Tensor | None) -> Math | None:
    if edge.jacobian is None or cotangent is None or contribution is None:
        return None
    if cotangent.values is None or contribution.values is None:
        return None
    rows, columns = len(edge.jacobian), len(edge.jacobian[0])
    if max(rows, columns) > WRITTEN_SIZE or cotangent.numel != rows or contribution.numel != columns:
        return None
    parts = [
        np.array(floats(values)).reshape(-1, width)
        for values, width in ((cotangent.values, rows), (edge.jacobian, columns), (contribution.values, columns))
    ]
    with np.errstate(all="ignore"):
        if not np.allclose(parts[0] @ parts[1], parts[2], rtol=1e-3, atol=1e-6, equal_nan=True):
            # A hook changed what left.
            return None
    latex, plain = [latex_matrix(part) for part in parts], [plain_matrix(part) for part in parts]
    return make_math(f"{latex[0]} \\, {latex[1]} = {latex[2]}", f"{plain[0]} @ {plain[1]} = {plain[2]}")
