"""The steps of PyTorch's own optimizers: one operation each, whatever PyTorch computes for it.

A step runs without gradients and makes no Node: all that a graph can tell of it is which parameters it changed, where
the program asked for it, and what they held before and after. What it computes in between (for Adam some ten operations
for each parameter, more than the model's own) is let run as if nobody looked.
"""

import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch.optim import optimizer as optimizers

from chainrule.tape.record.operations import OptimizerStep, Value
from chainrule.tape.record.passes import PassRecord, Watcher
from chainrule.tape.record.recorder import Recorder
from chainrule.tape.record.values import Values
from chainrule.tape.tensors.autograd_meta import version
from chainrule.tape.tensors.capture import TensorCapture
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.frames import Place

_STATES = 4
"""Tensors that are kept of what an optimizer keeps for one parameter."""
COPIED = 2**22
"""Elements that are copied before a step, to measure what it changes in parameters that are too large to be kept."""


@dataclass(frozen=True, slots=True, eq=False)
class ParameterUpdate:
    """What one step did to one parameter."""

    parameter: Callable[[], Any]
    """Gives the parameter as long as it lives, else None."""
    value: Value
    """What it held after the step."""
    gradient: Snapshot | None
    """``.grad`` as the step used it, where that is no longer what the pass had left."""
    state: Mapping[str, Snapshot]
    """What the optimizer kept for it after the step, of its shape, by name."""
    change: float | None
    """The norm of what changed, of a parameter whose elements are too many to be kept."""


@dataclass(frozen=True, slots=True, eq=False)
class StepRecord:
    """One step of one optimizer."""

    optimizer: Callable[[], Any]
    """Gives it as long as it lives, else None."""
    number: int
    """Which optimizer, counted from 0 in the order of their first steps."""
    type: str
    place: Place
    passes: int
    """How many passes there had been."""
    learning_rates: tuple[float, ...]
    held: tuple[Callable[[], Any], ...]
    """All that it may change."""
    updates: tuple[ParameterUpdate, ...]


@dataclass(frozen=True, slots=True, eq=False)
class IdleStep:
    """A step that changed nothing, as no parameter had a gradient."""

    optimizer: Callable[[], Any]
    """Gives it as long as it lives, else None."""
    place: Place
    passes: int
    """How many passes there had been."""


