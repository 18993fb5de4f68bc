"""The graph of tensors that are already there: what their ``grad_fn`` holds, and the gradients of one pass."""

from collections.abc import Mapping
from itertools import islice

import torch

from chainrule.graph import Graph
from chainrule.limits import Limits
from chainrule.tape.record.autograd import is_leaf, reachable
from chainrule.tape.record.modules import named_members
from chainrule.tape.record.names import LISTED
from chainrule.tape.tape import Tape
from chainrule.tape.tensors.autograd_meta import backward_node, has_graph, output_of

_FREED = "Trying to backward through the graph a second time"


def graph_of(
    root: object,
    names: Mapping[str, object],
    limits: Limits = Limits(),  # noqa: B008 # a frozen value
    start: torch.Tensor | None = None,
    *,
    run_backward: bool = True,
    tape: Tape | None = None,
) -> Graph:
    """Return the graph that a tensor hangs on.

    Values that nothing keeps are not in it: the tape was not there when they were computed. Gradients are, where the
    graph was not freed; where it was, what the leaves hold in ``.grad``. What the tensor does not come from is not.

    Args:
        root: a tensor with a grad_fn.
        names: variables, to name nodes by.
        limits: what is kept.
        start: the cotangent at the root; left out, ones.
        run_backward: False asks for no gradients.
        tape: records the pass; left out, one that keeps what is usual.

    Raises:
        TypeError: the root is no tensor.
        ValueError: it has no grad_fn, so that there is no graph.
    """
    if not isinstance(root, torch.Tensor):
        raise TypeError(f"a graph hangs on a tensor, not on {type(root).__name__}")
    require_graph(root)
    tape = tape or Tape(limits)
    if run_backward:
        with tape:
            was_freed = not ask_gradients(root, limits, start)
        if was_freed:
            tape.take_for_earlier_pass(root)
    own = _reached(root, names, limits)
    name = next((name for name, value in own.items() if value is root), "root")
    return tape.graph({name: root}, own, unused_leaves=False)


def _reached(root: torch.Tensor, names: Mapping[str, object], limits: Limits) -> dict[str, object]:
    """Return the variables that hold something of a tensor's graph: tensors, modules, lists and dicts of tensors."""
    nodes, _ = reachable([backward_node(root)], limits.nodes)
    functions = set(nodes)
    leaves = {id(node.variable) for node in nodes if is_leaf(node)}

    def holds(value: object) -> bool:
        if isinstance(value, torch.Tensor):
            made = output_of(value)
            return id(value) in leaves or value is root or (made is not None and made[0] in functions)
        if isinstance(value, torch.nn.Module):
            return any(id(parameter) in leaves for _, parameter in named_members(value, "", "_parameters"))
        elements = value.values() if type(value) is dict else value if type(value) in (list, tuple) else ()
        return any(isinstance(one, torch.Tensor) and holds(one) for one in islice(elements, LISTED))  # type: ignore[call-overload]

    return {name: value for name, value in names.items() if holds(value)}


def require_graph(root: torch.Tensor) -> None:
    """Refuse a tensor that no graph hangs on.

    Raises:
        ValueError: it has no grad_fn.
    """
    if not has_graph(root):
        raise ValueError("This tensor has no grad_fn: nothing that requires a gradient went into it")


def ask_gradients(root: torch.Tensor, limits: Limits, start: torch.Tensor | None = None) -> bool:
    """Run a pass from a tensor that changes no ``.grad`` and frees nothing, as far as that can be done.

    Returns:
        Whether what the nodes had saved was still there: an earlier backward frees it.

    Args:
        root: where it starts.
        limits: how far the leaves are looked for.
        start: the cotangent there; left out, ones.
    """
    nodes, _ = reachable([backward_node(root)], limits.nodes)
    leaves = [node.variable for node in nodes if is_leaf(node)]
    try:
        cotangent = torch.ones_like(root) if start is None else start
        torch.autograd.grad([root], leaves, [cotangent], retain_graph=True, allow_unused=True)
    except RuntimeError as error:
        # Structure, leaves and named values are still there.
        return not str(error).startswith(_FREED)
    return True
