"""The order of a graph's nodes: as they came up in the forward run."""

from collections.abc import Callable
from typing import Any

from app.tracing.joins import Joined, Key
from app.tracing.recorder import Record


def forward_order(joined: Joined, edges_of: Callable[[Any], list[tuple[int, Any, int]]]) -> list[Key]:
    """Order nodes by when they came up; leaves and constants stand before their first use.

    Args:
        joined: the nodes.
        edges_of: lists a function Node's edges as slot, target and output number.
    """
    moments: dict[Key, tuple[int, int, int]] = {}
    for node in joined.functions:
        moments[node] = (node._sequence_nr(), 0, 0)
    for record in joined.detached:
        # Between the Node made last before it and the next one.
        moments[record] = (record.sequence - 1, 1, record.index)
    takers = sorted(moments, key=lambda key: moments[key])
    taken: dict[Key, list[tuple[int, Key]]] = {}
    for join in joined.joins:
        taken.setdefault(join.source, []).append((join.slot, join.target))
    ordered: dict[Key, None] = {}
    for key in takers:
        gradients = [] if isinstance(key, Record) else [(slot, target) for slot, target, _ in edges_of(key)]
        for _, target in sorted([*gradients, *taken.get(key, [])], key=lambda pair: pair[0]):
            if target not in moments:
                ordered.setdefault(target)
        ordered.setdefault(key)
    for leaf in joined.leaves:
        ordered.setdefault(leaf)
    return list(ordered)
