"""The steps of PyTorch's own optimizers: one operation each, whatever PyTorch computes for it.

A step runs without gradients and makes no Node: all that a graph can tell of it is which parameters it changed, where
the program asked for it, and what they held before and after. What it computes in between (for Adam some ten operations
for each parameter, more than the model's own) is let run as if nobody looked.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch.optim import optimizer as optimizers

from chainrule.tape.record.operations import OptimizerStep
from chainrule.tape.record.recorder import Recorder
from chainrule.tape.record.values import Values
from chainrule.tape.tensors.autograd_meta import version


class OptimizerSteps:
    """Runs the steps of optimizers for one tape.

    Args:
        recorder: stands aside while PyTorch's own update runs, and is there while the program's closure does.
        values: what is known of tensors.
    """

    def __init__(self, recorder: Recorder, values: Values) -> None:
        self._recorder = recorder
        self._values = values

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
        changes = _Changes(self._recorder, self._values, OptimizerStep.of(optimizer), parameters)
        args, kwargs = self._with_closure(changes, args, kwargs)
        with self._recorder.aside():
            try:
                return run(*args, **kwargs)
            finally:
                changes.note()

    def _with_closure(
        self, changes: "_Changes", args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return what a step is given, with a closure that is recorded."""
        closure = args[0] if args else kwargs.get("closure")
        if not callable(closure):
            return args, kwargs

        def recorded() -> Any:
            changes.note()
            with self._back():
                return closure()

        return ((recorded, *args[1:]), kwargs) if args else (args, {**kwargs, "closure": recorded})

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
        recorder: keeps the step.
        values: what is known of tensors.
        step: the step.
        parameters: those that it may change.
    """

    def __init__(self, recorder: Recorder, values: Values, step: OptimizerStep, parameters: list[torch.Tensor]) -> None:
        self._recorder = recorder
        self._values = values
        self._step = step
        self._parameters = parameters
        self._versions = [values.of(one).version for one in parameters]

    def note(self) -> None:
        """Record the parameters whose count of changes went up, with what they held before and hold now."""
        changed = [
            (one, before)
            for one, before in zip(self._parameters, self._versions, strict=True)
            if version(one) != before
        ]
        if changed:
            self._recorder.note_step(self._step, changed)
            self._versions = [version(one) for one in self._parameters]


def _is_seen(optimizer: torch.optim.Optimizer) -> bool:
    """Return whether the program is there while an optimizer computes: by hooks, or by a gradient through the step."""
    hooks = optimizer._optimizer_step_pre_hooks or optimizer._optimizer_step_post_hooks
    everywhere = optimizers._global_optimizer_pre_hooks or optimizers._global_optimizer_post_hooks
    return bool(hooks or everywhere or optimizer.defaults.get("differentiable"))
