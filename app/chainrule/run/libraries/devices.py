"""GPUs that are not there: what a program would do on one is done on the CPU, and the program hears of it."""

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._device import DeviceContext

from chainrule.run.libraries.notices import Notices
from chainrule.tape.tensors.autograd_meta import is_leaf
from chainrule.words.saying import say

_NAMED = re.compile("cuda|mps|xpu|pin_memory")
"""Words without which no program asks for a GPU."""
_HERE = frozenset({"cpu", "meta"})
_CPU = torch.device("cpu")
_MOVES = frozenset({torch.Tensor.cuda, torch.Tensor.xpu, torch.Tensor.pin_memory})
"""Methods that give a tensor on a GPU, or one that gets there faster."""
_FINE_WITHOUT = ("synchronize", "set_device", "reset_peak_memory_stats")
"""Functions of ``torch.cuda`` that raise where there is none, although there is nothing left to do for them."""


@contextmanager
def on_the_cpu(source: str, notices: Notices) -> Iterator[None]:
    """Do on the CPU what a program asks a GPU for. A program that names none runs as if this was not there.

    Args:
        source: the program.
        notices: where it is told.
    """
    if _NAMED.search(source) is None:
        yield
        return
    with ExitStack() as stack:
        mode = stack.enter_context(OnTheCpu(notices))
        stack.enter_context(_replaced(DeviceContext, "__init__", lambda init: _context(init, mode)))
        for name in _FINE_WITHOUT:
            stack.enter_context(_replaced(torch.cuda, name, _nothing))
        yield


class OnTheCpu(TorchFunctionMode):
    """Puts the CPU in the place of every other device that a function of PyTorch is given."""

    def __init__(self, notices: Notices) -> None:
        super().__init__()
        self._notices = notices

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Call the function with the CPU for its device."""
        kwargs = kwargs or {}
        if func in _MOVES:
            self._moved(args[0], say("`.{name}()`", name=func.__name__))
            return args[0]
        if "device" in kwargs:
            kwargs = {**kwargs, "device": self.here(kwargs["device"])}
        if func is torch.Tensor.to and len(args) > 1 and isinstance(args[1], str | int | torch.device):
            device = self.here(args[1], args[0])
            args = (args[0], device, *args[2:])
        return func(*args, **kwargs)

    def here(self, device: Any, tensor: torch.Tensor | None = None) -> Any:
        """Return the device itself where it is here, else the CPU.

        Args:
            device: as PyTorch takes it: a device, its name, or the number of a GPU.
            tensor: what is moved there.
        """
        if device is None or isinstance(device, bool):
            return device
        try:
            found = torch.device("cuda", device) if isinstance(device, int) else torch.device(device)
        except (RuntimeError, TypeError):  # PyTorch says what is wrong with it
            return device
        if found.type in _HERE:
            return device
        self._moved(tensor, say("The device `{device}`", device=str(found)))
        return _CPU

    def _moved(self, tensor: torch.Tensor | None, what: str) -> None:
        detail = say("{place} is the CPU here. Values and gradients are the same but for rounding.", place=what)
        copied = tensor is not None and torch.is_grad_enabled() and tensor.requires_grad and is_leaf(tensor)
        if copied:
            detail += say(
                " On a GPU this would be a copy: a result of an operation, whose .grad stays None. Make the leaf on "
                "its device with device=."
            )
        self._notices.tell("cpu-only", detail, matters=copied)


def _context(init: Callable[..., None], mode: OnTheCpu) -> Callable[..., None]:
    """Return what makes a default device, which PyTorch asks for beneath every other mode."""

    def made(self: DeviceContext, device: Any) -> None:
        init(self, mode.here(device))

    return made


def _nothing(original: Callable[..., Any]) -> Callable[..., None]:
    """Return a function that does what there is to do for a GPU that is not there."""

    def nothing(*args: object, **kwargs: object) -> None:
        pass

    return nothing


@contextmanager
def _replaced(owner: Any, name: str, make: Callable[[Any], Any]) -> Iterator[None]:
    original = getattr(owner, name)
    setattr(owner, name, make(original))
    try:
        yield
    finally:
        setattr(owner, name, original)