class OptimizerSteps:
    """Runs the steps of optimizers for one tape.

    Args:
        recorder: stands aside while PyTorch's own update runs, and is there while the program's closure does.
        values: what is known of tensors.
        capture: captures what optimizers keep.
        watcher: knows what passes left in ``.grad``.
        passes: those that were run, to which later ones are added.
    """

    def __init__(
        self,
        recorder: Recorder,
        values: Values,
        capture: TensorCapture,
        watcher: Watcher,
        passes: Sequence[PassRecord],
    ) -> None:
        self._recorder = recorder
        self._values = values
        self._capture = capture
        self._watcher = watcher
        self._passes = passes
        self._numbers: weakref.WeakKeyDictionary[torch.optim.Optimizer, int] = weakref.WeakKeyDictionary()
        self._held: dict[int, tuple[tuple[int, ...], tuple[Callable[[], Any], ...]]] = {}
        self.records: list[StepRecord] = []
        self.idle: list[IdleStep] = []

    def run(
        self, optimizer: torch.optim.Optimizer, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> Any:
        """Run one step and record it.

        Args:
            optimizer: whose step it is.
            run: runs it.
            args: what the program gives to it, such as its closure.
            kwargs: the same, by name.
        """
        if not self._recorder.is_there or _is_seen(optimizer):
            return run(*args, **kwargs)
        parameters = [one for group in optimizer.param_groups for one in group["params"]]
        changes = _Changes(self, optimizer, parameters)
        args, kwargs = self._with_closure(changes, args, kwargs)
        with self._recorder.aside():
            try:
                return run(*args, **kwargs)
            finally:
                changes.note()
                if not changes.any:
                    place = self._recorder.place_of(OptimizerStep.of(optimizer))
                    self.idle.append(IdleStep(weakref.ref(optimizer), place, len(self._passes)))

    def _with_closure(
        self, changes: "_Changes", args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what a step is given, with a closure that is recorded."""
        closure = args[0] if args else kwargs.get("closure")
        if not callable(closure):
            return args, kwargs

        def recorded() -> Any:
            if changes.note():
                changes.look_again()
            with self._back():
                return closure()

        return ((recorded, *args[1:]), kwargs) if args else (args, {**kwargs, "closure": recorded})

    def version_of(self, parameter: torch.Tensor) -> int:
        """Return a parameter's count of changes; what it holds is known from now on."""
        return self._values.of(parameter).version

    def copies(self, parameters: Sequence[torch.Tensor]) -> dict[int, torch.Tensor]:
        """Return copies of the parameters whose elements are not kept, by their ids, while there is room for them."""
        left, found = COPIED, {}
        with torch._C._DisableTorchDispatch(), torch.no_grad():
            for one in parameters:
                if self._capture.keeps(one) or one.numel() > left or one.layout is not torch.strided:
                    continue
                left -= one.numel()
                found[id(one)] = one.detach().clone()
        return found

    def note(
        self,
        optimizer: torch.optim.Optimizer,
        changed: list[tuple[torch.Tensor, int]],
        before: Mapping[int, torch.Tensor],
    ) -> None:
        """Record that an optimizer changed parameters.

        Args:
            optimizer: which.
            changed: the parameters, each with its count of changes before.
            before: copies of those whose elements are not kept.
        """
        step = OptimizerStep.of(optimizer)
        record = self._recorder.note_step(step, changed)
        if record is None:
            return
        number = self._numbers.setdefault(optimizer, len(self._numbers))
        with torch._C._DisableTorchDispatch():
            updates = tuple(
                [
                    ParameterUpdate(
                        weakref.ref(one),
                        value,
                        self._gradient(one),
                        self._state(optimizer, one),
                        _distance(one, before.get(id(one))),
                    )
                    for (one, _), value in zip(changed, record.outputs, strict=True)
                ]
            )
            rates = tuple([self._rate(group.get("lr", 0.0)) for group in optimizer.param_groups])
        self.records.append(
            StepRecord(
                weakref.ref(optimizer),
                number,
                type(optimizer).__name__,
                record.place,
                len(self._passes),
                rates,
                self._parameters(number, optimizer),
                updates,
            )
        )

    def _parameters(self, number: int, optimizer: torch.optim.Optimizer) -> tuple[Callable[[], Any], ...]:
        """Return all parameters of an optimizer, the same value again while they are the same."""
        own = [one for group in optimizer.param_groups for one in group["params"]]
        ids = tuple(map(id, own))
        known = self._held.get(number)
        if known is None or known[0] != ids:
            known = self._held[number] = ids, tuple([weakref.ref(one) for one in own])
        return known[1]

    def _rate(self, rate: Any) -> float:
        """Return a learning rate, which may be a tensor: to ask that for its number would be recorded."""
        number = self._capture.capture(rate).number if isinstance(rate, torch.Tensor) else rate
        return float(number) if isinstance(number, int | float) else 0.0

    def _gradient(self, parameter: torch.Tensor) -> Snapshot | None:
        gradient = parameter.grad
        if gradient is None or self._watcher.is_as_left(parameter, gradient):
            return None
        return self._capture.capture(gradient)

    def _state(self, optimizer: torch.optim.Optimizer, parameter: torch.Tensor) -> dict[str, Snapshot]:
        kept = optimizer.state.get(parameter) or {}
        tensors = [
            (name, value)
            for name, value in kept.items()
            if isinstance(name, str) and isinstance(value, torch.Tensor) and value.shape == parameter.shape
            if value.ndim or name != "step"
        ]
        return {name: self._capture.capture(value) for name, value in tensors[:_STATES]}

    @contextmanager
    def _back(self) -> Iterator[None]:
        self._recorder.come_back()
        try:
            yield
        finally:
            self._recorder.settle()
            self._recorder.go_again()


class _Changes:
    """Notes which parameters a step has changed since the last look.

    Args:
        steps: keeps what is noted.
        optimizer: whose step it is.
        parameters: those that it may change.
    """

    def __init__(self, steps: OptimizerSteps, optimizer: torch.optim.Optimizer, parameters: list[torch.Tensor]) -> None:
        self._steps = steps
        self._optimizer = optimizer
        self._parameters = parameters
        self._versions = [steps.version_of(one) for one in parameters]
        self._before = steps.copies(parameters)
        self.any = False

    def note(self) -> bool:
        """Record the parameters whose count of changes went up, with what they held before; return whether any did."""
        changed = [
            (one, before)
            for one, before in zip(self._parameters, self._versions, strict=True)
            if version(one) != before
        ]
        if changed:
            self.any = True
            self._steps.note(self._optimizer, changed, self._before)
        return bool(changed)

    def look_again(self) -> None:
        """Note what is changed from now on."""
        self._before = self._steps.copies(self._parameters)
        self._versions = [version(one) for one in self._parameters]


def _distance(parameter: torch.Tensor, before: torch.Tensor | None) -> float | None:
    """Return the norm of what changed; None where nobody knows what was before."""
    if before is None or before.shape != parameter.shape or before.dtype != parameter.dtype:
        return None
    with torch.no_grad():
        gap = parameter.detach() - before
        return float(torch.linalg.vector_norm(gap.double() if gap.is_floating_point() else gap).item())


def _is_seen(optimizer: torch.optim.Optimizer) -> bool:
    """Return whether the program is there while an optimizer computes: by hooks, or by a gradient through the step."""
    hooks = optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks
    everywhere = optimizers._global_optimizer_pre_hooks or optimizers._global_optimizer_post_hooks
    return bool(hooks or everywhere or optimizer.defaults.get("differentiable"))
