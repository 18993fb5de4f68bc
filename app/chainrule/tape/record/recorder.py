"""Sees every operation that PyTorch dispatches, and keeps what the graph needs of it."""

import inspect
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode, _get_current_dispatch_mode

from chainrule.tape.record.modules import Modules
from chainrule.tape.record.mutations import changed_places
from chainrule.tape.record.number_reads import NumberReads
from chainrule.tape.record.operations import Argument, KnownOperator, ListRead, OptimizerStep, Record, Recorded, Value
from chainrule.tape.record.operators import READS_NUMBER, named_arguments, operator_of
from chainrule.tape.record.values import Values
from chainrule.tape.tensors.autograd_meta import base, output_of, version, whole
from chainrule.tape.unseen.dispatch import as_unseen
from chainrule.tape.where.frames import Frames, Place

_LIFTS = torch.ops.aten.lift_fresh.default
"""What ``torch.tensor`` does with the tensor that it made of data."""
_LISTED = 1_024
"""Elements of a tensor up to which the numbers that ``tolist()`` gives are remembered."""


class Recorder(TorchDispatchMode):
    """Records the operations of one thread while it is entered.

    Args:
        frames: tells where the program is.
        modules: tells the modules whose forward is running.
        values: what is known of tensors.
        records: operations that are recorded at most.
        reads: tells where numbers were read from.
    """

    def __init__(self, frames: Frames, modules: Modules, values: Values, records: int, reads: NumberReads) -> None:
        super().__init__()
        self.recorded = Recorded()
        self.in_backward = False
        self.start = torch.autograd._get_sequence_nr()
        """The sequence number of the first Node that is made under the tape."""
        self._frames = frames
        self._modules = modules
        self._values = values
        self._limit = records
        self._reads = reads
        self._read: Record | None = None
        """The last operation, if it read a number."""
        self._away = False
        self._is_looking = False
        self._pending: tuple[Record, tuple[torch.Tensor, ...]] | None = None

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Keep PyTorch from wrapping the method below: the wrapper imports ``torch._dynamo`` and costs time."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Run the operation and record it."""
        kwargs = kwargs or {}
        operator = operator_of(func)
        if operator.asks_only or self._is_looking or (self.in_backward and not torch.is_grad_enabled()):
            return as_unseen(func, args, kwargs)
        self.settle()
        if self._is_full():
            return as_unseen(func, args, kwargs)
        sequence = torch.autograd._get_sequence_nr()
        arguments, tensors = named_arguments(operator, args, kwargs, self._values.of)
        place = self._frames.here(func, self._modules.depths())
        arguments = self._sources(func, arguments, place)
        places = changed_places(operator, args, kwargs)
        changed = _at(places, arguments, tensors) if places else []
        target = before = old_sequence = None
        if changed and operator.is_in_place:
            # What it held, and its Node, are there until the operation runs.
            target = whole(changed[0])
            before, old_sequence = self._values.of(target).snapshot, _sequence_of(target)
        result = as_unseen(func, args, kwargs)
        changes = tuple([change for tensor in changed for change in self._values.change(tensor)])
        record = self._new(operator, sequence, place, arguments, torch.is_grad_enabled())
        record.before, record.old_sequence, record.changed = before, old_sequence, changes
        if sequence > self.start:  # the Node before is one from before the tape
            self.recorded.by_count.setdefault(sequence - 1, record)
        self._read = record if func is READS_NUMBER else None
        self._finish(record, result)
        if target is not None and target is not changed[0]:
            # The Node is that of the base, so the base is what the record made.
            record.base = self._values.keep(target, record, 0)
        return result

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Record nothing while the tape itself reads what Nodes saved, which makes tensors."""
        self._is_looking = True
        try:
            yield
        finally:
            self._is_looking = False

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Leave PyTorch to itself for a while.

        While any mode is on, some of PyTorch's formulas compute in another order, with other last digits. A mode that
        the program entered after this one keeps both on.
        """
        if not self.is_there:
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
                self._values.of(given),
                None,
                given.requires_grad,
            )
            for place, given in enumerate(args)
            if isinstance(given, torch.Tensor)
        )
        place = self._frames.here(function, self._modules.depths())
        return self._new(
            operator_of(function), torch.autograd._get_sequence_nr(), place, arguments, torch.is_grad_enabled()
        )

    def end_custom(self, record: Record | None, result: Any) -> None:
        """Note what a custom Function gave."""
        self.settle()
        if record is not None:
            self._finish(record, result)
            self.settle()

    @property
    def is_there(self) -> bool:
        """Return whether it records now, and nothing of the program sees operations before it."""
        return not self._away and _get_current_dispatch_mode() is self

    def note_step(self, step: OptimizerStep, changed: Sequence[tuple[torch.Tensor, int]]) -> Record | None:
        """Note that an optimizer changed parameters, each given with its count of changes before.

        Returns:
            The record; None where there is no room for one.
        """
        self.settle()
        if self._is_full():
            return None
        with torch._C._DisableTorchDispatch():
            before = [self._values.met(parameter) for parameter, _ in changed]
            arguments = tuple(Argument("params", 0, value, None, value.leaf) for value in before if value is not None)
            place = self._frames.here(step, self._modules.depths())
            record = self._new(operator_of(step), torch.autograd._get_sequence_nr(), place, arguments, False)
            counted = [
                (change, version(parameter))
                for parameter, count in changed
                for change in self._values.change(parameter, count)
            ]
            record.changed = tuple((storage, count) for (storage, first), now in counted for count in range(first, now))
            record.outputs = tuple(
                self._values.keep(parameter, record, index) for index, (parameter, _) in enumerate(changed)
            )
        return record

    def place_of(self, step: OptimizerStep) -> Place:
        """Return where the program asked for a step."""
        return self._frames.here(step, self._modules.depths())

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
        value = self._values.of(tensor)
        arguments = (Argument("self", 0, value, None, tensor.requires_grad),)
        reading = ListRead()
        place = self._frames.here(reading, self._modules.depths())
        record = self._new(operator_of(reading), torch.autograd._get_sequence_nr(), place, arguments, False)
        record.outputs = (Value(value.snapshot, record, 0, lambda: None, 0),)
        self._reads.note_list(record, numbers)

    def settle(self) -> None:
        """Learn the Nodes of the last operation's outputs, which autograd sets after it returned."""
        if self._pending is None:
            return
        record, outputs = self._pending
        self._pending = None
        if torch._C._len_torch_function_stack():
            # A mode of the program sees even that a tensor is asked whether it requires grad.
            with torch._C.DisableTorchFunction():
                self._settle(record, outputs)
        else:
            self._settle(record, outputs)

    def _settle(self, record: Record, outputs: tuple[torch.Tensor, ...]) -> None:
        self._values.count(outputs)
        for value, output in zip(record.outputs, outputs, strict=True):
            if not output.requires_grad:
                continue
            if record.base is not None and record.before is not None:
                # The view's own grad_fn is made anew when asked for; its base's is the CopySlices of this change.
                self._learn(record, record.base, base(output))
            else:
                self._learn(record, value, output)

    def _is_full(self) -> bool:
        full = len(self.recorded.records) >= self._limit
        self.recorded.overflowed = self.recorded.overflowed or full
        return full

    def _sources(self, func: Any, arguments: tuple[Argument, ...], place: Place) -> tuple[Argument, ...]:
        """Return the arguments with where their numbers were read, which for ``torch.tensor`` are those of its data."""
        if func is _LIFTS:
            made_of = self._reads.sources_of_data(place)
            if made_of:
                return tuple([Argument("data", at, None, None, read=read) for at, read in enumerate(made_of)])
        return self._reads.sources(arguments, place)

    def _new(
        self, operator: KnownOperator, sequence: int, place: Place, arguments: tuple[Argument, ...], grad_enabled: bool
    ) -> Record:
        record = Record(
            index=len(self.recorded.records),
            operator=operator,
            sequence=sequence,
            place=place,
            modules=self._modules.running(),
            arguments=arguments,
            differentiable=grad_enabled and any(argument.requires_grad for argument in arguments),
            in_backward=self.in_backward,
        )
        self.recorded.records.append(record)
        return record

    def _finish(self, record: Record, result: Any) -> None:
        outputs = tuple(output for output in _flat(result) if isinstance(output, torch.Tensor))
        record.outputs = tuple(self._values.keep(output, record, index) for index, output in enumerate(outputs))
        if self._is_set_afterwards(record):
            self._pending = (record, outputs)

    def _is_set_afterwards(self, record: Record) -> bool:
        """Return whether PyTorch sets something after an operation: a Node, or the count of changes of a view or base.

        A Node is also set where autograd took another argument than the operation did (a conjugate is resolved in
        between). Outputs are held until then; what a factory makes PyTorch would copy if anyone else held it.
        """
        if record.operator.is_factory:
            return False
        if record.before is not None or record.operator.is_view:
            return True
        return torch.is_grad_enabled() and any(argument.value is not None for argument in record.arguments)

    def _learn(self, record: Record, value: Value, output: torch.Tensor | None) -> None:
        made = None if output is None else output_of(output)
        if made is None:
            return
        node, number = made
        sequence = node._sequence_nr()
        if sequence == record.old_sequence:
            # Under no_grad a tensor can change and keep its Node.
            return
        value.sequence, value.output_nr = sequence, number
        record.node_sequence = sequence
        if record.operator.is_custom:
            self.recorded.by_sequence[sequence] = record
        else:
            self.recorded.by_sequence.setdefault(sequence, record)


def _flat(result: Any) -> list[Any]:
    if not isinstance(result, tuple | list):
        return [result]
    return [part for item in result for part in (item if isinstance(item, tuple | list) else (item,))]


def _at(places: tuple[int, ...], arguments: tuple[Argument, ...], tensors: list[torch.Tensor]) -> list[torch.Tensor]:
    """List the tensors that stand at some positions."""
    taken = [argument for argument in arguments if argument.value is not None]
    return [tensor for argument, tensor in zip(taken, tensors, strict=True) if argument.position in places]


def _sequence_of(tensor: torch.Tensor) -> int | None:
    made = output_of(tensor)
    return None if made is None else int(made[0]._sequence_nr())


UNINTERRUPTED = frozenset(
    function.__code__
    for function in (
        Recorder.aside.__wrapped__,  # type: ignore[attr-defined]  # what the decorator was given
        Recorder.come_back,
        Recorder.go_again,
        Recorder._go,
        TorchDispatchMode.__enter__,
        TorchDispatchMode.__exit__,
    )
)
"""What puts the mode on and off: an exception within it would leave PyTorch's stack of modes half changed."""
