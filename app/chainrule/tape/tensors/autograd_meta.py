"""What autograd knows of a tensor, asked without changing it: its Node, its base, its count of changes.

PyTorch keeps the Node of a view until its memory was changed through the base or another view. Whoever then asks for
``grad_fn`` or ``is_leaf`` makes PyTorch check whether that was allowed, which raises where the view came from
``no_grad`` or ``unbind``, and build a Node anew, which takes a sequence number and hangs on whatever the base has just
then. All of this belongs to the program: the tape asks here, and hears that there is no Node to be had.

>>> import torch
>>> weight = torch.ones(2, requires_grad=True)
>>> with torch.no_grad():
...     row = weight[0]
...     _ = row.mul_(2)
>>> row.grad_fn  # doctest: +ELLIPSIS
Traceback (most recent call last):
    ...
RuntimeError: A view was created in no_grad mode and its base or another view of its base has been modified inplace ...
>>> grad_fn(row) is None, is_stale(row)
(True, True)

Source: ``VariableHooks::grad_fn`` and ``handle_view_on_rebase`` in ``torch/csrc/autograd/variable.cpp``.
"""

from typing import Any

import torch

_meta = torch._C._autograd
_REFUSING = _meta.CreationMeta.MULTI_OUTPUT_NODE
_ALLOWING = _meta.CreationMeta.DEFAULT


def grad_fn(tensor: torch.Tensor) -> Any:
    """Return the Node that a tensor has; None where it has none, also where PyTorch would have to build it anew."""
    if not _may_be_stale(tensor):
        return tensor.grad_fn
    found = _refreshed(tensor)
    return None if found is tensor else found


def has_graph(tensor: torch.Tensor) -> bool:
    """Return whether a tensor has a Node, or PyTorch would build one for it."""
    if not _may_be_stale(tensor):
        return tensor.grad_fn is not None
    found = _refreshed(tensor)
    return _meta._get_creation_meta(tensor) == _ALLOWING if found is tensor else found is not None


def backward_node(tensor: torch.Tensor) -> Any:
    """Return the Node that backward starts from, built anew where it must be; None where PyTorch refuses.

    Only for what a gradient is asked of: it is what backward itself does next.
    """
    try:
        return tensor.grad_fn
    except RuntimeError:
        return None


def is_stale(tensor: torch.Tensor) -> bool:
    """Return whether PyTorch would build the Node of a tensor anew, or refuse to."""
    return _may_be_stale(tensor) and _refreshed(tensor) is tensor


def is_leaf(tensor: torch.Tensor) -> bool:
    """Return whether no operation that is differentiated made a tensor, as far as that can be told now."""
    if not _may_be_stale(tensor):
        return tensor.is_leaf
    return _refreshed(tensor) is None


def keeps_gradient(tensor: torch.Tensor) -> bool:
    """Return whether ``.grad`` of a tensor is for what backward computes: of a leaf, and after ``retain_grad``."""
    return is_leaf(tensor) or (not is_stale(tensor) and tensor.retains_grad)


def output_of(tensor: torch.Tensor) -> tuple[Any, int] | None:
    """Return the Node that a tensor has, and which of its outputs the tensor is."""
    node = grad_fn(tensor)
    return None if node is None else (node, tensor.output_nr)


def version(tensor: torch.Tensor) -> int:
    """Return how often a tensor was changed in place; 0 for one of inference mode, which does not count."""
    return 0 if tensor.is_inference() else int(tensor._version)


def base(tensor: torch.Tensor) -> torch.Tensor | None:
    """Return what a tensor is a view of."""
    return tensor._base


def whole(tensor: torch.Tensor) -> torch.Tensor:
    """Return the tensor that gets a Node when another one changes in place: its base, where it is a view."""
    found = tensor._base
    return tensor if found is None else found


def _may_be_stale(tensor: torch.Tensor) -> bool:
    """Return whether a tensor is a view of memory that was ever changed: only such a one can be out of date."""
    return tensor._is_view() and version(tensor) > 0


def _refreshed(view: torch.Tensor) -> Any:
    """Return the Node of a view that is up to date, or None where it has none; the view itself where it is not.

    A view that is marked as one of several outputs is refused a new Node before anything is built, and given the Node
    that it has all the same. So the mark tells the two apart, and is taken back.
    """
    mark = _meta._get_creation_meta(view)
    _meta._set_creation_meta(view, _REFUSING)
    try:
        return view.grad_fn
    except RuntimeError:
        return view
    finally:
        _meta._set_creation_meta(view, mark)
