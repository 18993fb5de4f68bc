"""What a pass started with, where hooks changed a gradient, and so where a gradient is a total derivative."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.values import array
from chainrule.graph.gradients import arrival_at
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Root


def seed_at(index: GraphIndex, root: Root, pass_index: int) -> NDArray[Any] | None:
    """Return what a pass started with at a root: what arrived there without what came from its own users.

    Args:
        index: of the graph.
        root: where the pass starts.
        pass_index: the pass, counted from 1.

    Returns:
        None where it is not listed number by number.
    """
    output = index.output(root.node, root.output_nr)
    if output is None:
        return None
    arrival = arrival_at(index, root.node, output, pass_index)
    seed = array(arrival.gradient)
    if seed is None:
        return None
    for part in arrival.contributions:
        carried = array(part.gradient)
        if carried is not None and carried.shape == seed.shape:
            seed = seed - carried
    return seed


def is_total_derivative(index: GraphIndex, node: str, pass_index: int) -> bool:
    """Return whether the gradient at a node is the derivative of one number by it.

    It is where the pass starts at one scalar root with 1, and no hook changed a gradient on the way.

    Args:
        index: of the graph.
        node: its id.
        pass_index: the pass, counted from 1.
    """
    return starts_with_one(index, pass_index) and node not in below_hooks(index, pass_index)


def starts_with_one(index: GraphIndex, pass_index: int) -> bool:
    """Return whether a pass starts at one scalar root with the cotangent 1."""
    known = index.once(_starts)
    if pass_index not in known:
        run = index.run(pass_index)
        root = run.roots[0] if run is not None and len(run.roots) == 1 else None
        value = index.value(root.node, root.output_nr) if root is not None else None
        known[pass_index] = False
        if root is not None and value is not None and value.numel == 1:
            seed = seed_at(index, root, pass_index)
            # A pass that raised, or one of which nothing is listed, is taken to be as most are.
            known[pass_index] = seed is None or bool(np.all(seed == 1))
    return known[pass_index]


def below_hooks(index: GraphIndex, pass_index: int) -> frozenset[str]:
    """Return the nodes whose gradient in a pass a hook changed: those that have one, and all that theirs goes on to."""
    known = index.once(_hooked)
    if pass_index not in known:
        waiting = [
            node.id
            for node in index.graph.nodes
            for output in node.outputs
            if arrival_at(index, node.id, output, pass_index).adds_up is False
        ]
        found = set(waiting)
        while waiting:
            for edge in index.outgoing[waiting.pop()]:
                if edge.target not in found:
                    found.add(edge.target)
                    waiting.append(edge.target)
        known[pass_index] = frozenset(found)
    return known[pass_index]


def _starts(index: GraphIndex) -> dict[int, bool]:
    """Return where it is kept how each pass starts."""
    return {}


def _hooked(index: GraphIndex) -> dict[int, frozenset[str]]:
    """Return where it is kept what hooks changed in each pass."""
    return {}
