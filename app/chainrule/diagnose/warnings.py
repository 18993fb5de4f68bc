"""The problem of a warning that PyTorch or Python gave."""

import ast
import math
import re

from chainrule.diagnose.edits import leaf_instead, torch_instead
from chainrule.diagnose.source import SourceText, called, grouped
from chainrule.graph.model import Graph, Node, Span
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import say


def diagnose_warning(category: str, message: str, line: int | None, text: SourceText, graph: Graph) -> Problem:
    """Explain a warning.

    Args:
        category: the name of its class, "UserWarning".
        message: its words.
        line: the line of the program where it was given, where known.
        text: the program.
        graph: what was recorded.

    Returns:
        A problem of severity "warning" with the words in ``message``; never raises.
    """
    ends = [message.find(mark) for mark in _INTERNAL if mark in message]
    words = message[: min(ends, default=len(message))].strip()
    place = Span(line=line, column=0, end_line=line, end_column=len(text.line(line))) if line else None
    slug, detail, span, node, fixes = _explained(words, place, text, graph)
    return Problem.of(slug, detail, message=f"{category}: {words}", span=span, node=node, fixes=fixes)


_INTERNAL = ("(Triggered internally at ", "Traceback of forward call ")
"""Where PyTorch goes over to its own C++ sources."""

_Explained = tuple[str, str, Span | None, str | None, list[Fix]]


def _explained(words: str, place: Span | None, text: SourceText, graph: Graph) -> _Explained:
    if "is not a leaf Tensor is being accessed" in words:
        return _grad_of_non_leaf(place, text, graph)
    target, given = (_between(words, f"{name} size (torch.Size(", "))") for name in ("target", "input"))
    if target is not None and given is not None:
        return _broadcast_in_loss(target, given, place, text)
    if "To copy construct from a tensor" in words or "requires_grad=True to a scalar" in words:
        return _copied(place, text)
    if "Implicit dimension choice" in words:
        return _implicit_dimension(place, text)
    return "warning", words, place, None, []


def _between(words: str, before: str, after: str) -> str | None:
    inside, ends, _ = words.partition(before)[2].partition(after)
    return inside if ends else None


def _grad_of_non_leaf(place: Span | None, text: SourceText, graph: Graph) -> _Explained:
    read = [
        node
        for node in text.nodes
        if isinstance(node, ast.Attribute) and node.attr == "grad" and place is not None and node.lineno == place.line
    ]
    named = {name: node for node in graph.nodes if node.kind == "function" for name in node.names}
    for attribute in read:
        name = text.of(attribute.value)
        if name in named:
            return _non_leaf(name, named[name], text.span(attribute), text)
    slug = "grad-of-non-leaf"
    span = text.span(read[0]) if read else place
    detail = say("This tensor is the result of an operation, not a leaf, and backward keeps gradients of leaves only.")
    return slug, detail, span, None, []


def _non_leaf(name: str, node: Node, span: Span, text: SourceText) -> _Explained:
    made = say("{name} is made by {op}", name=name, op=node.op)
    made += say(" in line {line}", line=node.span.line) if node.span else ""
    detail = say(
        "{origin}, so it is not a leaf, and backward keeps gradients of leaves only: {name}.grad "
        "is None. The gradient that passed through {name} is in the picture all the same. To "
        "keep it, call {name}.retain_grad() before backward.",
        origin=made,
        name=name,
    )
    fixes: list[Fix] = []
    bound = text.bindings(name, span.line)
    # In `w = w - w.grad` the statement that reads the gradient is not the one that made what it is read from.
    earlier = [statement for statement in bound if (statement.end_lineno or statement.lineno) < span.line]
    for statement in (earlier or bound)[:1]:
        fixes.append(text.after(say("Keep the gradient of {name}", name=name), statement, f"{name}.retain_grad()"))
        fixes += leaf_instead(name, statement, text)
    return "grad-of-non-leaf", detail, span, node.id, fixes


def _broadcast_in_loss(target: str, given: str, place: Span | None, text: SourceText) -> _Explained:
    detail = say(
        "The input of the loss has shape {input_shape}, the target {target_shape}. They are repeated to fit "
        "each other, so that every element is compared with every other, and the gradient is "
        "that of another loss than you mean. Give both the same shape.",
        input_shape=given,
        target_shape=target,
    )
    fixes: list[Fix] = []
    for call in text.calls(place, "mse_loss", "l1_loss", "smooth_l1_loss", "huber_loss"):
        if len(call.args) > 1 and _same_size(target, given):
            goal = grouped(text.of(call.args[1]), call.args[1])
            made = f"{goal}.view_as({text.of(call.args[0])})"
            fixes.append(text.replace(say("Give the target the shape of the input"), call.args[1], made))
            place = text.span(call)
    return "broadcast-in-loss", detail, place, None, fixes


def _same_size(target: str, given: str) -> bool:
    sizes = [math.prod(map(int, re.findall(r"\d+", shape))) for shape in (target, given)]
    return sizes[0] == sizes[1]


def _copied(place: Span | None, text: SourceText) -> _Explained:
    fixes: list[Fix] = []
    for call in text.calls(place, "tensor", "as_tensor", "Parameter"):
        if called(call) == "tensor" and len(call.args) == 1:
            argument = call.args[0]
            place = text.span(call)
            if isinstance(argument, ast.List | ast.Tuple):
                func = text.of(call.func).removesuffix("tensor")
                fixes.append(
                    text.replace(
                        say("Stack the tensors, which keeps their history"), call, f"{func}stack({text.of(argument)})"
                    )
                )
            else:
                made = f"{grouped(text.of(argument), argument)}.clone()"
                fixes.append(text.replace(say("Copy it within the graph"), call, made))
    detail = say(
        "torch.tensor() makes a new leaf from the numbers of what it is given: the history stays "
        "behind, and no gradient flows back through it."
    )
    if not fixes:
        fixes = torch_instead(text, place)
        detail = say(
            "A tensor that requires a gradient becomes a plain Python number here: the history stays "
            "behind, and no gradient flows back through it. Use torch's own function on the tensor, "
            "or .detach() to say that it is meant."
        )
    return "graph-cut", detail, place, None, fixes


def _implicit_dimension(place: Span | None, text: SourceText) -> _Explained:
    fixes: list[Fix] = []
    for call in text.calls(place, "softmax", "log_softmax", "softmin", "Softmax", "LogSoftmax"):
        fixes.append(text.argument(say("Say that it is the last dimension"), call, "dim=-1"))
        place = text.span(call)
    detail = say(
        "A softmax makes the numbers along one dimension add up to 1, and PyTorch had to guess "
        "which. Say it: dim=-1 is the last."
    )
    return "warning", detail, place, None, fixes
