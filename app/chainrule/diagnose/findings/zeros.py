"""Gradients that become zero at one operation."""

import ast
from collections.abc import Set

from chainrule.diagnose.findings.derivative import say_derivative
from chainrule.diagnose.findings.flow import GraphFlow, has_values, is_finite, is_zero
from chainrule.diagnose.source import called
from chainrule.formulas import FORMULAS, names, parse, texts
from chainrule.graph.model import Edge, Node, Tensor
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.numbers import say_number
from chainrule.words.saying import joined, say

TOLD = 3
"""How many nodes are told of at most."""
CANCELLED = 1e-4
"""What an operation passes on over what arrives, in norms, below which the gradient has cancelled out."""

# Where a function is flat, and what PyTorch takes where there is no derivative, the table of formulas does not say.
_CAUSES = {
    "Relu": say("ReLU passes a gradient only where its input is above 0"),
    "Threshold": say("it passes a gradient only above its threshold"),
    "Clamp": say("clamp passes a gradient only between its bounds"),
    "Hardtanh": say("it passes a gradient only between its bounds"),
    "Sigmoid": say(
        "a sigmoid is flat far from 0: its derivative {slope} rounds to 0",
        slope=say_derivative("SigmoidBackward0", result="s"),
    ),
    "Tanh": say(
        "tanh is flat far from 0: its derivative {slope} rounds to 0", slope=say_derivative("TanhBackward0", result="t")
    ),
    "Softmax": say("a softmax that has decided is flat: its derivative rounds to 0"),
    "Round": say("rounding is flat between its steps: its derivative is 0 everywhere"),
    "Floor": say("rounding is flat between its steps: its derivative is 0 everywhere"),
    "Ceil": say("rounding is flat between its steps: its derivative is 0 everywhere"),
    "Sign": say("the sign is flat on both sides of 0: its derivative is 0 everywhere"),
    "Pow": say("the derivative of x**p is 0 at x = 0"),
    "LinalgVectorNorm": say("the norm has no derivative at 0, and PyTorch takes 0"),
    "Abs": say("the absolute value has no derivative at 0, and PyTorch takes 0"),
    "MseLoss": say("both sides are equal, so the loss is at its smallest"),
    "Std": say("all elements are equal, and PyTorch takes 0 for the derivative of the root there"),
}


_ACTIVATIONS = frozenset(_CAUSES) - {"Pow", "LinalgVectorNorm", "Abs", "Std", "MseLoss"}


def zero_gradients(flow: GraphFlow) -> list[Problem]:
    """Find the nodes where a gradient arrives and only zeros are passed on, so that a leaf gets nothing."""
    found: dict[object, tuple[Node, Edge, int, set[str]]] = {}
    for one in flow.passes:
        seen: set[str] = set()
        for node in flow.in_order(one):
            if not any(has_values(tensor) for tensor in flow.gradients(node, one.index)):
                continue
            for edge, carried in flow.passed_on(node, one.index):
                leaves = _leaves_behind(flow, edge, one.index, seen) if is_zero(carried) else set()
                if leaves and not _is_constant_sum(node):
                    found.setdefault((node.op, node.span), (node, edge, one.index, set()))[3].update(leaves)
    sources = {entry[0].id for entry in found.values()}
    told = [entry for entry in found.values() if not _follows(flow, entry[0], entry[1], sources)]
    return [_zero_problem(flow, *entry) for entry in told[:TOLD]]


def _leaves_behind(flow: GraphFlow, start: Edge, pass_index: int, seen: set[str]) -> set[str]:
    """Return the leaves whose whole gradient is zero, down from an edge through others that carried only zeros.

    What was ``seen`` before is left to the edge that came there first, so that all of this takes one walk.
    """
    leaves: set[str] = set()
    pending = [start.target]
    while pending:
        at = pending.pop()
        node = flow.nodes[at]
        gradients = flow.gradients(node, pass_index)
        if at in seen or not gradients or not all(map(is_zero, gradients)):
            continue
        seen.add(at)
        if node.kind == "leaf":
            leaves.add(flow.called(node))
        pending += [edge.target for edge, carried in flow.passed_on(node, pass_index) if is_zero(carried)]
    return leaves


def _follows(flow: GraphFlow, node: Node, edge: Edge, sources: Set[str]) -> bool:
    """Return whether the factor that is 0 is itself what an operation gave that is told of.

    So it is with the weights after a dead ReLU.
    """
    factor = _other_factor(flow, node, edge)
    return factor is not None and factor.id in sources


def _other_factor(flow: GraphFlow, node: Node, edge: Edge) -> Node | None:
    """Return what a product multiplies the gradient of one argument by, if that is 0 everywhere."""
    formula = FORMULAS.get(node.op)
    if formula is None or not node.op.startswith(("Mul", "Mm", "Addmm", "Bmm", "Baddbmm", "Mv", "Dot")):
        return None
    wanted = {name for text in texts(formula.vjps.get(edge.argument or "")) for name in names(parse(text))}
    for other in flow.inputs[node.id]:
        if other.id != edge.id and other.argument in wanted and is_zero(flow.taken_in(other)):
            return flow.nodes[other.target]
    return None


