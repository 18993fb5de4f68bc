"""Which marks of a node belong to which pass."""

from collections.abc import Sequence

from chainrule.graph.model import Flag, Node, Pass

OF_PASS: tuple[Flag, Flag] = ("first_nan_gradient", "first_inf_gradient")
"""Flags that a node has because of one pass or more."""


def flags_in(node: Node, passes: Sequence[Pass], position: int | None) -> list[Flag]:
    """Return the flags of a node without those that only other passes gave it.

    Args:
        node: any node of the graph.
        passes: of the graph.
        position: of the pass, from 0; None where no pass ran.
    """
    if position is None or not any(one.first_nan or one.first_inf for one in passes):
        return node.flags  # a graph that was made before passes told it
    told = dict(zip(OF_PASS, (passes[position].first_nan, passes[position].first_inf), strict=True))
    return [flag for flag in node.flags if flag not in told or node.id in told[flag]]
