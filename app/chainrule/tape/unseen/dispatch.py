"""Runs an operation that a dispatch mode was given, as PyTorch runs it where no mode is on.

By the time that a mode sees an operation, PyTorch has noted what it changes and which views it makes, has looked for a
gradient, and does neither any deeper. It would, in two cases:

- The operator is made of others, which note what it does not: the ``_foreach_`` ones, and under ``inference_mode`` all
  that are composed. ``torch._foreach_add_`` counts as a change of each of its tensors only in this way.
- It is given tensors of ``inference_mode`` alone, for which there was nothing to note or to look for.

>>> import torch
>>> from chainrule.tape import Tape
>>> with Tape():
...     x = torch.ones(2)
...     _ = torch._foreach_add_([x], 1.0)
>>> x._version
1
"""

from functools import cache
from typing import Any

import torch
from torch._ops import OpOverload

__warningregistry__ = None  # each warning is told again of its own place: see warning_places

_NOTES = torch._C.DispatchKey.ADInplaceOrView
"""Where PyTorch counts changes in place, and makes views of what it is given."""
_DIFFERENTIATES = torch._C.DispatchKey.AutogradFunctionality
_is_excluded = torch._C._dispatch_tls_is_dispatch_key_excluded
_exclude = torch._C._dispatch_tls_set_dispatch_key_excluded


def as_unseen(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    """Run an operation that a mode was given."""
    # A frame less, and a kernel that warns sees this one.
    run = op._op if type(op) is OpOverload else op
    opened: tuple[Any, ...]
    if args and isinstance(args[0], torch.Tensor) and args[0].is_inference() and _are_inference(args, kwargs):
        opened = (_NOTES, _DIFFERENTIATES)
    elif _is_noted_deeper(op):
        opened = (_NOTES,)
    else:
        return run(*args, **kwargs)
    closed = [key for key in opened if _is_excluded(key)]
    for key in closed:
        _exclude(key, False)
    try:
        return run(*args, **kwargs)
    finally:
        for key in closed:
            _exclude(key, True)


def _are_inference(args: tuple[Any, ...], kwargs: dict[str, Any]) -> bool:
    given = [part for one in (*args, *kwargs.values()) for part in (one if isinstance(one, list | tuple) else (one,))]
    return all(tensor.is_inference() for tensor in given if isinstance(tensor, torch.Tensor))


@cache
def _is_noted_deeper(op: Any) -> bool:
    schema = op._schema
    is_to_note = schema.is_mutable or any(result.alias_info is not None for result in schema.returns)
    return is_to_note and not torch._C._dispatch_has_kernel_for_dispatch_key(op.name(), "ADInplaceOrView")
