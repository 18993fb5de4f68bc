"""Questions that a person asks about a node's gradient, answered from the graph alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from chainrule.graph.model import Complex, Graph, Node, Number, Tensor
from chainrule.graph.values import flat_values

AGREEMENT = 1e-4
"""Relative difference up to which a sum of contributions is the gradient: float32 added up in another order."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one consumer passed to a node in a pass."""

    edge: str
    consumer: str
    gradient: Tensor
    share: float | None
    """Its norm over the sum of the norms of all contributions; None where that is not a number above 0."""


@dataclass(frozen=True, slots=True)
class GradientArrival:
    """What arrived at one output of a node in a pass."""

    output_nr: int
    gradient: Tensor | None
    contributions: tuple[Contribution, ...]
    seed: bool
    """Whether backward started here: the gradient then has a part that no consumer passed."""
    adds_up: bool | None
    """Whether the contributions sum to the gradient; None where that cannot be seen."""


def arrivals_of(graph: Graph, node_id: str, pass_index: int) -> tuple[GradientArrival, ...]:
    """Say for each output of a node what each consumer passed to it, and whether that sums to its gradient.

    Args:
        graph: The graph.
        node_id: The node.
        pass_index: Which pass, from 1.

    Raises:
        KeyError: there is no such node.
        IndexError: there is no such pass.
    """
    if not 1 <= pass_index <= len(graph.passes):
        raise IndexError(f"there is no pass {pass_index}")
    node = next((node for node in graph.nodes if node.id == node_id), None)
    if node is None:
        raise KeyError(node_id)
    run = graph.passes[pass_index - 1]
    found = []
    for output in node.outputs:
        edges = [edge for edge in graph.edges if edge.target == node_id and edge.output_nr == output.output_nr]
        carried = [(edge, gradient) for edge in edges if (gradient := _at(edge.contributions, pass_index)) is not None]
        total = math.fsum(gradient.stats.norm or 0.0 for _, gradient in carried)
        contributions = tuple(
            Contribution(edge.id, edge.source, gradient, (gradient.stats.norm or 0.0) / total if total else None)
            for edge, gradient in carried
        )
        gradient = _at(output.gradients, pass_index)
        seed = any(root.node == node_id and root.output_nr == output.output_nr for root in run.roots)
        adds_up = None if seed or gradient is None else _adds_up([part for _, part in carried], gradient)
        found.append(GradientArrival(output.output_nr, gradient, contributions, seed, adds_up))
    return tuple(found)


def _adds_up(parts: list[Tensor], whole: Tensor) -> bool | None:
    expected = flat_values(whole)
    given = [flat_values(part) for part in parts]
    if expected is None or any(values is None or len(values) != len(expected) for values in given):
        return None
    columns = [[_real(value) for value in column] for column in zip(*(values or [] for values in given), strict=True)]
    wanted = [_real(value) for value in expected]
    if any(value is None for column in [*columns, wanted] for value in column):
        return None
    largest = max((abs(value or 0.0) for column in [*columns, wanted] for value in column), default=0.0)
    if not columns:
        return largest == 0.0
    return all(
        math.isclose(
            math.fsum(value or 0.0 for value in column), want or 0.0, rel_tol=AGREEMENT, abs_tol=AGREEMENT * largest
        )
        for column, want in zip(columns, wanted, strict=True)
    )


def _real(value: Number) -> float | None:
    return None if isinstance(value, Complex | str) else float(value)


def norm_ratio(node: Node, pass_index: int, output_nr: int = 0) -> float | None:
    """Return the norm of a gradient over the norm of its value: what one step of size 1 would change, relatively.

    Args:
        node: The node; for a parameter this is what a learning rate is chosen by.
        pass_index: Which pass, from 1.
        output_nr: Which output.

    Returns:
        None where there is no gradient, or the value is zero or not known.
    """
    output = next((output for output in node.outputs if output.output_nr == output_nr), None)
    gradient = _at(output.gradients, pass_index) if output else None
    if output is None or output.value is None or gradient is None:
        return None
    above, below = gradient.stats.norm, output.value.stats.norm
    return above / below if above is not None and below else None


def depths_of(graph: Graph) -> Mapping[str, int]:
    """Return for each node that a root was computed from, the fewest edges with gradient between it and a root."""
    taken: dict[str, list[str]] = {}
    for edge in graph.edges:
        if edge.kind == "gradient":
            taken.setdefault(edge.source, []).append(edge.target)
    depths = {root.node: 0 for root in graph.roots}
    order = list(depths)
    for node in order:
        for target in taken.get(node, ()):
            if target not in depths:
                depths[target] = depths[node] + 1
                order.append(target)
    return depths


@dataclass(frozen=True, slots=True)
class Depth:
    """The gradients at one distance from the roots."""

    depth: int
    nodes: tuple[str, ...]
    smallest: float
    """The smallest norm of a gradient there."""
    largest: float


def norms_by_depth(graph: Graph, pass_index: int) -> tuple[Depth, ...]:
    """Return how large gradients are the farther they are from the loss: where they vanish or explode.

    Args:
        graph: The graph.
        pass_index: Which pass, from 1.

    Returns:
        From the roots on; depths where no gradient with a finite norm arrived are left out.
    """
    nodes = {node.id: node for node in graph.nodes}
    levels: dict[int, list[tuple[str, float]]] = {}
    for key, depth in depths_of(graph).items():
        norms = [
            gradient.stats.norm
            for output in nodes[key].outputs
            if (gradient := _at(output.gradients, pass_index)) is not None and gradient.stats.norm is not None
        ]
        if norms:
            levels.setdefault(depth, []).append((key, math.hypot(*norms)))
    return tuple(
        Depth(depth, tuple(key for key, _ in found), min(norm for _, norm in found), max(norm for _, norm in found))
        for depth, found in sorted(levels.items())
    )


def _at(tensors: list[Tensor | None], pass_index: int) -> Tensor | None:
    return tensors[pass_index - 1] if 1 <= pass_index <= len(tensors) else None
