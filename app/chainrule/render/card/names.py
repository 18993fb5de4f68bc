"""What a person calls a node and its shape."""

from collections.abc import Sequence

from chainrule.graph.model import Node, NodeKind
from chainrule.words.operators import short_name

KIND_WORDS: dict[NodeKind, str] = {
    "function": "operation",
    "leaf": "leaf",
    "constant": "constant",
    "detached": "operation without gradient",
}


def title_of(node: Node) -> str:
    """Return what a person calls a node."""
    if node.kind == "leaf" and "parameter" in node.flags:
        return "leaf"
    return short_name(node.op, "custom" in node.flags)


def shape_of(node: Node) -> str:
    """Return the shape of a node's output in words: "3×3", "scalar", "2 outputs"."""
    if len(node.outputs) > 1:
        return f"{len(node.outputs)} outputs"
    value = node.outputs[0].value if node.outputs else None
    return describe_shape(value.shape) if value else ""


def main_shape(node: Node) -> str:
    """Return the shape of a node's first output in words; empty where it was never seen."""
    value = node.outputs[0].value if node.outputs else None
    return describe_shape(value.shape) if value else ""


def describe_shape(shape: Sequence[int]) -> str:
    """Return a shape in words."""
    if not shape:
        return "scalar"
    return "×".join(map(str, shape)) if len(shape) > 1 else f"[{shape[0]}]"
