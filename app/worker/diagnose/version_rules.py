"""Values that backward needs and that were changed in place before it came, explained."""

import ast
import re

from app.graph.model import Node, Span
from app.graph.saying import say
from app.graph.wire import Fix
from app.worker.diagnose.edits import out_of_place
from app.worker.diagnose.moment import Moment, numbers
from app.worker.diagnose.rule import Diagnosis, rule


def _modified(moment: Moment, match: re.Match[str]) -> Diagnosis:
    shape = [int(n) for n in re.findall(r"\d+", match["shape"])]
    version = numbers(match["versions"])
    late = _late(moment, shape, version)
    saved, changes = _saved_and_changed(moment, match["op"], shape, late)
    names = [name for node in (*changes, *([saved] if saved else [])) for name in node.names]
    names = [moment.text.of(base)] if late and (base := moment.changed(late[-1])) is not None else names
    which = (
        say("{value}, a tensor of shape {shape},", value=names[0], shape=shape)
        if names
        else say("A tensor of shape {shape}", shape=shape)
    )
    if saved is not None and saved.span is not None:
        which += say(
            " made in line {line} by `{cut}`{how}",
            line=saved.span.line,
            cut=moment.text.cut(saved.span),
            how="," if names else "",
        )
    detail = say(
        "{which} was saved by a node that needs its value to compute the gradient, and {who}",
        which=which,
        who=_who(moment, changes, late, shape),
    )
    detail += (
        say(" (its version counter says {value} where {value2} was saved). ", value=version[0], value2=version[1])
        if len(version) == 2
        else ". "
    )
    steps = next(moment.text.calls(None, "step"), None) is not None
    detail += (
        say("Run backward before the step")
        if steps and not changes
        else say("Make a new tensor instead of changing this one")
    )
    fixes: list[Fix] = []
    culprits = [*late] if late else [moment.text.statement(change.span) for change in changes]
    if match["op"]:  # a leaf that is made anew would be another leaf
        for statement in culprits:
            fixes = out_of_place(moment.text, statement) + fixes
    span = moment.text.span(late[-1]) if late else _told_span(moment, changes[-1]) if changes else None
    node = changes[-1].id if changes else saved.id if saved else None
    return Diagnosis(detail + ".", tuple(fixes[:2]), node, span)


def _who(moment: Moment, changes: list[Node], late: list[ast.stmt], shape: list[int]) -> str:
    """Which lines changed it."""
    if late:
        return _blamed(moment, late[-1])
    lines = sorted({change.span.line for change in changes if change.span is not None})
    if lines:
        span = _told_span(moment, changes[-1])
        words = moment.text.cut(span) if span is not None else ""
        told = (
            say("line {value}", value=lines[0])
            if len(lines) == 1
            else say("lines {names}", names=", ".join(map(str, lines)))
        )
        return say("{told} (`{words}`) changed it in place before backward came there", told=told, words=words)
    steps = [call for call in moment.text.calls(None, "step") if moment.line is None or call.lineno < moment.line]
    if steps:
        return say(
            "line {lineno} (`{code}`) changed it in place before backward came there",
            lineno=steps[-1].lineno,
            code=moment.text.of(steps[-1]),
        )
    written = _written(moment, shape)
    if len(written) == 1:
        return _blamed(moment, written[0])
    return say("something changed it in place before backward came there")


def _blamed(moment: Moment, statement: ast.stmt) -> str:
    return say(
        "line {lineno} (`{words}`) changed it in place before backward came there",
        lineno=statement.lineno,
        words=moment.text.of(statement),
    )


def _written(moment: Moment, shape: list[int]) -> list[ast.stmt]:
    """The statements before the error that change a tensor of this shape in place, as far as their text shows it."""
    found: list[ast.stmt] = []
    for node in moment.text.nodes:
        match node:
            case ast.AugAssign() | ast.Assign(targets=[ast.Subscript()]):
                pass
            case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method))) if (
                method.endswith("_") and "requires" not in method
            ):
                pass
            case _:
                continue
        base = moment.changed(node)
        base = base.value if isinstance(base, ast.Attribute) and base.attr == "data" else base
        tensor = moment.tensor(base)
        if tensor is not None and list(tensor.shape) == shape and (moment.line is None or node.lineno < moment.line):
            found.append(node)
    return found


def _told_span(moment: Moment, change: Node) -> Span | None:
    """The whole statement that changed something, if it is short; else the sub-expression."""
    statement = moment.text.statement(change.span)
    if statement is None or "\n" in moment.text.of(statement) or len(moment.text.of(statement)) > 80:
        return change.span
    return moment.text.span(statement)


def _late(moment: Moment, shape: list[int], version: list[int]) -> list[ast.stmt]:
    """The statements that changed it after it was saved, where the version counter says which of the written they are.

    Each change in place counts one up. Where as many are written as were counted, all of one variable, each ran once:
    those after the version that was saved came too late.
    """
    written = sorted(_written(moment, shape), key=lambda statement: statement.lineno)
    bases = {moment.text.of(base) for statement in written if (base := moment.changed(statement)) is not None}
    if len(version) != 2 or len(bases) != 1 or len(written) != version[0]:
        return []
    return written[version[1] :]


def _operation(statement: ast.stmt) -> str:
    """What autograd calls the operation of a change in place: "Mul" for ``y *= 2`` and for ``y.mul_(2)``."""
    match statement:
        case ast.AugAssign(op=operator):
            return {"Mult": "Mul"}.get(type(operator).__name__, type(operator).__name__)
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr=method))):
            return method.rstrip("_").capitalize()
        case _:
            return ""


def _saved_and_changed(
    moment: Moment, op: str | None, shape: list[int], late: list[ast.stmt]
) -> tuple[Node | None, list[Node]]:
    """The node whose result was saved, and those that changed that result in place afterwards.

    PyTorch names the operation of the tensor as it is now: the one that made it where the result itself was saved, else
    the last that changed it in place, and then nothing says which node made it.
    """
    nodes = {node.id: node for node in moment.graph.nodes}
    feeds: dict[str, str] = {}
    for edge in moment.graph.edges:
        if edge.slot == 0:
            feeds.setdefault(edge.source, edge.target)
    changed = [node for node in moment.graph.nodes if "in_place" in node.flags and _has_shape(node, shape)]
    if late:
        lines = {statement.lineno for statement in late}
        changed = [node for node in changed if node.span is not None and node.span.line in lines]
    for last in reversed(changed):
        changes = [last]
        while "in_place" in changes[-1].flags and changes[-1].id in feeds:
            before = nodes[feeds[changes[-1].id]]
            if (op is None and "in_place" not in before.flags) or op == before.op.removesuffix("Backward0"):
                return before, changes[::-1]
            changes.append(before)
    by_change = {_operation(statement) for statement in late} | {node.op.removesuffix("Backward0") for node in changed}
    made = [node for node in moment.graph.nodes if op and node.op.removesuffix("Backward0") == op]
    made = [node for node in made if _has_shape(node, shape)] if op not in by_change else []
    return (made[-1] if made else None), changed


def _has_shape(node: Node, shape: list[int]) -> bool:
    return any(output.value is not None and output.value.shape == shape for output in node.outputs)


RULES = (
    rule(
        r"modified by an inplace operation: \[[\w.]+ \[(?P<shape>[\d, ]*)\]\](?:, which is output \d+ of "
        r"(?P<op>\w+),)? is at (?P<versions>version \d+; expected version \d+)",
        "in-place-needed",
        _modified,
    ),
)
