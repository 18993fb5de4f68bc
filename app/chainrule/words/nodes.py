"""What a node is called: by its operation, by the program's name for it, by both, or as autograd calls it.

A leaf without a name is called after its id, "leaf n3", wherever it is named.
"""

import re
from functools import lru_cache

from chainrule.graph.model import Flag, Node, NodeKind
from chainrule.words.numbers import INFINITY, NAN
from chainrule.words.saying import joined, say
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_tensor

KIND_WORDS: dict[NodeKind, str] = {
    "function": "operation",
    "leaf": "leaf",
    "constant": "constant",
    "detached": "operation without gradient",
}
ALARMS: dict[Flag, str] = {
    "first_nan": f"first {NAN}",
    "first_inf": f"first {INFINITY}",
    "first_nan_gradient": f"first {NAN} gradient",
    "first_inf_gradient": f"first {INFINITY} gradient",
}
"""Flags of where numbers stop being finite."""
_BACKWARD = re.compile(r"Backward\d*$")
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_SPOKEN = {"AccumulateGrad": "leaf", "CopySlices": "copy into view"}


@lru_cache(maxsize=1024)
def short_name(op: str, custom: bool = False) -> str:
    """Return the operation's name as it is called in a program.

    >>> short_name("MulBackward0"), short_name("NativeLayerNormBackward0"), short_name("aten.mul.Tensor")
    ('mul', 'native_layer_norm', 'mul')
    >>> short_name("RoundBackward", custom=True)
    'Round'

    Args:
        op: the name that the graph has.
        custom: it is a class of the program, whose name stays as it is.
    """
    op = op.rpartition("::")[2]
    if op in _SPOKEN:
        return _SPOKEN[op]
    if op.startswith("aten."):
        return op.split(".")[1]
    bare = _BACKWARD.sub("", op) or op
    return bare if custom else _CAPITAL.sub("_", bare).lower()


def operation_of(node: Node) -> str:
    """Return what a person calls the operation: "mul", "leaf", "constant"."""
    return node.kind if node.kind in ("leaf", "constant") else short_name(node.op, "custom" in node.flags)


def name_of(node: Node) -> str:
    """Return what to call a node in a word: the program's name for it, else "leaf n3", else its operation."""
    if node.names:
        return node.names[0]
    return say("leaf {node}", node=node.id) if node.kind == "leaf" else operation_of(node)


def say_node(node: Node) -> str:
    """Return the variable with the operation, "h = mul", or the operation alone; a constant is its number."""
    if node.kind == "leaf":
        return name_of(node)
    words = operation_of(node)
    if node.kind == "constant":
        value = node.outputs[0].value if node.outputs else None
        words = say_tensor(value) if value is not None and value.numel else say("constant")
    return joined([f"{node.names[0]} = ", words]) if node.names else words


def say_grad_fn(node: Node) -> str:
    """Return the node as autograd names it, "MulBackward0"; a leaf, or a constant with a name, by its name."""
    named = node.kind == "leaf" or (node.kind == "constant" and bool(node.names))
    return name_of(node) if named else node.op


def say_function(node: Node) -> str:
    """Return the node as autograd names it, with the variable that its output is bound to: "MulBackward0 (h)"."""
    bound = node.names and node.kind not in ("leaf", "constant")
    return f"{node.op} ({node.names[0]})" if bound else say_grad_fn(node)


def say_flag(flag: Flag) -> str:
    """Return a flag in words: "in place", "first NaN"."""
    return ALARMS.get(flag, flag.replace("_", " "))


def say_title(node: Node) -> str:
    """Return the title of a node of which no formula is known."""
    match node.kind:
        case "leaf":
            return say("Leaf")
        case "constant":
            return say("Constant")
        case "detached":
            return say("{op}, outside the graph", op=node.op)
    return node.op


def say_outputs(node: Node) -> str:
    """Return the shape of a node's output, or how many outputs it has: "3×3", "2 outputs"."""
    return f"{len(node.outputs)} outputs" if len(node.outputs) > 1 else say_output(node)


def say_output(node: Node) -> str:
    """Return the shape of a node's first output; empty where it was never seen."""
    value = node.outputs[0].value if node.outputs else None
    return say_shape(value.shape) if value else ""
