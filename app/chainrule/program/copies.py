"""How much Python's compiler makes of a program: some of it, it writes down many times over.

What stands behind ``finally`` comes once for the end of ``try``, once for its exceptions, and once more for each
``return``, ``break`` and ``continue`` that leaves it, so that eighteen of them inside one another, in 150 bytes, make
half a million copies. Each name that a pattern gives a value is moved under all those before it.
"""

import ast
from dataclasses import dataclass

MAX_COMPILED = 100_000
"""Syntax nodes that a program may be compiled as, with all copies; 64 kB of one-letter statements have 98,000."""
MAX_CAPTURES = 100
"""Names that one pattern may give values to."""

_FUNCTIONS = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda | ast.ClassDef
_LOOPS = ast.For | ast.AsyncFor | ast.While


@dataclass(slots=True)
class _Compiled:
    """What a part of a program becomes."""

    nodes: int = 0
    returns: int = 0
    jumps: int = 0
    """``break`` and ``continue`` that leave it."""

    def add(self, other: "_Compiled", times: int = 1) -> None:
        self.nodes += times * other.nodes
        self.returns += times * other.returns
        self.jumps += times * other.jumps


def compiled_size(tree: ast.AST) -> int:
    """Return how many syntax nodes a program is compiled as, with all copies.

    >>> compiled_size(ast.parse("a"))
    4
    >>> nested = "try:0\\nfinally:\\n try:0\\n finally:0"
    >>> compiled_size(ast.parse(nested))
    18

    Args:
        tree: no deeper than `MAX_DEPTH` of `chainrule.program.source`.
    """
    return _compiled(tree).nodes


def captures_of(pattern: ast.pattern) -> int:
    """Return how many names a pattern gives values to, each as often as it stands there."""
    return sum(
        isinstance(node, ast.MatchAs | ast.MatchStar | ast.MatchMapping)
        and (node.rest if isinstance(node, ast.MatchMapping) else node.name) is not None
        for node in ast.walk(pattern)
    )


def _compiled(node: ast.AST) -> _Compiled:
    found = _Compiled(1, isinstance(node, ast.Return), isinstance(node, ast.Break | ast.Continue))
    if isinstance(node, ast.Try | ast.TryStar) and node.finalbody:
        for child in (*node.body, *node.handlers, *node.orelse):
            found.add(_compiled(child))
        copies = 2 + found.returns + found.jumps
        for child in node.finalbody:
            found.add(_compiled(child), copies)
        return found
    for child in ast.iter_child_nodes(node):
        found.add(_compiled(child))
    if isinstance(node, _FUNCTIONS):
        found.returns = found.jumps = 0
    elif isinstance(node, _LOOPS):
        found.jumps = 0
    return found
