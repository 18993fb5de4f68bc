"""A program as code: its statements, its last expression, and the names that it assigns."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType

from chainrule.graph.syntax import Syntax
from chainrule.program.format_strings import FORMATS, attributes_of
from chainrule.run.console import FILENAME
from chainrule.run.standins.builtins import FORMATTING


@dataclass(frozen=True, slots=True)
class Code:
    """A compiled program."""

    body: CodeType | None
    """All statements but the last expression."""
    last: CodeType | None
    """The last statement, where it is an expression: its value may be the root."""
    last_span: tuple[int, int, int, int] | None
    """Where the last expression stands: line, column, end line, end column; columns in bytes, as of ``ast``."""
    syntax: Syntax
    assigned: tuple[str, ...]
    """Names that the program's own level assigns, the last one in the source first."""


def compile_program(syntax: Syntax) -> Code:
    """Compile a program so that its frames are known by FILENAME.

    Raises:
        SyntaxError: the source is not Python.
    """
    with _formats_looked_at(syntax):
        return _compiled(syntax)


def _compiled(syntax: Syntax) -> Code:
    tree = syntax.tree
    assigned = tuple(dict.fromkeys(reversed(list(_assigned(tree.body)))))
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return Code(compile(tree, FILENAME, "exec", dont_inherit=True), None, None, syntax, assigned)
    body = ast.Module(body=tree.body[:-1], type_ignores=[])
    expression = ast.Expression(last.value)
    return Code(
        body=compile(body, FILENAME, "exec", dont_inherit=True) if body.body else None,
        last=compile(expression, FILENAME, "eval", dont_inherit=True),
        last_span=_span(last.value),
        syntax=syntax,
        assigned=assigned,
    )


@contextmanager
def _formats_looked_at(syntax: Syntax) -> Iterator[None]:
    """Let ``.format`` be asked of what `formatting` makes of a value, while the tree is compiled.

    A text that stands in the program was looked at by the check.
    """
    if "format" not in syntax.source and syntax.source.isascii():
        yield
        return
    found = [node for node in syntax.nodes if isinstance(node, ast.Attribute) and node.attr in FORMATS]
    asked = [(node, node.value) for node in found if not _is_text(node.value)]
    for node, value in asked:
        name = ast.copy_location(ast.Name(FORMATTING, ast.Load()), value)
        node.value = ast.copy_location(ast.Call(name, [value], []), value)
    try:
        yield
    finally:
        for node, value in asked:
            node.value = value


def _is_text(node: ast.expr) -> bool:
    if not (isinstance(node, ast.Constant) and isinstance(node.value, str)):
        return False
    try:
        return not any(True for _ in attributes_of(node.value))
    except ValueError:
        return True  # as str.format will say itself


def _span(node: ast.expr) -> tuple[int, int, int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None  # the parser sets both, the type has them optional for hand-made trees
    return node.lineno, node.col_offset, node.end_lineno, node.end_col_offset


def _assigned(statements: list[ast.stmt]) -> Iterator[str]:
    """Yield the names assigned at this level, in the order of the source; functions and classes have their own."""
    own_level = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    pending: list[ast.AST] = list(reversed(statements))
    while pending:
        node = pending.pop()
        if isinstance(node, own_level):
            continue
        if isinstance(node, ast.comprehension):
            continue
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        pending.extend(reversed(list(ast.iter_child_nodes(node))))
