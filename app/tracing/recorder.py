"""Sees every operation that PyTorch dispatches, and keeps what the graph needs of it."""

import inspect
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode

from app.tracing.arguments import named_arguments
from app.tracing.camera import Camera, unread
from app.tracing.frames import Frames
from app.tracing.modules import Modules
from app.tracing.reads import Reads
from app.tracing.records import Argument, ListRead, Record, Recorded, Value

_LISTED = 1_024
"""Elements of a tensor up to which the numbers that ``tolist()`` gives are remembered."""
_WORKSPACES = frozenset({("aten.mkldnn_rnn_layer", 3)})
"""Outputs that are an operator's own scratch memory, parts of which nothing has written to."""
_PURGE_AT = 1_000
"""Tensors that are remembered before those that are gone are looked for."""


class Recorder(TorchDispatchMode):
    """Records the operations of one thread while it is entered.

    Args:
        frames: tells where the program is.
        modules: tells the modules whose forward is running.
        camera: captures tensors.
        records: operations that are recorded at most.
        reads: tells where numbers were read from.
    """

    def __init__(self, frames: Frames, modules: Modules, camera: Camera, records: int, reads: Reads) -> None:
        super().__init__()
        self.recorded = Recorded()
        self.in_backward = False
        self.start = torch.autograd._get_sequence_nr()
        """The sequence number of the first Node that is made under the tape."""
        self._frames = frames
        self._modules = modules
        self._camera = camera
        self._limit = records
        self._reads = reads
        self._read: Record | None = None
        """The last operation, if it read a number."""
        self._values: dict[int, Value] = {}
        self._purge_at = _PURGE_AT
        self._away = False
        self._pending: tuple[Record, tuple[torch.Tensor, ...]] | None = None

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep PyTorch from wrapping the method below: the wrapper imports ``torch._dynamo`` and costs time."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation and record it."""
        kwargs = kwargs or {}
        if (self.in_backward and not torch.is_grad_enabled()) or _only_asks(func):
            return func(*args, **kwargs)
        self.settle()
        if self._is_full():
            return func(*args, **kwargs)
        sequence = torch.autograd._get_sequence_nr()
        arguments, tensors = named_arguments(func, args, kwargs, self.value_of, self._reads.candidate)
        changed = tensors[0] if func._schema.is_mutable and tensors else None
        before = old_sequence = None
        if changed is not None:
            whole = changed._base if changed._is_view() else changed
            before, old_sequence = self.value_of(whole).snapshot, _sequence_of(whole)
        result = func(*args, **kwargs)
        if changed is not None:
            for tensor in tensors:
                self._camera.forget(tensor)
        record = self._new(func, sequence, arguments, torch.is_grad_enabled())
        record.arguments = self._reads.confirmed(arguments)
        if func is torch.ops.aten.lift_fresh.default and (made_of := self._reads.of_data(record.place)):
            record.arguments = tuple(
                [Argument("data", place, None, None, read=read) for place, read in enumerate(made_of)]
            )
        record.before, record.old_sequence = before, old_sequence
        self._read = record if func is torch.ops.aten._local_scalar_dense.default else None
        self._finish(record, result)
        if changed is not None and changed._is_view():
            record.base = self._keep(changed._base, record, 0)
        return result

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave PyTorch to itself for a while.

        While any mode is on, some of PyTorch's formulas compute in another order, with other last digits. A mode that
        the program entered after this one keeps both on.
        """
        if self._away or _get_current_dispatch_mode() is not self:
            yield
            return
        self._go()
        try:
            yield
        finally:
            self.come_back()
            if _get_current_dispatch_mode() is not self:
                # What a custom Function's backward returned was refused: PyTorch took the mode off on its way out.
                self.__enter__()

    def come_back(self) -> None:
        """Record again, within ``aside``."""
        if self._away:
            self._away = False
            self.__enter__()

    def go_again(self) -> None:
        """Stop again, within ``aside``."""
        if _get_current_dispatch_mode() is self:
            self._go()

    def _go(self) -> None:
        self._away = True
        self.__exit__(None, None, None)

    def begin_custom(self, function: Any, args: tuple[Any, ...]) -> Record | None:
        """Note the arguments of a custom Function before it runs."""
        self.settle()
        if self._is_full() or (self.in_backward and not torch.is_grad_enabled()):
            return None
        takes_context = function.setup_context is torch.autograd.Function.setup_context
        names = list(inspect.signature(function.forward).parameters)[1 if takes_context else 0 :]
        arguments = tuple(
            Argument(
                names[place] if place < len(names) else names[-1],
                place,
                self.value_of(given),
                None,
                given.requires_grad,
            )
            for place, given in enumerate(args)
            if isinstance(given, torch.Tensor)
        )
        return self._new(function, torch.autograd._get_sequence_nr(), arguments, torch.is_grad_enabled())

    def end_custom(self, record: Record | None, result: Any) -> None:
        """Note what a custom Function gave."""
        self.settle()
        if record is not None:
            self._finish(record, result)
            self.settle()

    def note_item(self, number: object) -> None:
        """Note the number that ``item()`` returned: PyTorch makes another object of what the operation gave."""
        if self._read is not None:
            self.settle()
            self._reads.note(self._read, number)
            self._read = None

    def note_list(self, tensor: torch.Tensor, numbers: Any) -> None:
        """Note the lists of numbers that ``tolist()`` returned."""
        self.settle()
        if self._away or self.in_backward or tensor.numel() > _LISTED or self._is_full():
            return
        value = self.value_of(tensor)
        arguments = (Argument("self", 0, value, None, tensor.requires_grad),)
        record = self._new(ListRead(), torch.autograd._get_sequence_nr(), arguments, False)
        record.outputs = (Value(value.snapshot, record, 0, lambda: None, 0),)
        self._reads.note_list(record, numbers)

    def settle(self) -> None:
        """Learn the Nodes of the last operation's outputs, which autograd sets after it returned."""
        if self._pending is None:
            return
        record, outputs = self._pending
        self._pending = None
        for value, output in zip(record.outputs, outputs, strict=True):
            if not output.requires_grad:
                continue
            if record.base is not None and record.before is not None:
                # The view's own grad_fn is made anew when asked for; its base's is the CopySlices of this change.
                self._learn(record, record.base, output._base)
            else:
                self._learn(record, value, output)

    def value_of(self, tensor: torch.Tensor) -> Value:
        """Give what is known of a tensor; one that was never met, or changed unseen, is captured now."""
        known = self._values.get(id(tensor))
        if known is None or known.reference() is not tensor or known.version != _version(tensor):
            known = self._keep(tensor, None, 0)
        known.leaf = known.leaf or (tensor.requires_grad and tensor.is_leaf)
        return known

    def _is_full(self) -> bool:
        full = len(self.recorded.records) >= self._limit
        self.recorded.overflowed = self.recorded.overflowed or full
        return full

    def _new(self, op: Any, sequence: int, arguments: tuple[Argument, ...], grad_enabled: bool) -> Record:
        record = Record(
            index=len(self.recorded.records),
            op=op,
            sequence=sequence,
            place=self._frames.here(op, self._modules.depths()),
            modules=self._modules.running(),
            arguments=arguments,
            differentiable=grad_enabled and any(argument.requires_grad for argument in arguments),
            in_backward=self.in_backward,
        )
        self.recorded.records.append(record)
        return record

    def _finish(self, record: Record, result: Any) -> None:
        outputs = tuple(output for output in _flat(result) if isinstance(output, torch.Tensor))
        record.outputs = tuple(self._keep(output, record, index) for index, output in enumerate(outputs))
        takes_tensors = any(argument.value is not None for argument in record.arguments)
        if takes_tensors and not record.is_factory and torch.is_grad_enabled():
            # Held until autograd has set its Node, also where that took another argument than the operation did (a
            # conjugate is resolved in between). What a factory makes PyTorch would copy if anyone else held it.
            self._pending = (record, outputs)

    def _learn(self, record: Record, value: Value, output: torch.Tensor) -> None:
        node = output.grad_fn
        if node is None:
            return
        sequence = node._sequence_nr()
        if sequence == record.old_sequence:
            # Under no_grad a tensor can change and keep its Node.
            return
        value.sequence, value.output_nr = sequence, output.output_nr
        record.node_sequence = sequence
        if record.is_custom:
            self.recorded.by_sequence[sequence] = record
        else:
            self.recorded.by_sequence.setdefault(sequence, record)

    def _keep(self, tensor: torch.Tensor, record: Record | None, index: int) -> Value:
        is_chance = record is not None and (record.is_empty or (record.label, index) in _WORKSPACES)
        snapshot = unread(tensor) if is_chance else self._camera.capture(tensor)
        value = Value(snapshot, record, index, weakref.ref(tensor), _version(tensor))
        self._purge()
        self._values[id(tensor)] = value
        return value

    def _purge(self) -> None:
        """Forget tensors that are gone, now and then: a callback for each would swallow the program's deadline."""
        if len(self._values) >= self._purge_at:
            self._values = {key: value for key, value in self._values.items() if value.reference() is not None}
            self._purge_at = max(_PURGE_AT, 2 * len(self._values))


@cache
def _only_asks(func: Any) -> bool:
    """Tell whether an operation gives no tensor, changes none and reads no number from one.

    Tensors that are classes in Python are asked for their shape in this way, also while autograd locks them: whoever
    asks for their Node meanwhile waits for ever.
    """
    schema = func._schema
    if func is torch.ops.aten._local_scalar_dense.default or schema.is_mutable:
        return False
    return not any("Tensor" in str(result.type) for result in schema.returns)


def _flat(result: Any) -> list[Any]:
    if not isinstance(result, tuple | list):
        return [result]
    return [part for item in result for part in (item if isinstance(item, tuple | list) else (item,))]


def _sequence_of(tensor: torch.Tensor) -> int | None:
    return None if tensor.grad_fn is None else int(tensor.grad_fn._sequence_nr())


def _version(tensor: torch.Tensor) -> int:
    return 0 if tensor.is_inference() else int(tensor._version)
