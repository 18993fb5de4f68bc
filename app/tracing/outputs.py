"""What each output of a node held."""

from typing import Any

from app.tracing.keys import Gathered, Key, Leaf, is_function
from app.tracing.records import Record, Value
from app.tracing.snapshot import Snapshot


def known_outputs(key: Key, gathered: Gathered) -> dict[int, Value]:
    """Give what was recorded of a node's outputs, by output number.

    Outputs without a gradient (the indices of a maximum) have the number of their place, if it is free.
    """
    if isinstance(key, Value):
        return {0: key}
    if isinstance(key, Leaf):
        return {0: key.value}
    if isinstance(key, Record):
        return {value.index: value for value in key.outputs}
    record = gathered.records.get(key) if is_function(key) else None
    if record is None:
        return {}
    sequence = key._sequence_nr()
    made = [value for value in (*record.outputs, record.base) if value is not None]
    known = {value.output_nr: value for value in made if value.sequence == sequence}
    unseen = not known
    for value in record.outputs:
        if unseen or value.sequence is None:
            known.setdefault(value.index, value)
    return {number: value for number, value in known.items() if _fits(key, number, value.snapshot)}


def _fits(node: Any, number: int, snapshot: Snapshot) -> bool:
    """Tell whether a value can be that output of a Node: a wrong value is worse than none."""
    expected = node._input_metadata
    if number >= len(expected):
        return True
    shape = expected[number].shape
    return not isinstance(shape, tuple | list) or tuple(shape) in ((), snapshot.shape)
