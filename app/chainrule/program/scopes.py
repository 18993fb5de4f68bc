"""Which name is bound where: Python's scopes, found from the syntax tree."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal, NamedTuple

from chainrule.program.tree import children_of

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
VALUE = ""
"""Stands, among the meanings of a name, for any value that is not a module or an imported name."""


@dataclass(eq=False)
class NameScope:
    """A module, a function (or lambda), a class body or a comprehension."""

    kind: Literal["module", "function", "class", "comprehension"]
    parent: "NameScope | None"
    bindings: dict[str, set[str]] = field(default_factory=dict)
    """Each name bound here, with what it may mean: dotted paths of imports, or `VALUE`."""
    outer: dict[str, Literal["global", "nonlocal"]] = field(default_factory=dict)

    def bind(self, name: str, meaning: str = VALUE) -> None:
        """Bind a name here, or where ``global`` and ``nonlocal`` say."""
        scope: NameScope = self
        if self.outer.get(name) == "global":
            scope = self.top()
        elif self.outer.get(name) == "nonlocal":
            scope = next((s for s in self.outwards() if s.kind == "function" and name in s.bindings), self)
        scope.bindings.setdefault(name, set()).add(meaning)

    def top(self) -> "NameScope":
        """Return the module's scope."""
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    def outwards(self) -> Iterator["NameScope"]:
        """Yield the scopes around this one, the nearest first."""
        scope = self.parent
        while scope is not None:
            yield scope
            scope = scope.parent

    def lookup(self, name: str) -> set[str] | None:
        """Return what a name used here may mean, or None where nothing binds it."""
        if self.outer.get(name) == "global":
            return self.top().bindings.get(name)
        if name in self.bindings:
            return self.bindings[name]
        for scope in self.outwards():
            if scope.kind != "class" and name in scope.bindings:
                return scope.bindings[name]
        return None


class BindingPlace(NamedTuple):
    """A syntax node with the scope it is evaluated in and the node it belongs to."""

    node: ast.AST
    scope: NameScope
    parent: ast.AST | None


@dataclass(frozen=True)
class Scopes:
    """A program's nodes in their scopes."""

    places: tuple[BindingPlace, ...]
    top: NameScope

    @cached_property
    def bound_names(self) -> frozenset[str]:
        """Return every name that the program binds anywhere."""
        scopes = {id(place.scope): place.scope for place in self.places}
        return frozenset(name for scope in scopes.values() for name in scope.bindings)

    @cached_property
    def parents(self) -> dict[ast.AST, ast.AST | None]:
        """Return what each node belongs to."""
        return {place.node: place.parent for place in self.places}


def find_scopes(tree: ast.Module) -> Scopes:
    """Sort all nodes of a program into scopes, and bind its names there; without recursion."""
    top = NameScope("module", None)
    places: list[BindingPlace] = []
    stack: list[BindingPlace] = [BindingPlace(tree, top, None)]
    while stack:
        place = stack.pop()
        places.append(place)
        if type(place.node) in _SCOPING:
            stack.extend(_children(place))
        else:
            node, scope, _ = place
            stack += [BindingPlace(child, scope, node) for child in children_of(node)]
    for place in places:
        if isinstance(place.node, ast.Global | ast.Nonlocal):
            word: Literal["global", "nonlocal"] = "global" if isinstance(place.node, ast.Global) else "nonlocal"
            place.scope.outer.update(dict.fromkeys(place.node.names, word))
    for place in places:
        if type(place.node) in _BINDING:
            for name, meaning in _bound(place):
                _home(place).bind(name, meaning)
    return Scopes(tuple(places), top)


_BINDING = frozenset(
    {
        ast.Name,
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.ClassDef,
        ast.arg,
        ast.ExceptHandler,
        ast.MatchAs,
        ast.MatchStar,
        ast.MatchMapping,
        ast.Import,
        ast.ImportFrom,
        ast.alias,
        ast.Global,
        ast.Nonlocal,
    }
)
"""Kinds of nodes that bind or declare a name. Most nodes are of no such kind, and need not be matched with each."""
_SCOPING = frozenset(
    {
        ast.FunctionDef,
        ast.AsyncFunctionDef,
        ast.Lambda,
        ast.ClassDef,
        ast.ListComp,
        ast.SetComp,
        ast.DictComp,
        ast.GeneratorExp,
        ast.arg,
    }
)
"""Kinds of nodes of which not all that is beneath is in their own scope."""


def _home(place: BindingPlace) -> NameScope:
    """Return the scope that a binding goes to: that of a walrus in a comprehension is around it."""
    if isinstance(place.parent, ast.NamedExpr) and place.scope.kind == "comprehension":
        return next(scope for scope in place.scope.outwards() if scope.kind != "comprehension")
    return place.scope


def _bound(place: BindingPlace) -> list[tuple[str, str]]:
    match place.node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [(name, VALUE)]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
            return [(name, VALUE)]
        case ast.arg(arg=name):
            return [(name, VALUE)]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [(name, VALUE)]
        case ast.MatchMapping(rest=str(name)):
            return [(name, VALUE)]
        case ast.Import(names=names):
            return [(a.asname, a.name) if a.asname else (a.name.split(".")[0],) * 2 for a in names]
        case ast.ImportFrom(module=module, names=names):
            return [(a.asname or a.name, f"{module}.{a.name}") for a in names]
        case _:
            return []


def _children(place: BindingPlace) -> Iterator[BindingPlace]:
    """Yield what is right beneath a node of one of the kinds in `_SCOPING`."""
    node, scope = place.node, place.scope
    match node:
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.Lambda():
            inner = NameScope("function", scope)
            arguments = node.args
            outside: list[ast.AST | None] = [*arguments.defaults, *arguments.kw_defaults]
            parameters = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
            parameters += [extra for extra in (arguments.vararg, arguments.kwarg) if extra is not None]
            body: list[ast.AST] = [node.body] if isinstance(node, ast.Lambda) else list(node.body)
            if not isinstance(node, ast.Lambda):
                outside += [*node.decorator_list, node.returns]
            outside += [parameter.annotation for parameter in parameters]
            yield from (BindingPlace(child, scope, node) for child in outside if child is not None)
            yield from (BindingPlace(child, inner, node) for child in [*parameters, *body])
        case ast.ClassDef():
            inner = NameScope("class", scope)
            outside = [*node.decorator_list, *node.bases, *node.keywords]
            yield from (BindingPlace(child, scope, node) for child in outside if child is not None)
            yield from (BindingPlace(child, inner, node) for child in node.body)
        case ast.ListComp() | ast.SetComp() | ast.DictComp() | ast.GeneratorExp():
            inner = NameScope("comprehension", scope)
            first = node.generators[0].iter
            yield BindingPlace(first, scope, node)
            for child in children_of(node):
                if child is not node.generators[0]:
                    yield BindingPlace(child, inner, node)
            first_generator = node.generators[0]
            for child in [first_generator.target, *first_generator.ifs]:
                yield BindingPlace(child, inner, first_generator)
        case _:
            return


def names_defined(node: ast.AST) -> list[str]:
    """Return the names that a syntax node binds or declares."""
    if type(node) not in _BINDING:
        return []
    match node:
        case ast.Name(id=name, ctx=ast.Store() | ast.Del()):
            return [name]
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
            return [name]
        case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
            return [name]
        case ast.Global(names=names) | ast.Nonlocal(names=names):
            return names
        case ast.alias(name=name, asname=asname):
            return [asname or name.split(".")[0]]
        case _:
            return []
