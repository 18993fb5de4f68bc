"""The local Jacobian of an edge as a person reads it: cotangent times Jacobian is the contribution."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

import numpy as np

from chainrule.explain.math import make_math
from chainrule.explain.model import JacobianExplanation, Math
from chainrule.explain.names import Written, element_of
from chainrule.formulas.language.writer import latex_matrix, plain_matrix
from chainrule.graph.model import Edge, Node, Tensor
from chainrule.graph.numbers import python_values
from chainrule.graph.values import flat_values
from chainrule.words.saying import listed, say

WRITTEN_SIZE = 6
"""Rows and columns up to which the product of vector and matrix is written out."""


@dataclass(frozen=True, slots=True)
class Rows:
    """One output of a node: some rows of its Jacobians."""

    written: Written
    value: Tensor
    cotangent: Tensor | None
    """What arrived there; None where nothing did."""


def explain_jacobian(
    edge: Edge, outputs: Sequence[Rows], target: Written, shape: Sequence[int], contribution: Tensor | None
) -> JacobianExplanation | None:
    """Explain the local Jacobian that an edge carries.

    Args:
        edge: the edge.
        outputs: the source's outputs, in order; those behind the last that has rows are passed over.
        target: how the target's output is written.
        shape: its shape.
        contribution: what left; None where nothing did.
    """
    if not edge.jacobian:
        return None
    height, shown = len(edge.jacobian), list(outputs)
    while shown and sum(one.value.numel for one in shown) > height:
        shown.pop()
    if sum(one.value.numel for one in shown) != height or any(len(row) != math.prod(shape) for row in edge.jacobian):
        return None
    return JacobianExplanation(
        rows=[element for one in shown for element in _elements(one.written, one.value.shape)],
        columns=_elements(target, shape),
        values=edge.jacobian,
        product=_product(edge, [(one.cotangent, one.value.numel) for one in shown], contribution),
        sentence=_sentence(edge.jacobian, [one.written.plain.text for one in shown], target.plain.text),
    )


def why_none(edge: Edge, node: Node, target: Node) -> str | None:
    """Return why an edge has no local Jacobian; None where it has one, or where it is only too large.

    Args:
        edge: the edge.
        node: its source.
        target: its target.
    """
    if edge.jacobian is not None:
        return None
    if "custom" in node.flags:
        return say(
            "No Jacobian is shown: it takes a call of backward for each row, and the backward of {name} is code of the "
            "program, which is not run more often than the program asks for.",
            name=node.op.removesuffix("Backward"),
        )
    values = [output.value for one in (node, target) for output in one.outputs if output.value is not None]
    if any(value.dtype.startswith("complex") for value in values):
        return say(
            "No Jacobian is shown: a complex number moves in two directions, so one entry would be two slopes. What "
            "PyTorch passes on is the conjugate of the derivative times what arrived, the direction of steepest "
            "ascent of a real loss."
        )
    return None


def _elements(written: Written, shape: Sequence[int]) -> list[str]:
    return [element_of(written.latex, written.plain, place)[1] for place in product(*map(range, shape))]


def _sentence(jacobian: list[Any], outputs: Sequence[str], target: str) -> str:
    matrix = np.array(python_values(jacobian))
    rows, columns = matrix.shape
    output = outputs[0]
    if len(outputs) > 1:
        return say(
            "Row by row through the outputs {outputs}: how fast each of their elements grows with element j of "
            "{target}. What arrived at all of them, in one row, times this is the contribution.",
            outputs=listed(outputs),
            target=target,
        )
    entries = say(
        "Entry (i, j) is ∂{output}/∂{target}.",
        output=f"{output}[i]" if rows > 1 else output,
        target=f"{target}[j]" if columns > 1 else target,
    )
    if rows == columns and rows > 1 and not matrix[~np.eye(rows, dtype=bool)].any():
        return say(
            "{entries} Only the diagonal is non-zero: each output element depends only on the "
            "input element at the same position.",
            entries=entries,
        )
    if rows == 1:
        return say(
            "{entries} There is only one row because {output} is a scalar; when the incoming gradient is 1, "
            "that row is the contribution.",
            entries=entries,
            output=output,
        )
    return entries


def _product(edge: Edge, cotangents: Sequence[tuple[Tensor | None, int]], contribution: Tensor | None) -> Math | None:
    if not edge.jacobian or contribution is None or contribution.values is None:
        return None
    rows, columns = len(edge.jacobian), len(edge.jacobian[0])
    if max(rows, columns) > WRITTEN_SIZE or contribution.numel != columns:
        return None
    arrived: list[Any] = []
    for tensor, count in cotangents:
        if tensor is not None and (tensor.values is None or tensor.numel != count):
            return None
        # Where nothing arrived at one of several outputs, it counts as zero.
        arrived += [0.0] * count if tensor is None else flat_values(tensor) or []
    if len(arrived) != rows or all(tensor is None for tensor, _ in cotangents):
        return None
    parts = [
        np.array(python_values(values)).reshape(-1, width)
        for values, width in ((arrived, rows), (edge.jacobian, columns), (contribution.values, columns))
    ]
    with np.errstate(all="ignore"):
        if not np.allclose(parts[0] @ parts[1], parts[2], rtol=1e-3, atol=1e-6, equal_nan=True):
            # A hook changed what left.
            return None
    latex, plain = [latex_matrix(part) for part in parts], [plain_matrix(part) for part in parts]
    return make_math(f"{latex[0]} \\, {latex[1]} = {latex[2]}", f"{plain[0]} @ {plain[1]} = {plain[2]}")
