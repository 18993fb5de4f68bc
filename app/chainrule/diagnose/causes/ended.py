"""Why a tensor has no graph behind it: the operation where what it comes from left the graph, and the edit for it."""

import ast
from dataclasses import dataclass

from chainrule.diagnose.edits import joined_in_graph, updated_in_place
from chainrule.diagnose.source import SourceText, called
from chainrule.graph.model import Span
from chainrule.protocol.messages import Fix
from chainrule.tape.graph.ancestry import Ancestry, GraphEnd
from chainrule.words.saying import joined, listed, say

TOLD = 3
"""Names told at most."""
_OFF = ("no_grad", "inference_mode")
_READS = ("aten._local_scalar_dense", "Tensor.tolist")


@dataclass(frozen=True)
class Cause:
    """What is said of it."""

    detail: str
    span: Span | None
    fixes: tuple[Fix, ...] = ()
    is_whole: bool = False
    """Whether it is that whole numbers have no derivative."""


def cause_of(ancestry: Ancestry, text: SourceText, name: str) -> Cause | None:
    """Return why a tensor has no history, where the walk back shows it.

    Args:
        ancestry: what the walk back met.
        text: the program.
        name: what the tensor is called.
    """
    if ancestry.ends:
        return _of_end(ancestry.ends[0], text)
    if ancestry.gradients:
        return _of_gradient(ancestry.gradients[-1], text, name)
    if ancestry.frozen:
        some = list(ancestry.frozen)
        names = say("{names} and {count} more", names=", ".join(some[:TOLD]), count=len(some) - TOLD)
        told = names if len(some) > TOLD else listed(some)
        return Cause(
            say(
                "{name} was computed from {parameters}, of which none requires a gradient: they are frozen.",
                name=name,
                parameters=told,
            ),
            None,
        )
    return _of_data(ancestry, text, name)


def _of_end(end: GraphEnd, text: SourceText) -> Cause:
    syntax = text.at(end.span)
    if end.op in (*_READS, "aten.lift_fresh"):
        return _of_read(end, syntax, text)
    if end.op == "aten.detach" and (left := _of_detach(end, syntax, text)) is not None:
        return left
    if not end.is_recorded:
        return _of_switch(end, text)
    if end.is_whole:
        return Cause(
            say(
                "{operation} gives whole numbers or truth values. They do not change a little when {tensor} changes a "
                "little, so there is no derivative, and the graph ends there.",
                operation=_operation(end, text),
                tensor=_taken(end),
            ),
            end.span,
            is_whole=True,
        )
    return Cause(
        say(
            "{operation} took in {tensor} and has no derivative in PyTorch: the graph ends there.",
            operation=_operation(end, text),
            tensor=_taken(end),
        ),
        end.span,
    )


def _operation(end: GraphEnd, text: SourceText) -> str:
    words = text.short(end.span)
    if end.span is None:
        return end.op.removeprefix("aten.")
    operation = end.op.removeprefix("aten.")
    return (
        say("{operation} (`{code}`, line {line})", operation=operation, code=words, line=end.span.line)
        if words
        else say("{operation} (line {line})", operation=operation, line=end.span.line)
    )


def _taken(end: GraphEnd) -> str:
    return listed(end.names[:TOLD]) if end.names else say("what requires a gradient")


def _of_read(end: GraphEnd, syntax: ast.AST | None, text: SourceText) -> Cause:
    line = end.span.line if end.span is not None else 0
    if isinstance(syntax, ast.Call) and called(syntax) in ("tensor", "as_tensor", "Tensor", "FloatTensor"):
        return Cause(
            say(
                "`{code}` in line {line} makes a new leaf from the numbers of tensors: their history stays behind, and "
                "no gradient flows back through it.",
                code=text.short(end.span) or f"torch.{called(syntax)}(...)",
                line=line,
            ),
            end.span,
            tuple(joined_in_graph(text, syntax)),
        )
    fixes: list[Fix] = []
    match syntax:
        case ast.Call(func=ast.Attribute(value=base, attr=method), args=[]):
            title = say("Keep the history: leave out .{method}()", method=method)
            fixes = [text.replace(title, syntax, text.of(base))]
        case ast.Call(func=ast.Name(id=name), args=[base]):
            fixes = [text.replace(say("Keep the history: leave out {name}()", name=name), syntax, f"({text.of(base)})")]
    return Cause(
        say(
            "`{code}` in line {line} gives plain numbers: {tensor} leaves its history behind there.",
            code=text.short(end.span) or end.op,
            line=line,
            tensor=_taken(end),
        ),
        end.span,
        tuple(fixes),
    )


def _of_detach(end: GraphEnd, syntax: ast.AST | None, text: SourceText) -> Cause | None:
    match syntax:
        case ast.Call(func=ast.Attribute(value=base, attr="detach" | "detach_" as attr)):
            method = f".{attr}()"
        case ast.Attribute(value=base, attr="data"):
            method = ".data"
        case _:
            return None
    kept = text.of(base)
    return Cause(
        say(
            "{method} in line {line} gives the value of {tensor} without its history.",
            method=method,
            line=syntax.lineno,
            tensor=kept,
        ),
        end.span,
        (text.replace(say("Keep the history: leave out {method}", method=method), syntax, kept),),
    )


