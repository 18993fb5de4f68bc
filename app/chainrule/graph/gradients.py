"""Questions that a person asks about a node's gradient, answered from the graph alone."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Complex, Edge, Graph, Node, Number, Output, Tensor
from chainrule.graph.values import flat_values

AGREEMENT = 1e-4
"""Relative difference up to which a sum of contributions is the gradient: float32 added up in another order."""


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one use of an output passed back to it in a pass."""

    edge: Edge
    gradient: Tensor


@dataclass(frozen=True)
class GradientArrival:
    """What arrived at one output of a node in a pass, and from whom."""

    output_nr: int
    gradient: Tensor | None
    uses: tuple[Edge, ...]
    """The gradient edges of all that use this output, whether they carried something or not."""
    contributions: tuple[Contribution, ...]
    """What was carried, in the order of the edges."""
    seed: bool
    """Whether backward started here: the gradient then has a part that no use passed."""

    @cached_property
    def shares(self) -> tuple[float | None, ...]:
        """Return the norm of each contribution over the sum of all norms; None where that is not a number above 0."""
        norms = [part.gradient.stats.norm or 0.0 for part in self.contributions]
        total = math.fsum(norms)
        return tuple(norm / total if total else None for norm in norms)

    @cached_property
    def adds_up(self) -> bool | None:
        """Return whether the contributions sum to the gradient; None where that cannot be seen."""
        if self.seed or self.gradient is None:
            return None
        return _adds_up([part.gradient for part in self.contributions], self.gradient)


def arrival_at(index: GraphIndex, node_id: str, output: Output, pass_index: int | None) -> GradientArrival:
    """Say what each use of an output passed to it in a pass.

    Args:
        index: The graph.
        node_id: The node.
        output: One of its outputs.
        pass_index: Which pass, from 1; without such a pass nothing arrived.
    """
    uses = tuple(index.incoming[node_id, output.output_nr])
    carried = [(edge, in_pass(edge.contributions, pass_index)) for edge in uses]
    run = None if pass_index is None else index.run(pass_index)
    return GradientArrival(
        output_nr=output.output_nr,
        gradient=in_pass(output.gradients, pass_index),
        uses=uses,
        contributions=tuple(Contribution(edge, gradient) for edge, gradient in carried if gradient is not None),
        seed=run is not None and any((root.node, root.output_nr) == (node_id, output.output_nr) for root in run.roots),
    )


def arrivals_of(graph: Graph | GraphIndex, node_id: str, pass_index: int) -> tuple[GradientArrival, ...]:
    """Say for each output of a node what each use of it passed to it, and whether that sums to its gradient.

    Args:
        graph: The graph.
        node_id: The node.
        pass_index: Which pass, from 1.

    Raises:
        KeyError: there is no such node.
        IndexError: there is no such pass.
    """
    index = GraphIndex.of(graph)
    if index.run(pass_index) is None:
        raise IndexError(f"there is no pass {pass_index}")
    return tuple(arrival_at(index, node_id, output, pass_index) for output in index.nodes[node_id].outputs)


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
    gradient = in_pass(output.gradients, pass_index) if output else None
    if output is None or output.value is None or gradient is None:
        return None
    above, below = gradient.stats.norm, output.value.stats.norm
    return above / below if above is not None and below else None


def depths_of(graph: Graph | GraphIndex) -> Mapping[str, int]:
    """Return for each node that a root was computed from, the fewest edges with gradient between it and a root."""
    index = GraphIndex.of(graph)
    depths = {root.node: 0 for root in index.graph.roots}
    order = list(depths)
    for node in order:
        for edge in index.outgoing[node]:
            if edge.target not in depths:
                depths[edge.target] = depths[node] + 1
                order.append(edge.target)
    return depths


@dataclass(frozen=True, slots=True)
class Depth:
    """The gradients at one distance from the roots."""

    depth: int
    nodes: tuple[str, ...]
    smallest: float
    """The smallest norm of a gradient there."""
    largest: float


def norms_by_depth(graph: Graph | GraphIndex, pass_index: int) -> tuple[Depth, ...]:
    """Return how large gradients are the farther they are from the loss: where they vanish or explode.

    Args:
        graph: The graph.
        pass_index: Which pass, from 1.

    Returns:
        From the roots on; depths where no gradient with a finite norm arrived are left out.
    """
    index = GraphIndex.of(graph)
    levels: dict[int, list[tuple[str, float]]] = {}
    for key, depth in depths_of(index).items():
        norms = [
            gradient.stats.norm
            for output in index.nodes[key].outputs
            if (gradient := in_pass(output.gradients, pass_index)) is not None and gradient.stats.norm is not None
        ]
        if norms:
            levels.setdefault(depth, []).append((key, math.hypot(*norms)))
    return tuple(
        Depth(depth, tuple(key for key, _ in found), min(norm for _, norm in found), max(norm for _, norm in found))
        for depth, found in sorted(levels.items())
    )
