"""Walking the Nodes that autograd linked, without recursion."""

from collections.abc import Iterable
from typing import Any

import torch

from chainrule.tape.tensors.autograd_meta import backward_node, is_stale, output_of


def reachable(starts: Iterable[Any], limit: int) -> tuple[list[Any], bool]:
    """List every Node that backward could reach, breadth first.

    Args:
        starts: the Nodes to start from.
        limit: Nodes to list at most.

    Returns:
        The Nodes, and whether some were left out.
    """
    found = list(dict.fromkeys(starts))
    seen = set(found)
    for node in found:
        for target, _ in node.next_functions:
            if target is not None and target not in seen:
                if len(found) >= limit:
                    return found, True
                seen.add(target)
                found.append(target)
    return found, False


def is_leaf(node: Any) -> bool:
    """Return whether a Node is the end of the chain: a leaf's AccumulateGrad."""
    return type(node).__name__ == "AccumulateGrad" and hasattr(node, "variable")


def plain_shape(described: Any) -> tuple[int, ...] | None:
    """Return the shape of a tensor, or of what a Node says about its output; None for a nested one, which has none."""
    try:
        shape = described.shape
    except RuntimeError:
        return None
    if not isinstance(shape, tuple | list) or not all(type(size) is int for size in shape):
        return None
    return tuple(shape)


def start_node(tensor: Any) -> tuple[Any, int] | None:
    """Return the same as `grad_node` for a tensor that backward is about to start from, which PyTorch builds anew."""
    node = backward_node(tensor)
    return grad_node(tensor) if node is None else (node, tensor.output_nr)


def grad_node(tensor: Any) -> tuple[Any, int] | None:
    """Return the Node that a tensor's backward starts from, and which of its outputs the tensor is.

    Returns:
        None for a tensor that does not require grad, for one whose Node PyTorch would have to build anew, and for one
        that a function transform (``torch.func``) wraps for a derivative that autograd keeps no Node of.
    """
    if not tensor.requires_grad or is_stale(tensor):
        return None
    made = output_of(tensor)
    if made is not None:
        return made
    # Only a view of a leaf tells the leaf's Node; no mode of the program may see that view being made.
    with torch._C._DisableTorchDispatch(), torch._C.DisableTorchFunction(), torch.enable_grad():
        view = tensor.view_as(tensor)
    made = output_of(view)
    node = None if made is None else made[0].next_functions[0][0]
    return None if node is None else (node, 0)