def _leaky(flow: GraphFlow, node: Node) -> list[Fix]:
    """Return the edit that lets a little through below 0."""
    syntax = flow.text.at(node.span)
    if isinstance(syntax, ast.Call) and called(syntax) == "relu" and len(syntax.args) == 1:
        return [flow.text.replace(say("Let a little through below 0"), syntax.func, "F.leaky_relu")]
    return []


def _is_constant_sum(node: Node) -> bool:
    """Return whether a softmax has not decided: what it passes on is zero since what arrived is the same everywhere."""
    if not node.op.startswith(("Softmax", "LogSoftmax")):
        return False
    value = node.outputs[0].value
    largest = None if value is None else value.stats.max
    return largest is not None and largest < 1 - CANCELLED


def _cause(node: Node, operation: str, value: Tensor | None) -> str:
    """Return why an operation passes on zeros, where that is so of these very values."""
    if operation == "Pow":
        exponent = node.saved.get("exponent")
        if exponent == 0:
            return say("the exponent is 0, so the result is 1 whatever goes in")
        if value is None or not value.is_zero:
            return ""
    return _CAUSES.get(operation, "")


def _told_of(flow: GraphFlow, node: Node, edge: Edge) -> Node | None:
    """Return the node to speak of: what an operation makes of its arguments within its own text has no name there."""
    target = flow.nodes[edge.target]
    for _ in range(len(flow.nodes)):
        if target.names or target.span != node.span:
            return target
        below = flow.outgoing[target.id]
        if len(below) != 1:
            return None
        target = flow.nodes[below[0].target]
    return None


def _zero_problem(flow: GraphFlow, node: Node, edge: Edge, pass_index: int, leaves: set[str]) -> Problem:
    operation = node.op.split("Backward")[0].lstrip("_")
    value, named = flow.held_in(edge, pass_index), _told_of(flow, node, edge)
    cause = _cause(node, operation, value)
    called_so = sorted(leaves)
    told: str = ", ".join(called_so[:4])
    if len(called_so) > 4:
        told = say("{names} and {count} more", names=told, count=len(called_so) - 4)
    detail = say("A gradient arrives at {operation}, and it passes on only zeros", operation=flow.operation(node))
    factor = _other_factor(flow, node, edge)
    if factor is not None:
        detail += say(": it multiplies the gradient by {node}, which is 0 everywhere.", node=flow.called(factor))
    else:
        detail += joined([": ", cause, "."]) if cause else "."
    if (
        factor is None
        and named is not None
        and value is not None
        and value.stats.max is not None
        and value.stats.min is not None
    ):
        low, high = value.stats.min, value.stats.max
        size = (
            say("goes from {minimum} to {maximum}", minimum=say_number(low), maximum=say_number(high))
            if low < high
            else say("is {number}", number=say_number(low))
        )
        detail += say(" Here {node} {range}.", node=flow.called(named), range=size)
        if operation == "Relu" and value.numel > 1:
            detail += say(" Nothing in it is above 0 for this data: these units are dead.")
    detail += say(
        " So the gradient of {leaves} is zero, and a step of gradient descent will not change it.", leaves=told
    )
    return Problem.of(
        "zero-gradient",
        detail,
        severity=None if operation in _ACTIVATIONS else "notice",
        span=node.span,
        node=node.id,
        fixes=_leaky(flow, node) if operation == "Relu" else [],
    )


_FIXED = {
    "Softmax": "the results of a softmax add up to 1, whatever goes in",
    "NativeLayerNorm": "layer normalisation gives a fixed mean and a fixed norm, whatever goes in",
    "NativeBatchNorm": "batch normalisation gives a fixed mean and a fixed norm, whatever goes in",
    "NativeGroupNorm": "group normalisation gives a fixed mean and a fixed norm, whatever goes in",
}


def cancelled_gradients(flow: GraphFlow) -> list[Problem]:
    """Find softmaxes and normalisations whose whole effect the loss takes out again."""
    for one in flow.passes:
        for node in flow.in_order(one):
            operation = node.op.split("Backward")[0].lstrip("_")
            gradients = flow.gradients(node, one.index)
            arrived = sum(tensor.norm or 0.0 for tensor in gradients)
            for edge, carried in flow.passed_on(node, one.index)[:1]:
                finite = all(map(is_finite, [*gradients, carried]))
                left = carried.norm or 0.0
                if operation in _FIXED and finite and arrived and left < CANCELLED * arrived:
                    return [_cancelled_problem(flow, node, edge, arrived, left)]
    return []


def _cancelled_problem(flow: GraphFlow, node: Node, edge: Edge, arrived: float, left: float) -> Problem:
    cause = _FIXED[node.op.split("Backward")[0].lstrip("_")]
    return Problem.of(
        "gradient-cancels",
        say(
            "A gradient of norm {norm} arrives at {operation}, and {remainder} is left of it for "
            "{node}: {cause}. A loss that depends on nothing else of it (its sum, or the sum of "
            "its squares) is constant, and what is left is rounding.",
            norm=say_number(arrived),
            operation=flow.operation(node),
            remainder=say_number(left),
            node=flow.called(flow.nodes[edge.target]),
            cause=cause,
        ),
        span=node.span,
        node=node.id,
    )
