"""The Jacobian from a root to a leaf: the sum over all paths of the products of the local Jacobians."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Edge, Number
from chainrule.graph.numbers import python_values

Matrix = NDArray[Any]

MOST_NODES = 200
"""Nodes between the two above which it is not computed."""
MOST_ROWS = 64
"""Elements of the root above which it is not computed: no local Jacobian has as many rows."""


def total_jacobian(index: GraphIndex, root: str, output_nr: int, leaf: str) -> Matrix | None:
    """Multiply and add the local Jacobians between a root and a leaf.

    Returns:
        A row for each element of the root, a column for each of the leaf; None where a local Jacobian on the way is
        not known, or where no way leads there.
    """
    order = _order(index, root, leaf)
    start = index.value(root, output_nr)
    if order is None or start is None or start.numel > MOST_ROWS:
        return None
    found: dict[tuple[str, int], Matrix] = {(root, output_nr): np.eye(start.numel)}
    with np.errstate(all="ignore"):
        for node in order:
            arrived = {number: matrix for (key, number), matrix in found.items() if key == node}
            if not arrived or node == leaf:
                continue
            for edge in index.outgoing[node]:
                if edge.target not in order:
                    continue
                product = _product(index, edge, arrived)
                place = edge.target, edge.output_nr
                so_far = found.get(place)
                if product is None or (so_far is not None and so_far.shape != product.shape):
                    return None
                found[place] = product if so_far is None else so_far + product
    return found.get((leaf, 0))


def _product(index: GraphIndex, edge: Edge, arrived: Mapping[int, Matrix]) -> Matrix | None:
    """Return what arrived at each output of a node, times the rows of an edge's Jacobian for it.

    The products are added up.
    """
    if edge.jacobian is None:
        return None
    total: Matrix | None = None
    for number, matrix in arrived.items():
        rows = index.rows(edge.source, number)
        block = edge.jacobian[rows] if rows is not None else []
        if len(block) != matrix.shape[1]:
            return None
        product = _times(matrix, block)
        if product is None:
            return None
        total = product if total is None else total + product
    return total


def _times(arrived: Matrix, jacobian: list[list[Number]]) -> Matrix | None:
    try:
        return np.asarray(arrived @ np.array(python_values(jacobian), dtype=float).reshape(len(jacobian), -1))
    except ValueError:
        return None


def _order(index: GraphIndex, root: str, leaf: str) -> list[str] | None:
    """Return the nodes between, each after all that use it; None where there are too many, or no way."""
    above = {leaf}
    waiting = [leaf]
    while waiting:
        for user in _users(index, waiting.pop()):
            if user not in above:
                above.add(user)
                waiting.append(user)
    below, waiting = {root}, [root]
    while waiting:
        for edge in index.outgoing[waiting.pop()]:
            if edge.target in above and edge.target not in below:
                below.add(edge.target)
                waiting.append(edge.target)
    between = above & below
    if root not in between or leaf not in between or len(between) > MOST_NODES:
        return None
    missing = {node: len(_users(index, node) & between) for node in between}
    order, ready = [], [root]
    while ready:
        node = ready.pop()
        order.append(node)
        for target in {edge.target for edge in index.outgoing[node]} & between:
            missing[target] -= 1
            if not missing[target]:
                ready.append(target)
    return order


def _users(index: GraphIndex, node: str) -> set[str]:
    """Return the nodes that take a node in and pass a gradient back."""
    return {edge.source for edge in index.uses[node] if edge.kind == "gradient"}
