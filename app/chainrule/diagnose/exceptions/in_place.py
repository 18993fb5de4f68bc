"""Values that backward needs and that were changed in place before it came, explained."""

import ast
import re

from chainrule.diagnose.edits import not_in_place, out_of_place
from chainrule.diagnose.exceptions.context import RaiseContext, numbers
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Node, Scope, Span
from chainrule.protocol.messages import Fix
from chainrule.tape.graph.stale_saves import StaleSave, StaleSaves
from chainrule.words.saying import joined, say
from chainrule.words.shapes import torch_shape


def _modified(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    shape = torch_shape(numbers(match["shape"]))
    version = numbers(match["versions"])
    stale = moment.stale_saves
    statements = _statements(moment, stale)
    detail = say(
        "{tensor} was saved by {operation}, which needs its value to compute the gradient, and {change}",
        tensor=_which(moment, stale, statements, shape),
        operation=_needing(moment, stale),
        change=_who(moment, stale, statements),
    )
    detail += say(
        " (its version counter says {version} where {saved_version} was saved). ",
        version=version[0],
        saved_version=version[1],
    )
    steps = any(_is_step(statement) for statement in statements)
    if steps and moment.line is not None:
        detail += say("The backward of line {line} comes after that step: run it before", line=moment.line)
    else:
        detail += say("Make a new tensor instead of changing this one")
    fixes: list[Fix] = []
    if match["op"] and statements:  # a leaf that is made anew would be another leaf
        # What changes it later then changes the new tensor.
        fixes = out_of_place(moment.text, statements[0])
    module = _module(moment, stale)
    if module is not None:
        detail += say(
            ": {name}, a {kind}, changes its input in place, and with inplace=False it makes a new one",
            name=module.name,
            kind=module.type,
        )
        fixes = not_in_place(moment.text, module.type)
    node = None
    if stale is not None:
        node = next((change.node for change in stale.changes if change.node), None) or stale.made or stale.needs
    return Diagnosis(detail + ".", tuple(fixes), node, _place(moment, stale, statements))


def _statements(moment: RaiseContext, stale: StaleSaves | None) -> list[ast.stmt]:
    """Return the statements of the changes, each once, the first change first."""
    found = [moment.text.statement(change.span) for change in stale.changes] if stale is not None else []
    return list(dict.fromkeys(statement for statement in found if statement is not None))


def _module(moment: RaiseContext, stale: StaleSaves | None) -> Scope | None:
    """Return the module within which the first change was made."""
    node = _node(moment, stale.changes[0].node) if stale is not None and stale.changes else None
    last = node.scope[-1] if node is not None and node.scope else None
    own = {one.name for one in moment.text.nodes if isinstance(one, ast.ClassDef)}
    return last if last is not None and last.kind == "module" and last.type not in own else None


def _which(moment: RaiseContext, stale: StaleSaves | None, statements: list[ast.stmt], shape: str) -> str:
    """Return the value: what the program calls it, and where it was made."""
    made = _node(moment, stale.made) if stale is not None else None
    name = next(iter(made.names), None) if made is not None else None
    of = _viewed(moment, made) if made is not None and name is None else None
    base = _base(statements[0]) if statements else None
    name = name or of or (moment.text.of(base) if base is not None else None)
    which = say("A tensor of shape {shape}", shape=shape)
    if of:
        which = say("A tensor of shape {shape}, a view of {name},", shape=shape, name=of)
    elif name:
        which = say("{name}, a tensor of shape {shape},", name=name, shape=shape)
    span = stale.made_at if stale is not None else None
    if not of and span is not None and (words := moment.text.short(span)):
        which += say(" made in line {line} by `{code}`{comma}", line=span.line, code=words, comma="," if name else "")
    return which


def _viewed(moment: RaiseContext, made: Node) -> str | None:
    """Return the name of what a nameless node is a view of, where it is one."""
    index = GraphIndex(moment.graph)
    while "view" in made.flags and not made.names and index.outgoing[made.id]:
        made = index.nodes[index.outgoing[made.id][0].target]
    return made.names[0] if made.names else None


def _needing(moment: RaiseContext, stale: StaleSaves | None) -> str:
    """Return the operation that needs the value."""
    needs = _node(moment, stale.needs) if stale is not None else None
    if needs is None:
        return say("a node")
    words = moment.text.short(needs.span)
    if needs.span is None or not words:
        return needs.op
    return say("{op} (`{code}`, line {line})", op=needs.op, code=words, line=needs.span.line)


def _who(moment: RaiseContext, stale: StaleSaves | None, statements: list[ast.stmt]) -> str:
    """Return which line changed it first, in which turn of its loop, and what changed it after that."""
    if stale is None or not statements:
        return say("something changed it in place before backward came there")
    words = moment.text.short(moment.text.span(statements[0])) or moment.text.short(stale.changes[0].span)
    told = say("line {line} (`{code}`)", line=statements[0].lineno, code=words)
    turn = _turn(stale.changes[0])
    if turn:
        told = joined([told, say(", in {turn},", turn=turn)])
    told = say("{statements} changed it in place before backward came there", statements=told)
    more = len(stale.changes) - 1
    if not more:
        return told
    lines = ", ".join(str(line) for line in sorted({statement.lineno for statement in statements}))
    return joined(
        [
            told,
            say(", first of {count} changes (lines {lines})", count=more + 1, lines=lines)
            if len(statements) > 1
            else say(", first of {count} changes", count=more + 1),
        ]
    )


def _turn(change: StaleSave) -> str:
    """Return the innermost loop's turn: "the turn of `for i` with i = 3"."""
    loop = change.loop
    if loop is None:
        return ""
    name = loop.name if loop.type in ("loop", loop.name) else f"{loop.type} {loop.name}"
    if change.loop_value is not None:
        return say(
            "the turn of `{name}` with {variable} = {value}", name=name, variable=loop.name, value=change.loop_value
        )
    return say("turn {number} of `{name}`", number=loop.call, name=name)


def _place(moment: RaiseContext, stale: StaleSaves | None, statements: list[ast.stmt]) -> Span | None:
    """Return where it was changed first: the whole statement if it is short, else the sub-expression."""
    if stale is None or not statements:
        return None
    whole = moment.text.span(statements[0])
    return whole if moment.text.short(whole) else stale.changes[0].span


def _base(statement: ast.stmt) -> ast.expr | None:
    """Return what the text of a statement says that it changes in place."""
    match statement:
        case ast.AugAssign(target=ast.Subscript(value=base)) | ast.Assign(targets=[ast.Subscript(value=base)]):
            return base
        case ast.AugAssign(target=target):
            return target
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=base, attr=method))) if method.endswith("_"):
            return base
        case _:
            return None


def _is_step(statement: ast.stmt) -> bool:
    match statement:
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="step"))):
            return True
        case _:
            return False


def _node(moment: RaiseContext, key: str | None) -> Node | None:
    return next((node for node in moment.graph.nodes if node.id == key), None)


RULES = (
    rule(
        r"modified by an inplace operation: \[[\w.]+ \[(?P<shape>[\d, ]*)\]\](?:, which is output \d+ of "
        r"(?P<op>[\w:]+),)? is at (?P<versions>version \d+; expected version \d+)",
        "in-place-needed",
        _modified,
    ),
)
