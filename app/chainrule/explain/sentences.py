"""What happened at a node, in plain words."""

from collections.abc import Sequence

import numpy as np

from chainrule.explain.model import Math
from chainrule.explain.values import array
from chainrule.graph.gradients import Contribution
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Edge, Node, Output, Tensor
from chainrule.graph.values import flat_values
from chainrule.words.nodes import say_grad_fn
from chainrule.words.numbers import say_number
from chainrule.words.saying import listed, say
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_values

FEW = 6
"""Numbers of a gradient that a sentence tells."""
LONGEST_NAME = 16
"""Characters up to which a sentence adds what the program calls a node to its operator's name."""


def amount(tensor: Tensor) -> str:
    """Return a gradient in words: its number for one element, else its shape."""
    values = flat_values(tensor)
    if values is not None and len(values) == 1:
        return say_number(values[0])
    return _shaped(tensor) if tensor.shape else say("a scalar gradient")


def _shaped(tensor: Tensor) -> str:
    return say("a gradient of shape {shape}", shape=say_shape(tensor.shape))


def node_sentence(index: GraphIndex, node: Node, pass_index: int) -> str:
    """Return what a node did in a pass, or why it did nothing."""
    if node.kind == "constant":
        return say("A constant: it takes part in the computation, and no gradient is computed for it.")
    if node.kind == "detached":
        return say("This ran outside the autograd graph: no gradient passes here.")
    if index.run(pass_index) is None:
        return say("No backward pass has run here, so there are no gradients yet.")
    received = [in_pass(output.gradients, pass_index) for output in node.outputs]
    shown = listed([amount(tensor) for tensor in received if tensor is not None])
    if not any(received):
        return say("No gradient reached {node} in this pass.", node=say_grad_fn(node))
    if node.kind == "leaf":
        if in_pass(node.accumulated, pass_index) is None:
            return say("{node} received {gradient}.", node=say_grad_fn(node), gradient=shown)
        return say(
            "{node} received {gradient}, which was added to {node}.grad.", node=say_grad_fn(node), gradient=shown
        )
    passed = sum(in_pass(edge.contributions, pass_index) is not None for edge in index.outgoing[node.id])
    inputs = {0: say("to no input"), 1: say("to its one input")}.get(passed, say("to its {count} inputs", count=passed))
    return say(
        "{op} received {gradient} and passed a contribution {inputs}.", op=node.op, gradient=shown, inputs=inputs
    )


def edge_sentence(
    index: GraphIndex,
    node: Node,
    edge: Edge,
    target: str,
    numbers: Math | None,
    element: tuple[int, ...] | None,
    pass_index: int,
) -> str:
    """Return what one edge carried: "MulBackward0 received 0.0833 and passed 2 × 0.0833 = 0.1667 to PowBackward0."."""
    to = index.nodes[edge.target]
    name = say_grad_fn(to) if to.kind == "leaf" or len(target) > LONGEST_NAME else f"{to.op} ({target})"
    carried = in_pass(edge.contributions, pass_index)
    if carried is None:
        return say("No gradient went from {op} to {name} in this pass.", op=node.op, name=name)
    arrived = next((in_pass(output.gradients, pass_index) for output in node.outputs if output.gradients), None)
    received = say("received {amount} and ", amount=amount(arrived)) if arrived is not None else ""
    if numbers is None:
        return say(
            "{op} {receipt}passed {amount} to {name}.",
            op=node.op,
            receipt=received,
            amount=amount(carried),
            name=name,
        )
    arithmetic = numbers.text.split("= ", 1)[1]
    if element:
        place, passed = ", ".join(map(str, element)), _shaped(carried)
        return say(
            "{op} {receipt}passed {gradient} to {name}; at [{index}] it is {arithmetic}.",
            op=node.op,
            receipt=received,
            gradient=passed,
            name=name,
            index=place,
            arithmetic=arithmetic,
        )
    return say(
        "{op} {receipt}passed {arithmetic} to {name}.", op=node.op, receipt=received, arithmetic=arithmetic, name=name
    )


def cotangent_sentence(
    index: GraphIndex, node: Node, output: Output, users: Sequence[Edge], total: Math | None, pass_index: int
) -> str:
    """Return where the gradient at an output came from."""
    sources = [index.nodes[edge.source].op for edge in users]
    if not sources:
        return say("The backward pass starts here, with the gradient that you gave it (1 by default for a scalar).")
    if len(sources) == 1:
        return say("It comes from {source}, the only operation that uses this tensor.", source=sources[0])
    told = listed(sources) if len(sources) <= 6 else say("{count} uses", count=len(sources))
    return say(
        "{node} is used {count} times, so its gradient is the sum of what came back from {users}.",
        node=say_grad_fn(node),
        count=len(sources),
        users=told,
    )


def hook_sentence(parts: Sequence[Contribution], gradient: Tensor) -> str:
    """Return that a hook changed a gradient, and how where that is a few numbers."""
    values = [array(part.gradient) for part in parts]
    after = array(gradient)
    if after is None or not 0 < after.size <= FEW or any(one is None or one.shape != after.shape for one in values):
        return say("A hook changed the gradient here: it is not what its uses passed.")
    before = sum((one for one in values if one is not None), start=np.zeros_like(after))
    return say(
        "A hook changed the gradient here: {before} arrived from its uses, and {after} went on.",
        before=say_values(before.tolist()),
        after=say_values(after.tolist()),
    )
