"""Sees every operation that PyTorch dispatches, and keeps what the graph needs of it."""

import weakref
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from app.tracing.arguments import Argument, named_arguments
from app.tracing.frames import Frames, Place
from app.tracing.modules import ModuleCall
from app.tracing.snapshot import Snapshot, capture


@dataclass(slots=True, eq=False)
class Value:
    """One tensor between two changes: made by a record, or met as an argument."""

    snapshot: Snapshot
    record: "Record | None"
    """What made it; None for a tensor that came from outside."""
    index: int
    """Its place among the record's outputs."""
    reference: "weakref.ref[Any]"
    """The tensor, as long as it lives."""
    version: int
    """The tensor's count of changes in place when it was captured."""
    sequence: int | None = None
    """The sequence number of its grad_fn, once that is known."""
    output_nr: int = 0


@dataclass(slots=True, eq=False)
class Record:
    """One dispatched operation."""

    index: int
    op: Any
    """The ``OpOverload``."""
    sequence: int
    """Autograd's next sequence number when it was dispatched: its own Node, if it has one, has the number before."""
    place: Place
    modules: tuple[ModuleCall, ...]
    arguments: tuple[Argument, ...]
    outputs: tuple[Value | None, ...] = ()
    base: Value | None = None
    """For an operation in place on a view: the whole tensor after it."""
    before: Snapshot | None = None
    """For an operation in place: what its first argument held before."""
    differentiable: bool = False
    """Whether an argument requires grad while gradients are on."""
    in_backward: bool = False
    node_sequence: int | None = None
    """The sequence number of its Node, once that is known."""


@dataclass(slots=True)
class Recorded:
    """All that was recorded."""

    records: list[Record] = field(default_factory=list)
    by_sequence: dict[int, Record] = field(default_factory=dict)
    """Nodes' sequence numbers to the record that says what the Node computed."""
    overflowed: bool = False
    """Whether operations were left out because there were too many."""


class Recorder(TorchDispatchMode):
    """Records the operations of one thread while it is entered.

    Args:
        frames: tells where the program is.
        modules: tells the modules whose forward is running.
        elements: elements up to which tensors are copied whole.
        records: operations that are recorded at most.
    """

    def __init__(
        self, frames: Frames, modules: Callable[[], tuple[ModuleCall, ...]], elements: int, records: int
    ) -> None:
        super().__init__()
        self.recorded = Recorded()
        self.in_backward = False
        self.start = torch.autograd._get_sequence_nr()
        self._frames = frames
        self._modules = modules
        self._elements = elements
        self._limit = records
        self._values: dict[int, Value] = {}
        self._pending: tuple[Record, tuple[torch.Tensor, ...]] | None = None

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation and record it."""
        kwargs = kwargs or {}
        if self.in_backward and not torch.is_grad_enabled():
            return func(*args, **kwargs)
        self.settle()
        if len(self.recorded.records) >= self._limit:
            self.recorded.overflowed = True
            return func(*args, **kwargs)
        sequence = torch.autograd._get_sequence_nr()
        arguments, tensors = named_arguments(func, args, kwargs, self.value_of)
        in_place = func._schema.is_mutable and bool(tensors)
        before = capture(tensors[0], self._elements) if in_place else None
        result = func(*args, **kwargs)
        record = Record(
            index=len(self.recorded.records),
            op=func,
            sequence=sequence,
            place=self._frames.here(),
            modules=self._modules(),
            arguments=arguments,
            before=before,
            differentiable=torch.is_grad_enabled() and any(tensor.requires_grad for tensor in tensors),
            in_backward=self.in_backward,
        )
        outputs = tuple(output for output in _flat(result) if isinstance(output, torch.Tensor))
        record.outputs = tuple(self._keep(output, record, index) for index, output in enumerate(outputs))
        if in_place and outputs and outputs[0]._is_view():
            record.base = self._keep(outputs[0]._base, record, 0)
        self.recorded.records.append(record)
        if record.differentiable:
            self.recorded.by_sequence.setdefault(sequence - 1, record)
        self._pending = (record, outputs)
        return result

    def settle(self) -> None:
        """Learn the Nodes of the last operation's outputs, which autograd sets after it returned."""
        if self._pending is None:
            return
        record, outputs = self._pending
        self._pending = None
        for value, output in zip(record.outputs, outputs, strict=True):
            self._learn(record, value, output)

    def value_of(self, tensor: torch.Tensor) -> Value:
        """Give what is known of a tensor; one that was never met is captured now."""
        known = self._values.get(id(tensor))
        if known is not None and known.reference() is tensor and known.version == _version(tensor):
            return known
        return self._keep(tensor, None, 0)

    def _learn(self, record: Record, value: Value | None, output: torch.Tensor) -> None:
        if value is None or not output.requires_grad:
            return
        changed = output
        if record.base is not None:
            # The view's own grad_fn is made anew when asked for; its base's is the CopySlices of this change.
            changed, value = output._base, record.base
        node = changed.grad_fn
        if node is None:
            return
        value.sequence, value.output_nr = node._sequence_nr(), changed.output_nr
        record.node_sequence = value.sequence
        self.recorded.by_sequence.setdefault(value.sequence, record)

    def _keep(self, tensor: torch.Tensor, record: Record | None, index: int) -> Value:
        value = Value(capture(tensor, self._elements), record, index, self._reference(tensor), _version(tensor))
        self._values[id(tensor)] = value
        return value

    def _reference(self, tensor: torch.Tensor) -> "weakref.ref[Any]":
        key = id(tensor)

        def forget(reference: "weakref.ref[Any]") -> None:
            known = self._values.get(key)
            if known is not None and known.reference is reference:
                del self._values[key]

        return weakref.ref(tensor, forget)


def _flat(result: Any) -> list[Any]:
    if not isinstance(result, tuple | list):
        return [result]
    return [part for item in result for part in (item if isinstance(item, tuple | list) else (item,))]


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else int(tensor._version)
