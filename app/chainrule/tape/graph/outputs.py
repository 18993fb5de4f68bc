"""What each output of a node held."""

from typing import Any

from chainrule.tape.graph.vertices import Gathered, Key, Leaf, is_function
from chainrule.tape.record.autograd import plain_shape
from chainrule.tape.record.operations import Record, Value
from chainrule.tape.tensors.snapshot import Snapshot


def known_outputs(key: Key, gathered: Gathered) -> dict[int, Value]:
    """Return what was recorded of a node's outputs, by output number.

    Outputs without a gradient (the indices of a maximum) have the number of their place, if it is free.
    """
    known = gathered.known.get(key)
    if known is None:
        known = gathered.known[key] = _known_outputs(key, gathered)
    return known


def _known_outputs(key: Key, gathered: Gathered) -> dict[int, Value]:
    if isinstance(key, Value):
        return {0: key}
    if isinstance(key, Leaf):
        return {0: gathered.met[key, 0][1]} if (key, 0) in gathered.met else {}
    if isinstance(key, Record):
        made = [value for value in (key.base, *key.outputs) if value is not None]
        return {key.number_of(value): value for value in made}
    if not is_function(key):
        return {}
    known = _of_record(gathered.records.get(key), key._sequence_nr())
    for number in gathered.used.get(key, {0}) | {0}:
        if (key, number) in gathered.met:
            known.setdefault(number, gathered.met[key, number][1])
    return {number: value for number, value in known.items() if _fits(key, number, value.snapshot)}


def _of_record(record: Record | None, sequence: int) -> dict[int, Value]:
    if record is None:
        return {}
    made = [value for value in (*record.outputs, record.base) if value is not None]
    known = {value.output_nr: value for value in made if value.sequence == sequence}
    for value in record.outputs:
        if value.sequence is None:
            known.setdefault(value.index, value)
    return known


def _fits(node: Any, number: int, snapshot: Snapshot) -> bool:
    """Return whether a value can be that output of a Node: a wrong value is worse than none."""
    expected = node._input_metadata
    if number >= len(expected):
        return True
    return plain_shape(expected[number]) in (None, (), snapshot.shape)
