"""Leaves, flags and changes in place that autograd refuses, explained."""

import ast
import re

from app.graph.model import Node, Span
from app.graph.saying import say
from app.graph.wire import Fix
from app.worker.diagnose.edits import out_of_place
from app.worker.diagnose.moment import Moment, numbers
from app.worker.diagnose.rule import Diagnosis, rule
from app.worker.diagnose.text import called, grouped


def _leaf_in_place(moment: Moment, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    target = _changed(statement, moment)
    name = moment.label(target, say("This leaf"))
    view = say("a view of ") if match.group(1) else ""
    detail = say(
        "{name} is {view}a leaf that requires a gradient: backward will ask for the gradient "
        "with respect to its value as it was. Changed in place, that value would be gone, and "
        "the change itself would be a part of the graph that nothing could be differentiated "
        "through. To update it, as an optimizer does, change it with recording switched off; to "
        "compute something new, make a new tensor.",
        name=name,
        view=view,
    )
    fixes: list[Fix] = []
    if statement is not None:
        indent = moment.text.indent(statement.lineno)
        body = moment.text.of(statement).replace("\n", "\n    ")
        fixes.append(
            moment.text.replace(
                say("Change it with recording off"),
                statement,
                f"with torch.no_grad():\n{indent}    {body}",
            )
        )
        fixes += out_of_place(moment.text, statement, name if isinstance(target, ast.Name) else None)
    return Diagnosis(detail, tuple(fixes), slug="in-place-leaf")


def _changed(statement: ast.stmt | None, moment: Moment) -> ast.expr | None:
    """What a statement changes in place."""
    match statement:
        case ast.AugAssign(target=ast.Subscript(value=base)) | ast.Assign(targets=[ast.Subscript(value=base)]):
            return base
        case ast.AugAssign(target=target):
            return target
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=base))):
            return base
        case _:
            node = moment.node
            return node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None


def _modified(moment: Moment, match: re.Match[str]) -> Diagnosis:
    shape = [int(n) for n in re.findall(r"\d+", match["shape"])]
    saved, changes = _saved_and_changed(moment, match["op"], shape)
    names = [name for node in (*changes, *([saved] if saved else [])) for name in node.names]
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
        who=_who(moment, changes, shape),
    )
    version = numbers(match["versions"])
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
    for change in reversed(changes):
        fixes += out_of_place(moment.text, moment.text.statement(change.span))
    span = _told_span(moment, changes[-1]) if changes else None
    node = changes[-1].id if changes else saved.id if saved else None
    return Diagnosis(detail + ".", tuple(fixes[:2]), node, span)


def _who(moment: Moment, changes: list[Node], shape: list[int]) -> str:
    """Which lines changed it."""
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
        words = moment.text.of(written[0])
        return say(
            "line {lineno} (`{words}`) changed it in place before backward came there",
            lineno=written[0].lineno,
            words=words,
        )
    return say("something changed it in place before backward came there")


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
        base = _changed(node, moment)
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


def _saved_and_changed(moment: Moment, op: str | None, shape: list[int]) -> tuple[Node | None, list[Node]]:
    """The node whose result was saved, and those that changed that result in place afterwards."""
    nodes = {node.id: node for node in moment.graph.nodes}
    feeds: dict[str, str] = {}
    for edge in moment.graph.edges:
        if edge.slot == 0:
            feeds.setdefault(edge.source, edge.target)
    changed = [node for node in moment.graph.nodes if "in_place" in node.flags and _has_shape(node, shape)]
    for last in reversed(changed):
        changes = [last]
        while "in_place" in changes[-1].flags and changes[-1].id in feeds:
            before = nodes[feeds[changes[-1].id]]
            if (op is None and "in_place" not in before.flags) or op == before.op.removesuffix("Backward0"):
                return before, changes[::-1]
            changes.append(before)
    same = [node for node in moment.graph.nodes if op and node.op.removesuffix("Backward0") == op]
    same = [node for node in same if _has_shape(node, shape)]
    return (same[-1] if same else None), changed


def _has_shape(node: Node, shape: list[int]) -> bool:
    return any(output.value is not None and output.value.shape == shape for output in node.outputs)