def _of_switch(end: GraphEnd, text: SourceText) -> Cause:
    function = custom_function(text, end.span)
    if function is not None:
        return _of_custom(end, function, text)
    told, fixes = _switch(end, text)
    statement = text.statement(end.span)
    if isinstance(statement, ast.Assign) and (update := updated_in_place(text, statement)):
        name = text.of(statement.targets[0])
        return Cause(
            say(
                "`{code}` in line {line} binds {name} to a new tensor while recording is switched off{place}, so the "
                "new {name} requires no gradient. To update it as an optimizer does, change it in place.",
                code=text.short(text.span(statement)) or name,
                line=statement.lineno,
                name=name,
                place=told,
            ),
            text.span(statement),
            tuple(update),
        )
    return Cause(
        say(
            "{operation} took in {tensor} while recording was switched off{place}: its result has no history.",
            operation=_operation(end, text),
            tensor=_taken(end),
            place=told,
        ),
        end.span,
        tuple(fixes),
    )


def _switch(end: GraphEnd, text: SourceText) -> tuple[str, list[Fix]]:
    """Return what switched recording off, as the program says it, and the edits that leave it on."""
    for span in (end.span, *end.calls):
        guard = text.enclosing(span, ast.With)
        while isinstance(guard, ast.With):
            for item in guard.items:
                call = item.context_expr
                if called(call) in _OFF or _is_off(call):
                    title = say("Record in this block")
                    fix = text.replace(title, call, "torch.enable_grad()")
                    return say(", by the block in line {line}", line=guard.lineno), [fix]
            guard = _outside(text, guard)
        function = text.enclosing(span, ast.FunctionDef)
        if isinstance(function, ast.FunctionDef):
            for decorator in function.decorator_list:
                last = decorator.func if isinstance(decorator, ast.Call) else decorator
                if ast.unparse(last).rpartition(".")[2] in _OFF:
                    line = decorator.lineno
                    place = Span(line=line, column=0, end_line=line + 1, end_column=0)
                    fix = Fix(title=say("Record in {name}", name=function.name), span=place, text="")
                    told = say(", by the decorator of {name} in line {line}", name=function.name, line=line)
                    return told, [fix] if decorator.end_lineno == line else []
    for call in text.calls(None, "set_grad_enabled", "_set_grad_enabled"):
        if _is_off(call):
            fix = text.replace(say("Leave recording on"), call.args[0], "True")
            return say(", by `{code}` in line {line}", code=text.of(call), line=call.lineno), [fix]
    return "", []


def _outside(text: SourceText, guard: ast.With) -> ast.AST | None:
    holding = [
        one
        for one in text.nodes
        if isinstance(one, ast.With) and one is not guard and any(inner is guard for inner in ast.walk(one))
    ]
    return max(holding, key=lambda one: one.lineno, default=None)


def _is_off(call: ast.AST) -> bool:
    match call:
        case ast.Call(args=[ast.Constant(value=False)]):
            return called(call) == "set_grad_enabled"
    return False


def custom_function(text: SourceText, span: Span | None) -> ast.ClassDef | None:
    """Return the custom Function in whose ``forward`` a place is, where it is in one."""
    method, owner = text.enclosing(span, ast.FunctionDef), text.enclosing(span, ast.ClassDef)
    if not isinstance(method, ast.FunctionDef) or method.name != "forward" or not isinstance(owner, ast.ClassDef):
        return None
    is_function = any(ast.unparse(base).rpartition(".")[2] == "Function" for base in owner.bases)
    return owner if is_function else None


def _of_custom(end: GraphEnd, function: ast.ClassDef, text: SourceText) -> Cause:
    kept = [
        target.attr
        for node in ast.walk(function)
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Name) and node.value.id in end.made
        for target in node.targets
        if isinstance(target, ast.Attribute)
    ]
    value = f"ctx.{kept[0]}" if kept else (end.made[0] if end.made else text.short(end.span) or end.op)
    return Cause(
        say(
            "{value} was computed in {name}.forward (line {line}), where nothing is recorded, so for a second "
            "derivative {name}.backward takes it for a constant. Give the inputs to ctx.save_for_backward, and "
            "compute it from ctx.saved_tensors in backward.",
            value=value,
            name=function.name,
            line=end.span.line if end.span is not None else function.lineno,
        ),
        end.span,
    )


def _of_gradient(place: Span, text: SourceText, name: str) -> Cause:
    return Cause(
        say(
            "{name} comes from a gradient that does not depend on what it was taken with respect to: the function is "
            "linear there, its derivative is a constant, and the derivative of a constant is 0. So no graph was "
            "recorded for it, whatever create_graph says.",
            name=name,
        ),
        None,
    )


def _of_data(ancestry: Ancestry, text: SourceText, name: str) -> Cause | None:
    """Return that plain numbers which the program computed were made into a tensor."""
    left = next((call for call in text.calls(None, "item", "tolist") if isinstance(call.func, ast.Attribute)), None)
    for span in ancestry.data:
        call = text.at(span)
        if left is None or not isinstance(call, ast.Call) or not call.args:
            continue
        if not any(isinstance(one, ast.Name) for one in ast.walk(call.args[0])):
            continue
        detail = say(
            "`{code}` in line {line} makes a new leaf from plain numbers, which have no history.",
            code=text.short(span) or "torch.tensor(...)",
            line=span.line,
        )
        told = say("`{code}` in line {line} is where numbers left theirs.", code=text.of(left), line=left.lineno)
        return Cause(joined([detail, told], " "), span)
    return None
