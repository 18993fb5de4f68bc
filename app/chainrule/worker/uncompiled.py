"""PyTorch without its compiler: small stand-ins for ``torch._dynamo`` and ``torch._inductor``.

Optimizers, hooks, ``checkpoint``, ``torch.func`` and the switch for deterministic algorithms tell the compiler
something in passing, and import it for that: 300 modules, 35 MB and a second of a processor for what no program here
can start. Outside of a compiled function each of these calls does nothing but hand on what it was given, and so do the
stand-ins. The first operation on a tensor of a Python class, as a jagged one, has PyTorch ask whether it is spread over
machines, and import 33 modules to know the class of those; here no tensor is.
"""

import importlib
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from types import ModuleType
from typing import Any

import torch


def _unchanged(function: Callable[..., Any] | None = None, *args: object, **kwargs: object) -> Any:
    """Return the function, or, called with options alone, what returns the function that it decorates."""
    return _unchanged if function is None else function


def _nothing(*args: object, **kwargs: object) -> None:
    """Do nothing."""


def _no() -> bool:
    return False


def _nowhere() -> AbstractContextManager[None]:
    return nullcontext()


class SpreadTensor(torch.Tensor):
    """In the place of a tensor that is spread over machines: there is none."""


UNCHANGED = ("disable", "allow_in_graph", "disallow_in_graph", "forbid_in_graph", "assume_constant_result")
NOTHING = ("graph_break", "reset", "mark_dynamic", "maybe_mark_dynamic", "mark_static", "mark_static_address")
NO = ("is_compiling", "is_dynamo_supported")
STAND_INS: dict[str, dict[str, object]] = {
    "torch._dynamo": {
        **dict.fromkeys(UNCHANGED, _unchanged),
        **dict.fromkeys(NOTHING, _nothing),
        **dict.fromkeys(NO, _no),
    },
    "torch._dynamo.compiled_autograd": {"_disable": _nowhere, "compiled_autograd_enabled": False},
    "torch._inductor": {},
    "torch._inductor.config": {"deterministic": False},
    "torch.distributed.tensor": {"DTensor": SpreadTensor},
}
"""What each stand-in has: all that PyTorch asks of the compiler, and of spread tensors, while it runs without them."""


def leave_compiler_out() -> None:
    """Put the stand-ins into ``sys.modules``, where nothing has brought the compiler in yet.

    It is for a whole process that never compiles: what has imported ``torch._dynamo`` by then keeps it.
    """
    if not STAND_INS.keys().isdisjoint(sys.modules):
        return
    for name, content in STAND_INS.items():
        module = ModuleType(name, __doc__)
        vars(module).update(content)
        # As a package it still has its real modules: checkpoint reads a setting of torch._dynamo.config.
        module.__path__ = [str(Path(torch.__file__).parent.joinpath(*name.split(".")[1:]))]
        sys.modules[name] = module
        parent, _, last = name.rpartition(".")
        setattr(sys.modules[parent], last, module)
    importlib.import_module("torch._dynamo.config")
