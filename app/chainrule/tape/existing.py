"""The graph of tensors that are already there: what their ``grad_fn`` holds, and the gradients of one pass."""

from collections.abc import Mapping

import torch

from chainrule.graph import Graph
from chainrule.limits import Limits
from chainrule.tape.record.autograd import is_leaf, reachable
from chainrule.tape.tape import Tape


def graph_of(root: object, names: Mapping[str, object], limits: Limits = Limits()) -> Graph:  # noqa: B008 # a frozen value
    """Return the graph that a tensor hangs on.

    Values that nothing keeps are not in it: the tape was not there when they were computed. Gradients are, where the
    graph was not freed.

    Args:
        root: a tensor with a grad_fn.
        names: variables, to name nodes by.
        limits: what is kept.

    Raises:
        TypeError: the root is no tensor.
        ValueError: it has no grad_fn, so that there is no graph.
    """
    if not isinstance(root, torch.Tensor):
        raise TypeError(f"show() takes a tensor, not {type(root).__name__}")
    if root.grad_fn is None:
        raise ValueError("This tensor has no grad_fn: nothing that requires a gradient went into it")
    tape = Tape(limits)
    with tape:
        ask_gradients(root, limits)
    name = next((name for name, value in names.items() if value is root), "root")
    return tape.graph({name: root}, names)


def ask_gradients(root: torch.Tensor, limits: Limits) -> None:
    """Run a pass from a tensor that changes no ``.grad`` and frees nothing, as far as that can be done."""
    nodes, _ = reachable([root.grad_fn], limits.nodes)
    leaves = [node.variable for node in nodes if is_leaf(node)]
    try:
        torch.autograd.grad([root], leaves, [torch.ones_like(root)], retain_graph=True, allow_unused=True)
    except RuntimeError:
        # An earlier backward freed what the nodes had saved: structure, leaves and named values are still there.
        return
