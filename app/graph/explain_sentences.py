"""What happened at a node, in plain words."""

from collections.abc import Sequence
from typing import Any

from app.graph.explain_index import GraphIndex
from app.graph.explanation import Math
from app.graph.formulas.writer import plain_number
from app.graph.model import Edge, Node, Output, Tensor

LONGEST_NAME = 16
"""Characters up to which a sentence adds what the program calls a node to its operator's name."""


def title_of(node: Node) -> str:
    """What a person calls a node that the table does not list."""
    match node.kind:
        case "leaf":
            return "Leaf"
        case "constant":
            return "Constant"
        case "detached":
            return f"{node.op}, outside the graph"
    return node.op


def shape_of(tensor: Tensor) -> str:
    """A tensor's shape in words: "a scalar", "a 3×3 tensor"."""
    if not tensor.shape:
        return "a scalar"
    return (
        f"a {'×'.join(str(size) for size in tensor.shape)} tensor"
        if len(tensor.shape) > 1
        else f"{tensor.shape[0]} numbers"
    )


def amount(tensor: Tensor) -> str:
    """A gradient in words: its number for one element, else its shape."""
    if tensor.numel == 1 and tensor.values is not None:
        value = tensor.values
        while isinstance(value, list):
            value = value[0]
        if isinstance(value, bool | int | float):
            return f"{value:.4g}"
        if isinstance(value, str):
            return value
    return (
        f"a gradient of shape {'×'.join(str(size) for size in tensor.shape)}" if tensor.shape else "a scalar gradient"
    )


def in_words(values: Any) -> str:
    """Numbers, or nested lists of them, in four significant digits."""
    if isinstance(values, list):
        return f"[{', '.join(in_words(value) for value in values)}]"
    return plain_number(values)


def called(node: Node) -> str:
    """What a node is called in a sentence: a leaf by its name, an operator by its own."""
    return node.names[0] if node.kind in {"leaf", "constant"} and node.names else node.op


def node_sentence(index: GraphIndex, node: Node, pass_index: int) -> str:
    """What a node did in a pass, or why it did nothing."""
    if node.kind == "constant":
        return "A constant: it takes part in the computation, and no gradient is computed for it."
    if node.kind == "detached":
        return "This ran outside the autograd graph: no gradient passes here."
    if index.run(pass_index) is None:
        return "No backward pass has run here, so there are no gradients yet."
    received = [
        output.gradients[pass_index - 1]
        for output in node.outputs
        if pass_index <= len(output.gradients) and output.gradients[pass_index - 1] is not None
    ]
    shown = " and ".join(amount(tensor) for tensor in received if tensor is not None)
    if not received:
        return f"No gradient reached {called(node)} in this pass."
    if node.kind == "leaf":
        return f"{called(node)} received {shown}, which is added to its .grad."
    passed = sum(
        1
        for edge in index.outgoing.get(node.id, ())
        if pass_index <= len(edge.contributions) and edge.contributions[pass_index - 1] is not None
    )
    inputs = {0: "to no input", 1: "to its one input"}.get(passed, f"to its {passed} inputs")
    return f"{node.op} received {shown} and passed a contribution {inputs}."


def edge_sentence(
    index: GraphIndex,
    node: Node,
    edge: Edge,
    target: str,
    numbers: Math | None,
    element: tuple[int, ...] | None,
    pass_index: int,
) -> str:
    """What one edge carried: "MulBackward0 received 0.0833 and passed 2 × 0.0833 = 0.1667 to PowBackward0."."""
    to = index.nodes[edge.target]
    name = called(to) if to.kind == "leaf" or len(target) > LONGEST_NAME else f"{to.op} ({target})"
    carried = edge.contributions[pass_index - 1] if 0 < pass_index <= len(edge.contributions) else None
    if carried is None:
        return f"{node.op} passed nothing to {name}."
    arrived = next((output.gradients[pass_index - 1] for output in node.outputs if output.gradients), None)
    received = f"received {amount(arrived)} and " if arrived is not None else ""
    if numbers is None:
        return f"{node.op} {received}passed {amount(carried)} to {name}."
    arithmetic = numbers.text.split("= ", 1)[1]
    if element:
        place, shape = ", ".join(map(str, element)), "×".join(map(str, carried.shape))
        passed = f"a gradient of shape {shape}"
        return f"{node.op} {received}passed {passed} to {name}; at [{place}] it is {arithmetic}."
    return f"{node.op} {received}passed {arithmetic} to {name}."


def cotangent_sentence(
    index: GraphIndex, node: Node, output: Output, users: Sequence[Edge], total: Math | None, pass_index: int
) -> str:
    """Where the gradient at an output came from."""
    sources = [index.nodes[edge.source].op for edge in users]
    if not sources:
        return "The backward pass starts here: this is the gradient that it was given (1 for a scalar)."
    if len(sources) == 1:
        return f"It came from {sources[0]} alone."
    listed = ", ".join(sources[:-1]) + f" and {sources[-1]}" if len(sources) <= 6 else f"{len(sources)} uses"
    return f"{called(node)} is used {len(sources)} times, so its gradient is the sum of what came back from {listed}."
