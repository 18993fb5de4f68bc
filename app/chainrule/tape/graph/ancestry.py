"""What a tensor without a history was computed from: where the values that it comes from left the graph.

A tensor that requires no gradient has no Node, so no graph leads from it to the leaves; the operations that made it
were seen all the same. They are walked back until one took in what requires a gradient and gave what does not.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import torch

from chainrule.graph import Span
from chainrule.tape.record.names import BoundNames
from chainrule.tape.record.operations import Record, Recorded, Value
from chainrule.tape.where.spans import Spans

WALKED = 20_000
"""Operations at most that are looked at."""
_LIFT = "aten.lift_fresh"


@dataclass(frozen=True, slots=True)
class GraphEnd:
    """An operation that took in what requires a gradient and gave what does not."""

    op: str
    """The aten name ("aten.argmax")."""
    span: Span | None
    calls: tuple[Span, ...]
    """Where the frame of ``span`` was called from, the nearest first."""
    names: tuple[str, ...]
    """What the program calls that which requires a gradient."""
    made: tuple[str, ...]
    """What it calls the result."""
    is_recorded: bool
    """Whether gradients were switched on, so that it is the operation itself that has no derivative."""
    is_whole: bool
    """Whether the result is whole numbers or truth values."""
    in_backward: bool
    """Whether it ran while backward did."""


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Where the values that a tensor was computed from left the graph."""

    ends: tuple[GraphEnd, ...] = ()
    """The nearest to the tensor first."""
    frozen: tuple[str, ...] = ()
    """Parameters that it was computed from and that require no gradient."""
    data: tuple[Span, ...] = ()
    """Where plain numbers were made into tensors that it was computed from."""
    gradients: tuple[Span, ...] = ()
    """Where backward was running when something was made that it was computed from; nothing where none was."""
    size: int = 0
    """How many operations there are between."""


NO_ANCESTRY = Ancestry()


def ancestry(value: Value, recorded: Recorded, names: BoundNames, spans: Spans) -> Ancestry:
    """Walk back from what is known of a tensor.

    Args:
        value: of the tensor.
        recorded: all operations.
        names: the program's names.
        spans: looks up places in the source.
    """
    ends: list[Record] = []
    frozen: dict[str, None] = {}
    data: dict[Span, None] = {}
    gradients: dict[Span, None] = {}
    queue: list[Value | Record] = [value]
    seen = {id(value)}
    position = 0
    while position < len(queue) and position < WALKED:
        at = queue[position]
        position += 1
        record = at if isinstance(at, Record) else at.record
        # How a parameter was filled is not what is asked.
        is_leaf = isinstance(at, Value) and isinstance(at.reference(), torch.nn.Parameter)
        is_made = is_leaf or record is None or record.operator.is_factory or record.label == _LIFT
        if record is None or (is_made and not any(one.read for one in record.arguments)):
            if isinstance(at, Value):
                frozen |= dict.fromkeys(_frozen(at, names))
            if record is not None and record.label == _LIFT and not is_leaf:
                if _made_within(record, recorded, spans):
                    ends.append(record)
                elif (place := spans.innermost(record.place)) is not None:
                    data[place] = None
            continue
        if record.in_backward and (place := spans.innermost(record.place)) is not None:
            gradients[place] = None
        if any(argument.requires_grad for argument in record.arguments):
            # What chose the way forward, a mask or an index, is data for backward.
            if not gradients or not _is_whole(at):
                ends.append(record)
            continue
        for argument in record.arguments:
            source = argument.read.record if argument.read is not None else argument.value
            if source is not None and id(source) not in seen:
                seen.add(id(source))
                queue.append(source)
    return Ancestry(
        tuple(_end(record, names, spans) for record in dict.fromkeys(ends)),
        tuple(frozen),
        tuple(data),
        tuple(gradients),
        position,
    )


def _made_within(lift: Record, recorded: Recorded, spans: Spans) -> list[Record]:
    """Return what ``torch.tensor`` was given that has a graph: operations within its own text that made a Node."""
    place = spans.innermost(lift.place)
    found = []
    for record in reversed(recorded.records[max(0, lift.index - WALKED) : lift.index]):
        if record.place.calls != lift.place.calls:
            break
        inside = spans.innermost(record.place)
        if place is None or inside is None or not _covers(place, inside):
            break
        found += [record] if record.node_sequence is not None else []
    return found[::-1]


def _covers(outer: Span, inner: Span) -> bool:
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _is_whole(at: Value | Record) -> bool:
    return isinstance(at, Value) and not at.snapshot.dtype.startswith(("float", "bfloat", "complex"))


def _frozen(value: Value, names: BoundNames) -> Iterable[str]:
    tensor = value.reference()
    if isinstance(tensor, torch.nn.Parameter) and not tensor.requires_grad:
        path = names.parameter_path(tensor)
        return [path] if path is not None else names.of_leaf(tensor)[:1]
    return []


def _end(record: Record, names: BoundNames, spans: Spans) -> GraphEnd:
    taken = [one.value for one in record.arguments if one.requires_grad and one.value is not None]
    return GraphEnd(
        op=record.label,
        span=spans.innermost(record.place),
        calls=tuple(spans.callers(record.place)),
        names=tuple(dict.fromkeys(name for value in taken for name in _names(value, names)[:1])),
        made=tuple(names.of_values(record.outputs)),
        is_recorded=record.differentiable,
        is_whole=bool(record.outputs) and all(map(_is_whole, record.outputs)),
        in_backward=record.in_backward,
    )


def _names(value: Value, names: BoundNames) -> list[str]:
    if value.sequence is not None:
        return names.of_output(value.sequence, value.output_nr, value)
    return names.of_values([value])
