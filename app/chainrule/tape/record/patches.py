"""What is replaced in PyTorch while tapes run: one set for the process, taken back when the last tape leaves."""

import threading
import warnings
from collections.abc import Callable
from functools import partial, wraps
from typing import Any, Protocol

import torch
from torch.utils.data.dataloader import _SingleProcessDataLoaderIter

from chainrule.tape.record.passes import Call
from chainrule.tape.unseen.recursion import deeper
from chainrule.tape.unseen.warning_places import telling


class Listener(Protocol):
    """What a tape does when the program calls backward or a module."""

    def asked(self, call: Call, roots: Any) -> None:
        """Note that the program asks for backward, before PyTorch has checked anything."""

    def answered(self) -> None:
        """Note that what was asked for is over."""

    def engine(self, run: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Run autograd's engine."""

    def module_begins(self, module: Any) -> None:
        """Note that a module's call begins."""

    def module_ends(self) -> None:
        """Note that the last module's call ended."""

    def item_read(self, number: Any) -> None:
        """Note the number that ``Tensor.item`` (or ``float()`` and the like) gave to the program."""

    def list_read(self, tensor: Any, numbers: Any) -> None:
        """Note the lists of numbers that ``Tensor.tolist`` gave to the program."""

    def parameter_made(self, parameter: Any) -> None:
        """Note that a parameter was made."""

    def optimizer_steps(self, optimizer: Any, run: Callable[..., Any], args: tuple[Any, ...], kwargs: Any) -> Any:
        """Run one step of an optimizer of PyTorch's."""

    def batch_loads(self, run: Callable[..., Any], args: tuple[Any, ...], kwargs: Any) -> Any:
        """Have a data loader make its next batch."""

    def function_begins(self, function: Any, args: tuple[Any, ...]) -> Any:
        """Note that a custom Function is applied; what is returned is given back at its end."""

    def function_ends(self, begun: Any, result: Any) -> None:
        """Note what a custom Function gave."""


class _Listening(threading.local):
    def __init__(self) -> None:
        self.listeners: list[Listener] = []


_listening = _Listening()
_lock = threading.Lock()
_running = 0
_FRAMES = 1
"""Frames of a function that stands in for another."""
_ENGINE_FRAMES = 4
"""Frames of one tape between backward and autograd's engine."""
_INHERITED = object()
"""Stands for what a class had from its base."""
_originals: list[tuple[Any, str, Any]] = []
__warningregistry__ = None  # each warning is told again of its own place: see warning_places


def install() -> None:
    """Replace it now and for good: a process that does nothing but record need not do it for each tape."""
    global _running
    with _lock:
        _running += 1
        if _running == 1:
            _replace_all()


def listen(listener: Listener) -> None:
    """Call a listener for what happens in this thread from now on."""
    install()
    _listening.listeners.append(listener)


def leave(listener: Listener) -> None:
    """Stop calling a listener; with the last one, everything replaced is put back."""
    global _running
    _listening.listeners.remove(listener)
    with _lock:
        _running -= 1
        if _running == 0:
            while _originals:
                owner, name, original = _originals.pop()
                if original is _INHERITED:
                    delattr(owner, name)
                else:
                    setattr(owner, name, original)


def _replace_all() -> None:
    _replace(warnings, "_showwarnmsg", telling)
    _replace(torch.Tensor, "backward", lambda original: _asking(original, "backward"))
    _replace(torch.autograd, "backward", lambda original: _asking(original, "autograd.backward"))
    _replace(torch.autograd, "grad", lambda original: _asking(original, "autograd.grad"))
    _replace(torch.autograd, "_engine_run_backward", _engine)
    _replace(torch.nn.Module, "__call__", _module_call)
    for name in ("item", "__float__", "__int__", "__bool__", "__index__", "__complex__"):
        _inherit(name, _reading)
    _inherit("tolist", _listing)
    for kind in (torch.nn.Parameter, torch.nn.UninitializedParameter):
        _replace(kind, "__new__", _making)
    for optimizer in _optimizers():
        _replace(optimizer, "step", _stepping)
    _replace(_SingleProcessDataLoaderIter, "_next_data", _loading)
    apply = torch.autograd.Function.__dict__["apply"]
    _originals.append((torch.autograd.Function, "apply", apply))
    torch.autograd.Function.apply = classmethod(_apply(apply.__func__))


def _replace(owner: Any, name: str, make: Callable[[Any], Any]) -> None:
    original = owner.__dict__[name]
    _originals.append((owner, name, original))
    setattr(owner, name, make(original))


def _inherit(name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(torch.Tensor, name)
    _originals.append((torch.Tensor, name, _INHERITED))
    setattr(torch.Tensor, name, make(original))


def _asking(original: Any, call: Call) -> Any:
    @wraps(original)
    def ask(*args: Any, **kwargs: Any) -> Any:
        listeners = tuple(_listening.listeners)
        roots = args[0] if args else kwargs.get("tensors", kwargs.get("outputs"))
        for listener in listeners:
            listener.asked(call, roots)
        try:
            with deeper(_FRAMES):
                return original(*args, **kwargs)
        finally:
            for listener in listeners:
                listener.answered()

    return ask


def _engine(original: Any) -> Any:
    @wraps(original)
    def run_backward(*args: Any, **kwargs: Any) -> Any:
        run = original
        for listener in _listening.listeners:
            run = _through(listener.engine, run)
        with deeper(_ENGINE_FRAMES * len(_listening.listeners) + _FRAMES):
            return run(*args, **kwargs)

    return run_backward


def _through(hear: Callable[..., Any], run: Any) -> Any:
    """Return what runs something by way of a listener, which is given it with its arguments."""
    return lambda *args, **kwargs: hear(run, args, kwargs)


def _reading(original: Any) -> Any:
    @wraps(original)
    def read(self: Any, *args: Any, **kwargs: Any) -> Any:
        number = original(self, *args, **kwargs)
        for listener in _listening.listeners:
            listener.item_read(number)
        return number

    return read


def _listing(original: Any) -> Any:
    @wraps(original)
    def tolist(self: Any, *args: Any, **kwargs: Any) -> Any:
        numbers = original(self, *args, **kwargs)
        for listener in _listening.listeners:
            listener.list_read(self, numbers)
        return numbers

    return tolist


def _module_call(original: Any) -> Any:
    @wraps(original)
    def call(self: Any, *args: Any, **kwargs: Any) -> Any:
        listeners = tuple(_listening.listeners)
        for listener in listeners:
            listener.module_begins(self)
        try:
            with deeper(_FRAMES):
                return original(self, *args, **kwargs)
        finally:
            for listener in listeners:
                listener.module_ends()

    return call


def _optimizers() -> list[Any]:
    """List PyTorch's optimizers that have a step of their own, each with the hooks that PyTorch puts around it.

    PyTorch does so when the first of a class is made: what is put back at the end has to have them.
    """
    base = torch.optim.Optimizer
    kinds: list[Any] = [kind for kind in vars(torch.optim).values() if isinstance(kind, type) and kind is not base]
    found = [kind for kind in kinds if issubclass(kind, base) and "step" in vars(kind)]
    for kind in found:
        if not hasattr(kind.step, "hooked"):
            kind.step = base.profile_hook_step(kind.step)
            kind.step.hooked = True
    return found


def _stepping(original: Any) -> Any:
    @wraps(original)
    def step(self: Any, *args: Any, **kwargs: Any) -> Any:
        run = partial(original, self)
        for listener in _listening.listeners:
            run = _through(partial(listener.optimizer_steps, self), run)
        return run(*args, **kwargs)

    return step


def _loading(original: Any) -> Any:
    @wraps(original)
    def next_data(self: Any) -> Any:
        run = original
        for listener in _listening.listeners:
            run = _through(listener.batch_loads, run)
        with deeper(2 * len(_listening.listeners) + _FRAMES):
            return run(self)

    return next_data


def _making(original: Any) -> Any:
    @wraps(original.__func__)
    def make(cls: Any, *args: Any, **kwargs: Any) -> Any:
        made = original.__func__(cls, *args, **kwargs)
        for listener in _listening.listeners:
            listener.parameter_made(made)
        return made

    return staticmethod(make)


def _apply(original: Any) -> Any:
    @wraps(original)
    def apply(cls: Any, *args: Any, **kwargs: Any) -> Any:
        begun = [(listener, listener.function_begins(cls, args)) for listener in _listening.listeners]
        with deeper(_FRAMES):
            result = original(cls, *args, **kwargs)
        for listener, begin in begun:
            listener.function_ends(begin, result)
        return result

    return apply
