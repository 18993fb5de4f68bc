"""Runs a program and tells everything that it can see: output, warnings, exceptions, values, gradients, flags."""

import io
import re
import warnings
from collections.abc import Callable
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any

import torch
from chainrule.tape import Namespace, Tape

FILENAME = "<program>"
_ADDRESS = re.compile(r"0x[0-9a-f]+")
"""Where objects are, which differs from run to run."""


@dataclass(frozen=True)
class Observed:
    """What one run showed."""

    printed: list[str]
    warned: list[tuple[str, str, str, int]]
    """Category, message, file and line."""
    raised: str | None
    state: dict[str, str]
    """The variables at the end."""
    random: bytes
    """What the generator of random numbers holds."""


def observe(source: str, tape: Tape | None) -> Observed:
    """Run a program, with or without a tape, and look at everything; the tape is asked for its graph before.

    Args:
        source: the program.
        tape: what records it, if it is recorded.
    """
    code = compile(source, FILENAME, "exec")
    given = {"__name__": "__main__"}
    names: dict[str, Any] = dict(given) if tape is None else Namespace(tape, given)
    raised = None
    printed = io.StringIO()
    torch.manual_seed(0)
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings(record=True) as warned, redirect_stdout(printed), redirect_stderr(printed):
            warnings.simplefilter("always")
            with nullcontext() if tape is None else tape:
                try:
                    exec(code, names)
                except Exception as error:
                    raised = _told(error)
            kept = bytes(torch.get_rng_state().numpy())
            if tape is not None:
                tape.graph(names={name: value for name, value in names.items() if not name.startswith("__")})
            state = {name: _state(value) for name, value in names.items() if not name.startswith("__")}
    finally:
        torch.set_warn_always(False)
        torch.set_grad_enabled(True)
    told = [(one.category.__name__, _plain(str(one.message)), one.filename, one.lineno) for one in warned]
    return Observed(_plain(printed.getvalue()).splitlines(), told, raised, state, kept)


def _plain(text: str) -> str:
    """Return a text without addresses; ``reshape`` gives its view another name wherever a dispatch mode is on."""
    return _ADDRESS.sub("0x", text).replace("ReshapeAliasBackward0", "ViewBackward0")


def _told(error: Exception) -> str:
    return _plain(f"{type(error).__name__}: {error}")


def _state(value: object) -> str:
    if isinstance(value, torch.Tensor):
        return _of_tensor(value)
    if isinstance(value, torch.nn.Module):
        tensors = [*value.named_parameters(), *value.named_buffers()]
        return "; ".join(f"{name}: {_of_tensor(tensor)}" for name, tensor in tensors)
    if isinstance(value, torch.optim.Optimizer):
        held = [_state(one) for state in value.state.values() for one in state.values()]
        return f"{value} {held}"
    if isinstance(value, int | float | bool | str):
        return repr(value)
    return type(value).__name__


def _of_tensor(tensor: torch.Tensor) -> str:
    flags = [_asked(ask, tensor) for ask in _QUESTIONS]
    gradient = tensor.grad if tensor.requires_grad and _asked(lambda one: one.is_leaf, tensor) == "True" else None
    held = [repr(tensor.detach().tolist()), tensor.dtype, tuple(tensor.shape), tensor.stride()]
    return f"{held} {flags}" + ("" if gradient is None else f" grad {_of_tensor(gradient)}")


_QUESTIONS: list[Callable[[torch.Tensor], object]] = [
    lambda tensor: tensor.requires_grad,
    lambda tensor: tensor.grad_fn and _plain(tensor.grad_fn.name()),
    lambda tensor: tensor.output_nr,
    lambda tensor: tensor._version,
    lambda tensor: tensor._is_view(),
    lambda tensor: tensor.retains_grad,
]


def _asked(ask: Callable[[torch.Tensor], object], tensor: torch.Tensor) -> str:
    try:
        return str(ask(tensor))
    except RuntimeError as error:
        return _told(error)