def _view_in_place(moment: Moment, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    name = moment.label(_changed(statement, moment), say("This tensor"))
    return Diagnosis(
        say(
            "{name} is one of several views that {lower} gave of one tensor. Changing one of them in "
            "place would change what the others stand for, and autograd cannot follow that. Make a "
            "new tensor instead.",
            name=name,
            lower=match[1].lower(),
        ),
        tuple(out_of_place(moment.text, statement)),
        slug="in-place-leaf",
    )


def _integer(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    call = node if isinstance(node, ast.Call) else None
    fixes: list[Fix] = []
    base = (
        call.func.value
        if call is not None and isinstance(call.func, ast.Attribute) and called(call) == "requires_grad_"
        else None
    )
    maker = call if base is None else None
    if base is not None and call is not None:
        text = grouped(moment.text.of(base), base)
        fixes.append(moment.text.replace(say("Turn it into float32 first"), base, f"{text}.float()"))
        if isinstance(base, ast.Name):
            fixes = list(_as_float(moment, base.id)) or fixes
    elif call is not None and called(call) == "Parameter" and call.args:
        text = grouped(moment.text.of(call.args[0]), call.args[0])
        fixes.append(moment.text.replace(say("Turn it into float32 first"), call.args[0], f"{text}.float()"))
    elif maker is not None and all(keyword.arg != "dtype" for keyword in maker.keywords):
        fixes.append(moment.text.argument(say("Make it float32"), maker, "dtype=torch.float32"))
    elif isinstance(statement := moment.text.statement(moment.span), ast.Assign) and isinstance(
        statement.targets[0], ast.Attribute
    ):
        fixes += _as_float(moment, moment.text.of(statement.targets[0].value))
    return Diagnosis(
        say(
            "A gradient says how a result changes when a value changes a little, and a whole number "
            "cannot change a little. Only floating-point and complex tensors can require one; "
            "numbers written without a point make an integer tensor."
        ),
        tuple(fixes),
    )


def _as_float(moment: Moment, name: str) -> list[Fix]:
    for statement in moment.text.bindings(name, moment.line)[:1]:
        maker = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(maker, ast.Call) and all(keyword.arg != "dtype" for keyword in maker.keywords):
            return [moment.text.argument(say("Make {name} float32", name=name), maker, "dtype=torch.float32")]
    return []


def _flag_of_non_leaf(moment: Moment, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    base = target.value if isinstance(target, ast.Attribute) else None
    name = moment.label(base, say("This tensor"))
    fixes = []
    if statement is not None and isinstance(base, ast.Name):
        fixes.append(
            moment.text.replace(
                say("Cut {name} from the graph instead", name=name), statement, f"{name} = {name}.detach()"
            )
        )
    return Diagnosis(
        say(
            "{name} is the result of an operation, so whether it requires a gradient follows from "
            "what it was computed from. To go on without its history, use .detach().",
            name=name,
        ),
        tuple(fixes),
        slug="flag-of-non-leaf",
    )


def _inference(moment: Moment, match: re.Match[str]) -> Diagnosis:
    guards = [
        n
        for n in moment.text.nodes
        if isinstance(n, ast.With) and any(called(i.context_expr) == "inference_mode" for i in n.items)
    ]
    fixes = []
    for guard in guards[:1]:
        call = guard.items[0].context_expr
        fixes.append(moment.text.replace(say("Use no_grad instead"), call, "torch.no_grad()"))
    return Diagnosis(
        say(
            "A tensor made under inference_mode keeps no version counter, so it can never take part "
            "in a graph. Under no_grad nothing is recorded either, and its tensors can be used later."
        ),
        tuple(fixes),
    )


RULES = (
    rule(
        r"modified by an inplace operation: \[[\w.]+ \[(?P<shape>[\d, ]*)\]\](?:, which is output \d+ of "
        r"(?P<op>\w+),)? is at (?P<versions>version \d+; expected version \d+)",
        "in-place-needed",
        _modified,
    ),
    rule(
        r"(a view of )?a leaf Variable that requires grad is being used in an in-place", "in-place-leaf", _leaf_in_place
    ),
    rule(r"Output \d+ of (\w+) is a view and is being modified inplace", "in-place-leaf", _view_in_place),
    rule(
        r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients",
        "integer-requires-grad",
        _integer,
    ),
    rule(r"only change requires_grad flags of leaf variables", "flag-of-non-leaf", _flag_of_non_leaf),
    rule(r"Inference tensors cannot be saved for backward", "inference-tensor", _inference),
)
