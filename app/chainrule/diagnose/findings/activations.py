"""Softmaxes and sigmoids that meet a logarithm, or a loss that has its own."""

import ast

from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.source import called, grouped
from chainrule.graph.model import Node
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import say

_TWICE = {"LogSoftmax": "Softmax", "BinaryCrossEntropyWithLogits": "Sigmoid"}
"""What has an activation of its own, and that activation."""


def activations_twice(flow: GraphFlow) -> list[Problem]:
    """Find a softmax before what applies a softmax itself, and a sigmoid before what applies a sigmoid."""
    for node in flow.graph.nodes:
        own = _TWICE.get(_kind(node))
        before = _before(flow, node) if own is not None else None
        if own is None or before is None or _kind(before) != own:
            continue
        name = "softmax" if own == "Softmax" else "sigmoid"
        detail = say(
            "{operation} applies a {activation} itself, and what it was given comes from {before}: it is applied "
            "twice. Give it what went into the first one.",
            operation=flow.operation(node),
            activation=name,
            before=flow.operation(before),
        )
        return [Problem.of("activation-twice", detail, span=before.span, node=before.id, fixes=_without(flow, before))]
    return []


def unstable_logarithms(flow: GraphFlow) -> list[Problem]:
    """Find the logarithm of a softmax, of a sigmoid, and of 1 minus a sigmoid."""
    for node in flow.graph.nodes:
        if _kind(node) != "Log" or (before := _before(flow, node)) is None:
            continue
        is_rest = _kind(before) in ("Rsub", "Sub") and _is_one_minus(flow, before)
        inner = _before(flow, before) if is_rest else before
        if inner is None or _kind(inner) not in (("Sigmoid",) if is_rest else ("Sigmoid", "Softmax")):
            continue
        better = "F.log_softmax" if _kind(inner) == "Softmax" else "F.logsigmoid"
        detail = say(
            "{operation} takes the logarithm of what {inner} rounds: where that is 0 the result is -∞, and the "
            "gradient is lost. {better} computes both together and stays finite.",
            operation=flow.operation(node),
            inner=flow.operation(inner),
            better=better,
        )
        return [
            Problem.of(
                "unstable-logarithm", detail, span=node.span, node=node.id, fixes=_together(flow, node, is_rest=is_rest)
            )
        ]
    return []


def _kind(node: Node) -> str:
    return node.op.split("Backward")[0].lstrip("_") if node.kind == "function" else ""


def _before(flow: GraphFlow, node: Node) -> Node | None:
    """Return what an operation's only argument with a gradient comes from, past changes of shape."""
    edges = flow.outgoing[node.id]
    while len(edges) == 1:
        target = flow.nodes[edges[0].target]
        if not target.op.startswith(("View", "UnsafeView", "Reshape", "Squeeze", "Unsqueeze", "Alias")):
            return target
        edges = flow.outgoing[target.id]
    return None


def _is_one_minus(flow: GraphFlow, node: Node) -> bool:
    syntax = flow.text.at(node.span)
    match syntax:
        case ast.BinOp(left=ast.Constant(value=1 | 1.0), op=ast.Sub()):
            return True
    return False


def _argument(call: ast.AST | None) -> tuple[ast.expr, list[ast.expr]] | None:
    """Return what a call of an activation is about, and what else it is given."""
    if not isinstance(call, ast.Call):
        return None
    rest = [keyword.value for keyword in call.keywords if keyword.arg == "dim"]
    if isinstance(call.func, ast.Attribute) and ast.unparse(call.func.value) not in (
        *("torch", "F", "nn.functional", "torch.nn.functional"),
    ):
        return (call.func.value, [*call.args, *rest]) if called(call) in ("softmax", "sigmoid") else None
    if called(call) in ("softmax", "sigmoid") and call.args:
        return call.args[0], [*call.args[1:], *rest]
    return None


def _without(flow: GraphFlow, node: Node) -> list[Fix]:
    syntax = flow.text.at(node.span)
    found = _argument(syntax)
    if found is None or syntax is None:
        return []
    title = say("Leave the first one out")
    return [flow.text.replace(title, syntax, grouped(flow.text.of(found[0]), found[0]))]


def _together(flow: GraphFlow, node: Node, *, is_rest: bool) -> list[Fix]:
    """Return the edit that computes logarithm and activation together, where one stands within the other."""
    syntax = flow.text.at(node.span)
    if not isinstance(syntax, ast.Call) or called(syntax) != "log":
        return []
    own = isinstance(syntax.func, ast.Attribute) and ast.unparse(syntax.func.value) != "torch"
    inside = syntax.func.value if own and isinstance(syntax.func, ast.Attribute) else next(iter(syntax.args), None)
    if is_rest:
        inside = inside.right if isinstance(inside, ast.BinOp) else None
    found = _argument(inside)
    if found is None or not isinstance(inside, ast.Call):
        return []
    argument, rest = found
    words = flow.text.of(argument)
    if called(inside) == "softmax":
        if not rest:
            return []
        made = f"F.log_softmax({words}, dim={flow.text.of(rest[0])})"
    else:
        made = f"F.logsigmoid(-{grouped(words, argument)})" if is_rest else f"F.logsigmoid({words})"
    return [flow.text.replace(say("Compute both together"), syntax, made)]
