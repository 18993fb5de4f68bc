"""Where values leave the graph."""

import ast

from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.source import called, grouped
from chainrule.graph.model import Edge, Node
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import joined, say

TOLD = 3
"""How many places are told of at most."""
_LEAVING = ("detach", "item", "tolist", "numpy")
_SHAPE_ONLY = ("_like", ".new_", ".sym_", ".is_same_size", "aten.rand", "aten.empty", "aten.sign", "aten.round")
"""Operations that take no value on, only a shape, or that have no slope anyway."""


def cuts(flow: GraphFlow, *, meant: bool) -> list[Problem]:
    """Find where what requires a gradient goes on without its history, and into what a pass went through."""
    found: dict[object, Problem] = {}
    for node in flow.graph.nodes:
        entering = [edge for edge in flow.inputs[node.id] if node.kind == "detached" and _tracked(flow, edge)]
        if not entering or "in_backward" in node.flags or _takes_shape_only(node):
            continue
        way = _way_out(flow, node)
        if way:
            place = next((step for step in way if _is_said(flow, step)), way[0])
            # One expression of the program may be several operations.
            source = flow.nodes[entering[0].target]
            found.setdefault(place.span or place.id, _cut_problem(flow, place, source, meant))
    return list(found.values())[:TOLD]


def _tracked(flow: GraphFlow, edge: Edge) -> bool:
    value = flow.taken_in(edge)
    return value is not None and value.requires_grad


def _takes_shape_only(node: Node) -> bool:
    if any(part in node.op for part in _SHAPE_ONLY):
        return True
    values = [output.value for output in node.outputs if output.value is not None]
    return not any(value.dtype.startswith(("float", "bfloat", "complex")) for value in values)


def _way_out(flow: GraphFlow, start: Node) -> list[Node]:
    """Return the nodes without history from one on, up to where a function of the graph takes the value in.

    None of them where no function does.
    """
    above: dict[str, str | None] = {start.id: None}
    pending = [start.id]
    while pending:
        at = pending.pop(0)
        for edge in flow.uses[at]:
            source = flow.nodes[edge.source]
            if source.kind == "function" and edge.argument != "condition":
                way: list[Node] = []
                step: str | None = at
                while step is not None:
                    way.append(flow.nodes[step])
                    step = above[step]
                return way[::-1]
            if source.kind == "detached" and source.id not in above and not _takes_shape_only(source):
                above[source.id] = at
                pending.append(source.id)
    return []


def _is_said(flow: GraphFlow, node: Node) -> bool:
    """Return whether the program says at this place that history is to be left behind."""
    syntax = flow.text.at(node.span)
    return (called(syntax) in _LEAVING if isinstance(syntax, ast.Call) else False) or (
        isinstance(syntax, ast.Attribute) and syntax.attr == "data"
    )


def _cut_problem(flow: GraphFlow, place: Node, source: Node, meant: bool) -> Problem:
    how, name, fixes = _how(flow, place, source)
    return Problem.of(
        "graph-cut",
        say(
            "{operation} keeps the value of {name} and leaves its history behind: what comes after takes "
            "it for a constant, and nothing behind it gets a gradient on this way. That is right for "
            "a target, and wrong in the middle of what should be trained.",
            operation=how,
            name=name,
        ),
        severity="notice" if meant else None,
        span=place.span,
        node=place.id,
        fixes=[] if meant else fixes,  # a straight-through estimator or a target would be another without its cut
    )


def _how(flow: GraphFlow, node: Node, source: Node) -> tuple[str, str, list[Fix]]:
    """Return how a value left the graph, whose it was, and the edit that keeps it in."""
    syntax = flow.text.at(node.span)
    line = say(" in line {line}", line=node.span.line) if node.span else ""
    match syntax:
        case ast.Call(func=ast.Attribute(value=base, attr=method)) if method in _LEAVING:
            kept = flow.text.of(base)
            return (
                joined([f".{method}()", line]),
                kept,
                [flow.text.replace(say("Leave out .{method}()", method=method), syntax, kept)],
            )
        case ast.Attribute(value=base, attr="data"):
            kept = flow.text.of(base)
            return joined([".data", line]), kept, [flow.text.replace(say("Leave out .data"), syntax, kept)]
        case ast.Call(args=[argument, *_]) if called(syntax) == "tensor":
            made = f"{grouped(flow.text.of(argument), argument)}.clone()"
            return (
                joined(["torch.tensor()", line]),
                flow.called(source),
                [flow.text.replace(say("Copy it in the graph"), syntax, made)],
            )
        case _:
            words = flow.words(node.span)
            guard = flow.text.enclosing(node.span, ast.With)
            what = joined([f"`{words}`" if words else node.op, line])
            return (
                (say("{operation}, with recording switched off,", operation=what) if guard is not None else what),
                flow.called(source),
                [],
            )


def plain_numbers(flow: GraphFlow) -> list[Problem]:
    """Find a new leaf made of plain numbers that the program computed: ``torch.tensor(total, requires_grad=True)``."""
    for call in flow.text.calls(None, "tensor"):
        asks = any(keyword.arg == "requires_grad" for keyword in call.keywords)
        if not asks or not call.args or not any(isinstance(n, ast.Name | ast.Call) for n in ast.walk(call.args[0])):
            continue
        name = flow.text.of(call.args[0])
        leaving = next(flow.text.calls(None, *_LEAVING), None)
        detail = say(
            "`{code}` in line {line} makes a new leaf from a plain number: {name} has a value and "
            "no history, so backward ends at this leaf",
            code=flow.text.of(call),
            line=call.lineno,
            name=name,
        )
        fixes: list[Fix] = []
        if leaving is not None and isinstance(leaving.func, ast.Attribute):
            kept = flow.text.of(leaving.func.value)
            detail += say(
                ". `{code}` in line {line} is where the history was left behind",
                code=flow.text.of(leaving),
                line=leaving.lineno,
            )
            fixes = [flow.text.both(say("Keep the history"), (leaving, kept), (call, name))]
        return [
            # The program went on without the gradient; where it asks a number for one, that raises.
            Problem.of("not-tracked", f"{detail}.", severity="warning", span=flow.text.span(call), fixes=fixes)
        ]
    return []
