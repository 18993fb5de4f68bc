"""What is told of a node by a word: how it was made, and what it is to the program."""

from chainrule.graph import Flag
from chainrule.tape.graph.labels import Labels
from chainrule.tape.graph.vertices import Constant, Key, Leaf
from chainrule.tape.record.operations import Record, Value


def flags_of(
    key: Key, record: Record | None, labels: Labels, *, is_root: bool, is_recomputed: bool, is_short: bool
) -> list[Flag]:
    """Return the flags of a node that do not depend on its numbers.

    Args:
        key: what stands for the node.
        record: the operation that it is, where that was seen.
        labels: tells which leaves are parameters.
        is_root: whether the graph starts there.
        is_recomputed: whether a checkpoint made it anew in backward.
        is_short: whether something that it takes in was left out.
    """
    flags: list[Flag] = ["root"] if is_root else []
    if is_short:
        flags.append("truncated")
    if isinstance(key, Leaf) and labels.is_parameter(key):
        flags.append("parameter")
    if record is None or isinstance(key, Leaf | Value | Constant):
        return flags
    if record.before is not None:
        flags.append("in_place")
    if record.operator.is_custom:
        flags.append("custom")
    elif record.operator.is_view:
        flags.append("view")
    if record.in_backward:
        flags.append("in_backward")
    if is_recomputed:
        flags.append("checkpoint")
    return flags
