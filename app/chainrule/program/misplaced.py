"""Statements that stand where Python takes none of their kind, found without compiling them.

The parser takes ``return`` anywhere; the compiler, which sees strangers' programs in the confined child only, does not.
What is found here is told at once, with its place; the rest of the compiler's objections come from the child.
"""

import ast
from collections.abc import Iterator

from chainrule.program.scopes import BindingPlace, NameScope, Scopes

_LOOPS = ast.For | ast.AsyncFor | ast.While
_KINDS = frozenset({ast.Return, ast.Yield, ast.YieldFrom, ast.Break, ast.Continue, ast.Nonlocal, ast.AnnAssign})
"""What there may be an objection to: most programs have next to none of these."""


def misplaced(scopes: Scopes) -> Iterator[tuple[ast.AST, str]]:
    """Yield each such statement with Python's own words for it."""
    found = [place for place in scopes.places if type(place.node) in _KINDS]
    parents = scopes.parents if found else {}
    for place in found:
        words = _objection(place, parents)
        if words is not None:
            yield place.node, words


def _objection(place: BindingPlace, parents: dict[ast.AST, ast.AST | None]) -> str | None:
    match place.node:
        case ast.Return() if place.scope.kind != "function":
            return "'return' outside function"
        case ast.Yield() | ast.YieldFrom() if place.scope.kind in ("module", "class"):
            return "'yield' outside function"
        case ast.Break() if not _in_loop(place.node, parents):
            return "'break' outside loop"
        case ast.Continue() if not _in_loop(place.node, parents):
            return "'continue' not properly in loop"
        case ast.Nonlocal(names=names):
            return _nonlocal(names, place.scope)
        case ast.AnnAssign(target=ast.Name(id=name)) if name in place.scope.outer:
            return f"annotated name '{name}' can't be {place.scope.outer[name]}"
        case _:
            return None


def _nonlocal(names: list[str], scope: NameScope) -> str | None:
    if scope.kind == "module":
        return "nonlocal declaration not allowed at module level"
    functions = [outer for outer in scope.outwards() if outer.kind == "function"]
    for name in names:
        if not any(name in outer.bindings for outer in functions):
            return f"no binding for nonlocal '{name}' found"
    return None


def _in_loop(node: ast.AST, parents: dict[ast.AST, ast.AST | None]) -> bool:
    """Return whether a loop is around a statement, in whose body and not in its ``else`` it stands."""
    inner, outer = node, parents[node]
    while outer is not None and isinstance(outer, ast.stmt | ast.ExceptHandler | ast.match_case):
        if isinstance(outer, _LOOPS) and not any(inner is one for one in outer.orelse):
            return True
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            return False
        inner, outer = outer, parents[outer]
    return False
