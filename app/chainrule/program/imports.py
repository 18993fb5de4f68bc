"""Imports of what is not here that need not keep a program from being run.

One that nothing uses is ignored. One in a ``try`` that catches its ImportError raises it: the program can do without.
"""

import ast
from collections.abc import Iterable

from chainrule.program.scopes import Scopes

Import = ast.Import | ast.ImportFrom
_CAUGHT = frozenset({"ImportError", "ModuleNotFoundError", "Exception"})


def caught_imports(nodes: Iterable[ast.AST]) -> frozenset[Import]:
    """Return the imports whose ImportError the program itself catches.

    >>> tree = ast.parse("try:\\n import apex\\nexcept ImportError:\\n apex = None")
    >>> [alias.name for node in caught_imports(ast.walk(tree)) for alias in node.names]
    ['apex']
    """
    bodies = [node.body for node in nodes if isinstance(node, ast.Try) and _catches(node)]
    return frozenset(one for body in bodies for one in body if isinstance(one, Import))


def _catches(node: ast.Try) -> bool:
    kinds = [handler.type for handler in node.handlers]
    flat = [one for kind in kinds for one in (kind.elts if isinstance(kind, ast.Tuple) else [kind])]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _CAUGHT) for kind in flat)


class Uses:
    """What a program does with the names that its imports bind."""

    def __init__(self, scopes: Scopes) -> None:
        self._read: set[tuple[str, str]] = set()
        self._paths: set[str] = set()
        for place in scopes.places:
            match place.node:
                case ast.Name(id=name, ctx=ast.Load()):
                    self._read |= {(name, path) for path in place.scope.lookup(name) or {name}}
                case ast.Attribute() if not isinstance(place.parent, ast.Attribute):
                    self._paths.add(_dotted(place.node))
                case _:
                    pass

    def of(self, node: Import, alias: ast.alias) -> bool:
        """Return whether anything uses what an import binds."""
        if isinstance(node, ast.ImportFrom):
            return alias.name == "*" or (alias.asname or alias.name, f"{node.module}.{alias.name}") in self._read
        if alias.asname:
            return (alias.asname, alias.name) in self._read
        head, dot, _ = alias.name.partition(".")
        if not dot:
            return (head, head) in self._read
        return any(path == alias.name or path.startswith(f"{alias.name}.") for path in self._paths)


def _dotted(node: ast.AST) -> str:
    """Return names with dots between them as they stand there; "" for what is more than that."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(names)]) if isinstance(node, ast.Name) else ""
