"""Which tensor carries a graph that was used up into a new one, and the edit that leaves it behind or makes it anew."""

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from chainrule.diagnose.requiring import MAKERS
from chainrule.diagnose.source import SourceText, called
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Span
from chainrule.protocol.messages import Fix
from chainrule.words.saying import listed, say

_Loop = ast.For | ast.While | ast.FunctionDef
Statement = ast.Assign | ast.AugAssign | ast.AnnAssign


@dataclass(frozen=True)
class Carrier:
    """A tensor of an earlier graph that a later one was computed from."""

    text: SourceText
    index: GraphIndex
    node: Node
    user: Node | None
    """What took it in; None where backward started from the very tensor again."""
    is_last: bool = True
    """Whether what took it in was made after the earlier pass."""

    @cached_property
    def name(self) -> str | None:
        """Return what the program calls it where it binds it, else the first of its names."""
        return self._bound[0] if self._bound is not None else next(iter(self.node.names), None)

    @property
    def bound(self) -> Statement | None:
        """Return the outermost statement that made it and binds it to a name."""
        return None if self._bound is None else self._bound[1]

    @cached_property
    def _bound(self) -> tuple[str, Statement] | None:
        made = [self.text.statement(span) for span in _outermost_first(self.node)]
        bound = [(self.text.of(target), one) for one in made if isinstance(one, Statement) for target in _targets(one)]
        for name, statement in bound:
            if name in self.node.names:
                return name, statement
        if self.user is not None and self.is_last:
            # What the program calls it now may be another tensor: it is what the one takes that the other had given.
            used = [self.text.statement(span) for span in _outermost_first(self.user)]
            taken = {self.text.of(one) for statement in used if statement is not None for one in _loads(statement)}
            return next((pair for pair in bound if pair[0] in taken), None)
        return None

    @cached_property
    def used(self) -> ast.stmt | None:
        """Return the outermost statement that took it in by its name."""
        if self.user is None or self.name is None:
            return None
        for span in _outermost_first(self.user):
            statement = self.text.statement(span)
            if statement is not None and any(self.text.of(one) == self.name for one in _loads(statement)):
                return statement
        return None

    @cached_property
    def behind(self) -> list[Node]:
        """Return all nodes that it was computed from, itself among them."""
        found, waiting = {self.node.id: self.node}, [self.node.id]
        for at in waiting:
            for edge in self.index.outgoing[at]:
                if edge.target not in found:
                    found[edge.target] = self.index.nodes[edge.target]
                    waiting.append(edge.target)
        return list(found.values())

    def told(self) -> str:
        """Return what to say of it."""
        place = self.bound.lineno if self.bound is not None else self.node.span.line if self.node.span else 0
        name = self.name or self.text.short(self.node.span) or self.node.op
        if self.user is None:
            return say("{name} was made in line {line}, before the first pass, and not again.", name=name, line=place)
        return say(
            "{name}, made in line {line}, belongs to the graph of an earlier pass, and what backward starts from now "
            "was computed from it: backward goes on into that graph, whose values are freed.",
            name=name,
            line=place,
        )


def carriers(graph: Graph, text: SourceText, root: str | None) -> list[Carrier]:
    """Return the tensors by which a pass that failed came into a graph that an earlier pass had used up.

    Args:
        graph: what was recorded.
        text: the program.
        root: what the program calls the tensor that the pass should have started from, if it has a name.
    """
    index = GraphIndex(graph)
    failed = graph.passes[-1] if graph.passes and graph.passes[-1].error is not None else None
    ran = {id for one in graph.passes if one is not failed for id in one.order}
    if failed is not None:
        starts = [one.node for one in failed.roots]
    else:
        named = [one.node for one in graph.roots if root is not None and root in index.nodes[one.node].names]
        starts = named[-1:] or [one.node for one in graph.roots[-1:]]
    found: dict[str, Carrier] = {}
    waiting = list(starts)
    above: dict[str, str | None] = dict.fromkeys(starts)
    last = _last_made(index, ran)
    for at in waiting:
        if at in ran and index.nodes[at].kind == "function":
            one = _first_named(text, index, at, above, last)
            found.setdefault(one.node.id, one)
            continue
        for below in index.outgoing[at]:
            if below.target not in above:
                above[below.target] = at
                waiting.append(below.target)
    return sorted(found.values(), key=lambda one: one.name is None)


def _last_made(index: GraphIndex, ran: Iterable[str]) -> int:
    """Return the sequence number of the latest Node of the earlier passes: what came before it is of their time."""
    return max((index.nodes[id].sequence_nr or 0 for id in ran if id in index.nodes), default=0)


def _first_named(text: SourceText, index: GraphIndex, at: str, above: Mapping[str, str | None], last: int) -> Carrier:
    """Return the first tensor with a name from a used up node on, of those that were made before the earlier pass."""

    def carrier(id: str) -> Carrier:
        user = above[id]
        taker = None if user is None else index.nodes[user]
        return Carrier(text, index, index.nodes[id], taker, taker is not None and (taker.sequence_nr or 0) > last)

    first = one = carrier(at)
    while one.bound is None and one.user is not None and not one.is_last:
        one = carrier(one.user.id)
    return one if one.bound is not None else first


