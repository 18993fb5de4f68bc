"""What a Node keeps for its backward, read before backward frees it."""

from typing import Any

import torch

from chainrule.tape.tensors.capture import TensorCapture
from chainrule.tape.tensors.snapshot import Snapshot

Kept = Snapshot | bool | int | float | complex | str | list[Any] | None

_WORKSPACES = frozenset({("MkldnnRnnLayerBackward0", "result3")})
"""An operator's own scratch memory, parts of which nothing has written to."""

_names: dict[type, tuple[str, ...]] = {}


def saved(node: Any, capture: TensorCapture) -> dict[str, Kept]:
    """Read what a Node saved, under PyTorch's own names.

    Tensors that the program packs with hooks of its own are left alone: to read them would run those hooks.

    Args:
        node: the Node.
        capture: captures tensors.
    """
    if isinstance(node, torch.autograd.function.BackwardCFunction):
        return _of_custom(node, capture)
    found: dict[str, Kept] = {}
    for name in _saved_names(node):
        if (node.name(), name) in _WORKSPACES:
            continue
        raw = getattr(node, f"_raw_saved_{name}", None)
        if any(part.unpack_hook is not None for part in (raw if isinstance(raw, tuple | list) else [raw]) if part):
            continue
        try:
            found[name] = _kept(getattr(node, f"_saved_{name}"), capture)
        except RuntimeError:
            # Freed by an earlier pass, or changed in place since: backward would say so too.
            continue
    return found


def _saved_names(node: Any) -> tuple[str, ...]:
    kind = type(node)
    if kind not in _names:
        _names[kind] = tuple(name.removeprefix("_saved_") for name in dir(node) if name.startswith("_saved_"))
    return _names[kind]


def _of_custom(node: Any, capture: TensorCapture) -> dict[str, Kept]:
    try:
        raw = node._raw_saved_tensors
        if any(part.unpack_hook is not None for part in raw):
            return {}
        return {f"saved_tensors[{index}]": _kept(part, capture) for index, part in enumerate(node.saved_tensors)}
    except RuntimeError:
        return {}


def _kept(value: Any, capture: TensorCapture) -> Kept:
    if isinstance(value, torch.Tensor):
        return capture.capture(value)
    if isinstance(value, bool | int | float | complex | str) or value is None:
        return value
    if isinstance(value, tuple | list):
        return [_kept(part, capture) for part in value]
    return str(value)
