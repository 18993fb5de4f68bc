"""A program's text as diagnosis reads it: which syntax stands at a span, and the edits that would mend it."""

import ast
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from chainrule.graph.model import Span
from chainrule.graph.source_text import SourceLines
from chainrule.graph.syntax import Syntax
from chainrule.protocol.messages import Fix

Simple = ast.Assign | ast.AugAssign | ast.AnnAssign | ast.Expr | ast.Return | ast.Assert | ast.Delete | ast.Raise


@dataclass(frozen=True)
class SourceText(SourceLines):
    """One program's text with its syntax."""

    syntax: Syntax | None = None
    """Where the text is parsed for others too."""

    @property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Return all syntax nodes, outer before inner; none where the text does not parse."""
        return self._syntax.nodes

    @cached_property
    def _syntax(self) -> Syntax:
        return self.syntax or Syntax(self.source)

    def span(self, node: ast.AST) -> Span:
        """Return where a syntax node stands, columns in characters."""
        start, column = node.lineno, node.col_offset  # type: ignore[attr-defined]  # expressions and statements have it
        end, end_column = node.end_lineno, node.end_col_offset  # type: ignore[attr-defined]
        return self.in_characters(start, column, end, end_column)

    def of(self, node: ast.AST) -> str:
        """Return the text of a syntax node."""
        return self.cut(self.span(node))

    def at(self, span: Span | None) -> ast.AST | None:
        """Return the expression or statement that stands exactly at a span, else the smallest around it."""
        if span is None:
            return None
        if span not in self._found:
            both = ast.expr | ast.stmt
            around = [node for node in self.nodes if isinstance(node, both) and _covers(self.span(node), span)]
            size = {node: (self._size(node), isinstance(node, ast.stmt)) for node in around}
            self._found[span] = min(around, key=size.__getitem__, default=None)
        return self._found[span]

    @cached_property
    def _found(self) -> dict[Span, ast.AST | None]:
        """Return what `at` found so far: a loop has many nodes at one place."""
        return {}

    def statement(self, span: Span | None) -> ast.stmt | None:
        """Return the innermost statement around a span."""
        if span is None:
            return None
        if span not in self._statements:
            around = [node for node in self.nodes if isinstance(node, ast.stmt) and _covers(self.span(node), span)]
            self._statements[span] = min(around, key=self._size, default=None)
        return self._statements[span]

    @cached_property
    def _statements(self) -> dict[Span, ast.stmt | None]:
        """Return what `statement` found so far."""
        return {}

    def blocks(self) -> Iterator[tuple[ast.AST, list[ast.stmt]]]:
        """Yield what holds statements, with each of its blocks."""
        for node in self.nodes:
            for name in ("body", "orelse", "finalbody"):
                block = getattr(node, name, None)
                if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                    yield node, block

    def enclosing(self, span: Span | None, kind: type[ast.AST]) -> ast.AST | None:
        """Return the innermost node of one kind around a span."""
        if span is None:
            return None
        around = [
            node
            for node in self.nodes
            if isinstance(node, kind) and hasattr(node, "lineno") and _covers(self.span(node), span)
        ]
        return min(around, key=self._size, default=None)

    def calls(self, span: Span | None, *names: str) -> Iterator[ast.Call]:
        """Yield the calls within a span of functions or methods with one of these last names.

        The span may be None for the whole text.
        """
        for node in self.nodes:
            if (
                isinstance(node, ast.Call)
                and called(node) in names
                and (span is None or _covers(span, self.span(node)))
            ):
                yield node

    def bindings(self, name: str, before: int | None = None) -> list[ast.stmt]:
        """Return the statements that assign to a variable, the latest first, up to a line."""
        found = [
            node
            for node in self.nodes
            if isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign)
            and any(self.of(target) == name for target in _targets(node))
            and (before is None or node.lineno <= before)
        ]
        return sorted(found, key=lambda node: -node.lineno)

    def replace(self, title: str, node: ast.AST, text: str) -> Fix:
        """Return the edit that puts a text in a node's place."""
        return Fix(title=title, span=self.span(node), text=text)

    def both(self, title: str, one: tuple[ast.AST, str], other: tuple[ast.AST, str]) -> Fix:
        """Return one edit that puts two texts in the places of two nodes, as `all_of` does."""
        return self.all_of(title, (one, other))

    def all_of(self, title: str, edits: Iterable[tuple[ast.AST, str]]) -> Fix:
        """Return one edit that puts texts in the places of some nodes, with what stands between them left as it is."""
        parts = sorted(((self.span(node), text) for node, text in edits), key=lambda one: (one[0].line, one[0].column))
        first, last = parts[0][0], parts[-1][0]
        made = parts[0][1]
        for (start, _), (end, text) in pairwise(parts):
            between = Span(line=start.end_line, column=start.end_column, end_line=end.line, end_column=end.column)
            made += f"{self.cut(between)}{text}"
        whole = Span(line=first.line, column=first.column, end_line=last.end_line, end_column=last.end_column)
        return Fix(title=title, span=whole, text=made)

    def before_line(self, title: str, line: int, text: str) -> Fix:
        """Return the edit that inserts a line above another, indented like it."""
        indent = self.indent(line)
        return Fix(title=title, span=Span(line=line, column=0, end_line=line, end_column=0), text=f"{indent}{text}\n")

    def after(self, title: str, statement: ast.stmt, text: str) -> Fix:
        """Return the edit that inserts a line below a statement, indented like it."""
        end = self.span(statement)
        place = Span(line=end.end_line, column=end.end_column, end_line=end.end_line, end_column=end.end_column)
        return Fix(title=title, span=place, text=f"\n{self.indent(end.line)}{text}")

    def argument(self, title: str, call: ast.Call, text: str) -> Fix:
        """Return the edit that adds an argument at the end of a call."""
        end = self.span(call)
        inside = self.of(call)[:-1].rstrip()
        has_arguments = bool(call.args or call.keywords)
        separator = "" if not has_arguments else " " if inside.endswith(",") else ", "
        column = end.end_column - 1
        place = Span(line=end.end_line, column=column, end_line=end.end_line, end_column=column)
        return Fix(title=title, span=place, text=f"{separator}{text}")

    def indent(self, line: int) -> str:
        """Return the white space that a line begins with."""
        text = self.line(line)
        return text[: len(text) - len(text.lstrip())]

    def _size(self, node: ast.AST) -> tuple[int, int]:
        span = self.span(node)
        return span.end_line - span.line, span.end_column - span.column


def called(node: ast.AST | None) -> str | None:
    """Return the last part of the name that a call calls: "backward" for ``loss.backward()``."""
    if not isinstance(node, ast.Call):
        return None
    match node.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
        case _:
            return None


def grouped(text: str, node: ast.AST) -> str:
    """Return the text of an expression, in parentheses where something after it would bind closer."""
    plain = ast.Name | ast.Attribute | ast.Call | ast.Subscript | ast.Constant | ast.List | ast.Tuple
    return text if isinstance(node, plain) else f"({text})"


def _covers(outer: Span, inner: Span) -> bool:
    starts = (outer.line, outer.column) <= (inner.line, inner.column)
    return starts and (inner.end_line, inner.end_column) <= (outer.end_line, outer.end_column)


def _targets(node: ast.Assign | ast.AnnAssign | ast.AugAssign) -> Iterator[ast.expr]:
    for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
        yield from target.elts if isinstance(target, ast.Tuple | ast.List) else [target]
