"""Which changes in place came after a value was saved, where backward refuses to compute with it.

Autograd counts the changes of each tensor, and a saved tensor remembers the count. The tape saw every change with the
count before it: those from the count that was saved on came too late.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from chainrule.graph import Scope, Span
from chainrule.tape.graph.scopes import scopes
from chainrule.tape.record.names import BoundNames
from chainrule.tape.record.operations import Record, Recorded, Value
from chainrule.tape.record.passes import PassRecord
from chainrule.tape.tensors.autograd_meta import whole
from chainrule.tape.where.spans import Spans

_WORDS = re.compile(
    r"modified by an inplace operation: \[[\w.]+ \[(?P<shape>[\d, ]*)\]\].{0,200} is at version (?P<now>\d+); "
    r"expected version (?P<then>\d+)",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class StaleSave:
    """One of them, in terms of the graph."""

    span: Span | None
    loop: Scope | None
    """The iteration of the innermost loop that it happened in."""
    loop_value: int | None
    """What that loop's only variable held then, where it was a whole number."""
    node: str | None


@dataclass(frozen=True, slots=True)
class StaleSaves:
    """All of them, and the value, in terms of the graph."""

    needs: str | None
    """The node whose backward needs the value."""
    made: str | None
    """The node that the value is of."""
    made_at: Span | None
    changes: tuple[StaleSave, ...]


@dataclass(frozen=True, slots=True)
class RecordedStaleSaves:
    """The changes that came too late, as they were recorded."""

    words: str
    """What PyTorch said."""
    needs: Record
    """The operation whose backward needs the value."""
    value: Value
    changes: tuple[Record, ...]

    def told(self, ids: Mapping[int, str], made: str | None, spans: Spans, names: BoundNames) -> StaleSaves:
        """Tell them in terms of a graph.

        Args:
            ids: nodes' ids by ``id()`` of their records.
            made: the node that the value is of.
            spans: looks up places in the source.
            names: of modules.
        """
        maker = self.value.record
        return StaleSaves(
            needs=ids.get(id(self.needs)),
            made=made,
            made_at=None if maker is None else spans.innermost(maker.place),
            changes=tuple(_told(change, ids, spans, names) for change in self.changes),
        )


def _told(change: Record, ids: Mapping[int, str], spans: Spans, names: BoundNames) -> StaleSave:
    loops = [scope for scope in scopes(change.place, change.modules, names) if scope.kind == "loop"]
    iterations = [one for call in change.place.iterations for one in call]
    return StaleSave(
        span=spans.innermost(change.place),
        loop=loops[-1] if loops else None,
        loop_value=iterations[-1].value if iterations else None,
        node=ids.get(id(change)),
    )


def find_stale_saves(failed: PassRecord, recorded: Recorded) -> RecordedStaleSaves | None:
    """Find the changes for which a pass failed; None where it failed for another reason, or nothing certain is known.

    Args:
        failed: the pass; the last Node of its order is the one that could not run.
        recorded: what was recorded until then.
    """
    said = _WORDS.search(failed.error or "")
    if said is None or not failed.order or failed.completed >= len(failed.order):
        return None
    needs = recorded.of(failed.order[-1])
    if needs is None:
        return None
    shape = tuple(int(size) for size in said["shape"].split(",") if size.strip())
    then, now = int(said["then"]), int(said["now"])
    for value in _values(needs):
        if value.version != then or value.snapshot.shape != shape or value.storage is None:
            continue
        changes = _changes(recorded.records[needs.index :], value, range(then, now))
        if changes is not None:
            return RecordedStaleSaves(failed.error or "", needs, value, changes)
    return None


def _values(record: Record) -> Iterable[Value]:
    """Return what an operation can have saved: its results and what it took in."""
    yield from record.outputs
    if record.base is not None:
        yield record.base
    for argument in record.arguments:
        if argument.value is not None:
            yield argument.value


def _changes(later: Iterable[Record], value: Value, counts: range) -> tuple[Record, ...] | None:
    """Return the records that counted a value's changes up through some counts: one for each, or for several.

    None where that is not so.

    A change through ``.data`` is of the same memory and counted apart: that tensor is no view.
    """
    found: dict[int, list[Record]] = {count: [] for count in counts}
    for record in later:
        for storage, count in record.changed:
            if storage == value.storage and count in found:
                found[count].append(record)
    told = []
    for records in found.values():
        certain = records if len(records) < 2 else [record for record in records if _is_of(record, value)]
        if len(certain) != 1:
            return None
        told += certain
    return tuple(dict.fromkeys(told)) or None


def _is_of(record: Record, value: Value) -> bool:
    """Return whether an operation changed the value's own tensor, or a tensor of which one is a view of the other."""
    own = _whole(value)
    return own is not None and any(
        _whole(argument.value) is own for argument in record.arguments if argument.value is not None
    )


def _whole(value: Value) -> Any:
    """Return the tensor that a value is of, or that it is a view of; None where it is gone."""
    tensor = value.reference()
    return None if tensor is None else whole(tensor)