def fixes_of(found: Sequence[Carrier], text: SourceText, span: Span | None, trained: Iterable[str]) -> list[Fix]:
    """Return the edits that end it: the tensor is made anew, or its history is left behind.

    Args:
        found: the tensors.
        text: the program.
        span: where backward was asked for.
        trained: the leaves that something changed between passes.
    """
    first = found[0]
    backward, bound = text.statement(span), first.bound
    if backward is None or bound is None or first.name is None:
        return []
    use = first.used if first.user is not None else backward
    if use is None:
        return []
    around = _around(text, use)
    if around is None:
        return []
    if _inside(bound, around):
        same = text.enclosing(text.span(bound), ast.FunctionDef) is text.enclosing(span, ast.FunctionDef)
        return [_detached(text, first, backward)] if same else []
    trained = set(trained)
    leaves = [node for node in first.behind if node.kind == "leaf"]
    if not any("parameter" in leaf.flags or leaf.id in trained for leaf in leaves):
        return _without_gradients(text, leaves) if first.user is not None else []
    return _moved(text, first, bound, use)


def _detached(text: SourceText, carrier: Carrier, backward: ast.stmt) -> Fix:
    name = (carrier.name or "").partition("[")[0]
    made = f"{name}.detach()" if name == carrier.name else f"type({name})(part.detach() for part in {name})"
    title = say("Leave the history of {name} behind after each pass", name=name)
    return text.after(title, backward, f"{name} = {made}")


def _without_gradients(text: SourceText, leaves: list[Node]) -> list[Fix]:
    """Return one edit that makes leaves which nothing trains without gradients."""
    edits = []
    for leaf in leaves:
        made = [one for name in leaf.names for one in text.bindings(name)[-1:]]
        call = made[0].value if made and isinstance(made[0], ast.Assign | ast.AnnAssign) else None
        asked = (
            next((one for one in call.keywords if one.arg == "requires_grad"), None)
            if isinstance(call, ast.Call)
            else None
        )
        if not isinstance(call, ast.Call) or asked is None or called(call) not in {*MAKERS, "normal"}:
            return []
        edits.append((asked.value, "False"))
    names = listed([leaf.names[0] for leaf in leaves])
    return [text.all_of(say("Make {names} without gradients", names=names), edits)] if edits else []


def _moved(text: SourceText, carrier: Carrier, bound: Statement, use: ast.stmt) -> list[Fix]:
    """Return the edit that moves what makes a tensor to where it is used, so that each pass has its own graph."""
    block = next((block for _, block in text.blocks() if bound in block), [])
    lines = {
        text.statement(span) for node in carrier.behind if node.kind == "function" for span in (node.span, *node.calls)
    }
    moved = [one for one in block if one in lines and isinstance(one, ast.Assign) and one.lineno < use.lineno]
    if bound not in moved or any(one.lineno > use.lineno for one in moved):
        return []
    start, end = moved[0].lineno, use.lineno
    gone = {line for one in moved for line in range(one.lineno, (one.end_lineno or one.lineno) + 1)}
    kept = [text.line(line) for line in range(start, end) if line not in gone]
    indent, own = text.indent(use.lineno), text.indent(start)
    again = [indent + text.line(line).removeprefix(own) for line in sorted(gone)]
    place = Span(line=start, column=0, end_line=end, end_column=0)
    title = say("Make {name} anew for each pass", name=carrier.name)
    return [Fix(title=title, span=place, text="".join(f"{line}\n" for line in (*kept, *again)))]


def _outermost_first(node: Node) -> Iterator[Span]:
    yield from reversed(node.calls)
    if node.span is not None:
        yield node.span


def _targets(statement: Statement) -> Iterator[ast.expr]:
    waiting = list(statement.targets) if isinstance(statement, ast.Assign) else [statement.target]
    while waiting:
        target = waiting.pop(0)
        if isinstance(target, ast.Tuple | ast.List):
            waiting += target.elts
        else:
            yield target


def _loads(statement: ast.stmt) -> Iterator[ast.expr]:
    header: list[ast.AST] = [statement]
    if isinstance(statement, ast.For):
        header = [statement.iter]
    elif isinstance(statement, ast.With):
        header = [item.context_expr for item in statement.items]
    elif isinstance(statement, ast.If | ast.While):
        header = [statement.test]
    for part in header:
        for one in ast.walk(part):
            if isinstance(one, ast.Name | ast.Attribute | ast.Subscript) and isinstance(one.ctx, ast.Load):
                yield one


def _around(text: SourceText, statement: ast.stmt) -> ast.AST | None:
    """Return the innermost loop or function that a statement stands in."""
    holding = [
        one
        for one in text.nodes
        if isinstance(one, _Loop) and one is not statement and any(part is statement for part in ast.walk(one))
    ]
    return max(holding, key=lambda one: (one.lineno, one.col_offset), default=None)


def _inside(statement: ast.stmt, around: ast.AST | None) -> bool:
    return around is not None and any(part is statement for part in ast.walk(around))
