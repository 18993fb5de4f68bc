"""Modules that are not here: a program that imports one and uses nothing of it goes on without.

One file a module is the rule of this folder; this one stands in for all those that have no file.
"""

import ast
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from types import ModuleType

from chainrule.graph.syntax import Syntax
from chainrule.program.imports import Import, caught_imports


class Absent(ModuleType):
    """What stands in for a module that is not here: it can be imported, and not used."""

    def __getattr__(self, name: str) -> "Absent":
        if name.startswith("__"):
            raise AttributeError(name)
        return Absent(f"{self.__name__}.{name}")

    def __call__(self, *_: object, **__: object) -> None:
        """Raise the ImportError that was put off."""
        raise ImportError(f"{self.__name__} is not here: it cannot be imported")


@dataclass(frozen=True, slots=True)
class IgnoredImport:
    """An import that a program went on without."""

    module: str
    """Its dotted path, or that of a name in it."""
    statement: Import


@dataclass
class Imports:
    """The imports of one program while it runs."""

    syntax: Syntax
    ignored: list[IgnoredImport] = field(default_factory=list)

    @cached_property
    def _statements(self) -> list[Import]:
        return [node for node in self.syntax.nodes if isinstance(node, Import)]

    @cached_property
    def _caught(self) -> frozenset[Import]:
        return caught_imports(self.syntax.nodes)

    def module(self, name: str, line: int, head: Callable[[str], ModuleType | None]) -> ModuleType | None:
        """Return what stands in for a module, and note that; None where the program catches the ImportError itself.

        Args:
            name: the module's dotted path.
            line: where it is imported.
            head: gives the first part of the path, where that is a module that is here.
        """
        statement = self._ignore(name, name, line)
        if statement is None:
            return None
        if isinstance(statement, ast.ImportFrom):
            return Absent(name)
        first = name.partition(".")[0]
        has_own_name = any(alias.name == name and alias.asname for alias in statement.names)
        return (None if has_own_name else head(first)) or Absent(first)

    def member(self, module: str, name: str, line: int) -> ModuleType | None:
        """Return what stands in for a name of a module that is here, as `module` does."""
        path = f"{module}.{name}"
        return None if self._ignore(module, path, line) is None else Absent(path)

    def _ignore(self, module: str, what: str, line: int) -> Import | None:
        found = (node for node in self._statements if node.lineno == line and _names(node, module))
        statement = next(found, None)
        if statement is None or statement in self._caught:
            return None
        ignored = IgnoredImport(what, statement)
        if ignored not in self.ignored:
            self.ignored.append(ignored)
        return statement


def _names(node: Import, module: str) -> bool:
    if isinstance(node, ast.ImportFrom):
        return node.module == module and not node.level
    return any(alias.name == module for alias in node.names)


_current: Imports | None = None


@contextmanager
def imports_of(syntax: Syntax) -> Iterator[list[IgnoredImport]]:
    """Note the imports of a program that are ignored while it runs."""
    global _current
    before, _current = _current, Imports(syntax)
    try:
        yield _current.ignored
    finally:
        _current = before


def absent(name: str, line: int, head: Callable[[str], ModuleType | None]) -> ModuleType | None:
    """Return what stands in for a module that is not here, as `Imports.module` does; None where no program runs."""
    return None if _current is None else _current.module(name, line, head)


def absent_member(module: str, name: str, line: int) -> ModuleType:
    """Return what stands in for a name that a module does not have here.

    Raises:
        ImportError: the program has a way to do without.
    """
    found = None if _current is None else _current.member(module, name, line)
    if found is None:
        raise ImportError(f"cannot import name {name!r} from {module!r} here", name=module)
    return found


def sets_attribute(name: str) -> bool:
    """Return whether the program that runs sets an attribute of a name, by that name."""
    nodes = () if _current is None else _current.syntax.nodes
    return any(
        isinstance(node, ast.Attribute) and node.attr == name and isinstance(node.ctx, ast.Store) for node in nodes
    )
