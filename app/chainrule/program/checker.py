"""Find everything in a program that keeps it from being run, each with its place and a reason."""

import ast
from collections.abc import Iterator
from dataclasses import replace
from functools import cached_property
from itertools import chain

from chainrule.errors import Violation
from chainrule.program.format_strings import FORMATS, attributes_of
from chainrule.program.imports import Import, Uses, caught_imports
from chainrule.program.mending import Mending
from chainrule.program.policy.denied import ASYNC, METACLASS, NO_FILES_BESIDE, OUT, PATTERN, TYPE, Denial
from chainrule.program.policy.lookup import (
    DEFINED_DUNDERS,
    STORED_PATHS,
    attribute_denial,
    closest,
    field_denial,
    is_dunder,
    is_module,
    member_denial,
    module_denial,
    name_denial,
)
from chainrule.program.policy.names import BUILTINS, NAMES
from chainrule.program.scopes import VALUE, BindingPlace, NameScope, Scopes, names_defined
from chainrule.program.source import Source
from chainrule.words.saying import say

_BY_NAME = frozenset({"getattr", "hasattr", "setattr", "delattr"})
"""Functions that are given an attribute's name as a text."""
_REGISTERING = frozenset({"register_buffer", "register_parameter", "register_module", "add_module"})
_OF_KEYWORDS = frozenset({"SimpleNamespace", "Namespace", "set_defaults"})
"""What makes attributes of its keywords."""
_CLASS_KEYWORDS = frozenset({"metaclass"})
_UNCHECKED = frozenset({ast.Module, ast.Expr, ast.Assign, ast.Constant, ast.BinOp, ast.UnaryOp, ast.List, ast.Tuple})
"""Kinds of nodes that are many and of which nothing is refused."""
_ONE_CAUSE = frozenset({"import-refused", "name-refused", "attribute-refused"})
"""What is told once of each name: where nothing can be put in its place, the first place is enough."""
MAX_TOLD = 200
"""Violations that are told of one program."""
MAX_SUGGESTIONS = 25
"""Misspelt names that a suggestion is looked up for: each takes milliseconds."""


class Checker:
    """Checks one program.

    Args:
        source: the text, for places.
        scopes: its nodes and names.
        inputs: names that are given from outside.
    """

    def __init__(self, source: Source, scopes: Scopes, inputs: frozenset[str]) -> None:
        self._source = source
        self._scopes = scopes
        self._inputs = inputs
        self._defined = frozenset(_defined_attributes(scopes))
        if any(_names_while_running(place.node) for place in scopes.places):
            self._defined = AnyName(self._defined)
        self._suggestions = MAX_SUGGESTIONS
        self._caught = caught_imports(place.node for place in scopes.places)
        self._refused: set[str] = set()
        self._mending = Mending(source, scopes)
        self._known: dict[ast.AST, set[str]] = {}
        self._bases: set[ast.AST] = set()
        for place in scopes.places:
            match place.node:
                case ast.Attribute(value=base):
                    self._bases.add(base)
                case ast.Call(func=ast.Name(id=name), args=[base, *_]) if name in _BY_NAME:
                    self._bases.add(base)
                case ast.Assign(targets=targets, value=base) if all(isinstance(t, ast.Name) for t in targets):
                    self._bases.add(base)

    def violations(self) -> tuple[Violation, ...]:
        """Return all of them (up to MAX_TOLD), in the order of the text."""
        found: set[Violation] = set()
        imports = [place for place in self._scopes.places if isinstance(place.node, Import)]
        others = (
            place
            for place in self._scopes.places
            if type(place.node) not in _UNCHECKED and not isinstance(place.node, Import)
        )
        for place in chain(imports, others):
            found.update(self._check(place))
            if len(found) >= MAX_TOLD:
                break
        told = sorted(found, key=lambda v: (v.line, v.column, v.end_line, v.end_column, v.message))
        firsts = {(v.slug, v.message): v for v in reversed(told)}
        return tuple(
            v for v in told if v.slug not in _ONE_CAUSE or v.suggestion is not None or firsts[v.slug, v.message] is v
        )

    def _check(self, place: BindingPlace) -> Iterator[Violation]:
        node = place.node
        match node:
            case ast.AsyncFunctionDef() | ast.AsyncFor() | ast.AsyncWith() | ast.Await():
                yield self._refuse(node, "construct-refused", ASYNC)
            case ast.Import() | ast.ImportFrom():
                yield from self._import(node)
            case ast.Name():
                yield from self._name(node, place)
            case ast.Attribute():
                yield from self._attribute(node, place)
            case ast.Call():
                yield from self._call(node, place)
            case ast.ClassDef():
                yield from self._class(node, place)
            case ast.MatchClass(kwd_attrs=names):
                for name in names:
                    denial = Denial(PATTERN) if name in FORMATS else attribute_denial(name, self._defined)
                    yield from self._denied(node, f".{name}", denial, "attribute-refused")
            case _:
                pass
        if isinstance(node, ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp) and any(
            generator.is_async for generator in node.generators
        ):
            yield self._refuse(node, "construct-refused", ASYNC)
        for name in names_defined(node):
            if is_dunder(name) and not (place.scope.kind == "class" and name in DEFINED_DUNDERS):
                text = say(
                    "{name} cannot be defined here: Python itself would call it, out of the program's sight", name=name
                )
                yield self._refuse(node, "name-refused", text)

    @cached_property
    def _uses(self) -> Uses:
        return Uses(self._scopes)

    def _import(self, node: Import) -> Iterator[Violation]:
        if node in self._caught:
            return
        if isinstance(node, ast.Import):
            for alias in node.names:
                denial = module_denial(alias.name)
                if denial is not None and self._is_needed(node, alias):
                    yield from self._denied(alias, f"import {alias.name}", denial, "import-refused", alias.name)
            return
        if node.level or node.module is None:
            yield self._refuse(node, "import-refused", NO_FILES_BESIDE)
            return
        denial = module_denial(node.module)
        if denial is not None:
            if any(self._is_needed(node, alias) for alias in node.names):
                yield from self._denied(node, say("import from {module}", module=node.module), denial, "import-refused")
            return
        for alias in node.names:
            if alias.name == "*":
                text = say("name what you import from {module}, or write import {module}", module=node.module)
                yield self._refuse(alias, "import-refused", text)
                continue
            denial = member_denial(node.module, alias.name)
            if denial is not None and self._is_needed(node, alias):
                path = f"{node.module}.{alias.name}"
                yield from self._denied(alias, path, denial, "import-refused", alias.name)

    def _is_needed(self, node: Import, alias: ast.alias) -> bool:
        """Return whether an import of what is not here has to be refused; what is used of it is not told again then."""
        if not self._uses.of(node, alias):
            return False
        if isinstance(node, ast.Import) and not is_module(alias.name):
            self._refused.add(alias.name)
        return True

    def _name(self, node: ast.Name, place: BindingPlace) -> Iterator[Violation]:
        if not isinstance(node.ctx, ast.Load):
            return
        if place.scope.lookup(node.id) is None and node.id not in self._inputs:
            denial = name_denial(node.id)
            if denial is not None and not denial.reason:
                yield self._unknown(node)
                return
            yield from self._denied(node, node.id, denial, "name-refused")
        if node not in self._bases and self._module(node, place.scope, surely=True):
            yield self._module_as_value(node, node.id)
        if node.id == "type" and place.scope.lookup("type") is None and not _is_plain_type_call(node, place.parent):
            yield self._refuse(node, "name-refused", TYPE)

    def _attribute(self, node: ast.Attribute, place: BindingPlace) -> Iterator[Violation]:
        base = self._paths(node.value, place.scope)
        if not base:
            return  # what stands before the dot is refused already
        name = node.attr
        if isinstance(node.ctx, ast.Load):
            what, denial = self._reading(base, name)
            yield from self._denied(node, what, denial, "attribute-refused", name)
            if denial is None and is_module(what) and node not in self._bases:
                yield self._module_as_value(node, what)
        else:
            text = self._storing(base, name)
            if text is not None:
                yield self._refuse(node, "attribute-refused", text)
        if name in FORMATS and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield from self._format_string(node.value, node.value.value)

    def _reading(self, base: set[str], name: str) -> tuple[str, Denial | None]:
        """Return what an attribute of what `base` tells is called, and why it cannot be read."""
        modules = sorted(path for path in base if is_module(path))
        only_module = bool(modules) and VALUE not in base
        denial = None if only_module else attribute_denial(name, self._defined if not modules else frozenset())
        if only_module or (modules and denial is not None):
            paths = [f"{path}.{name}" for path in modules]
            denials = [member_denial(path, name) for path in modules]
            told = None in denials or not self._refused.isdisjoint(paths)
            return paths[0], None if told else denials[0]
        return f"{modules[0]}.{name}" if modules else f".{name}", denial

    def _storing(self, base: set[str], name: str) -> str | None:
        """Return why an attribute of what `base` tells cannot be set; None if it can."""
        paths = {path for path in base if path != VALUE}
        if paths and not {f"{path}.{name}" for path in paths} <= STORED_PATHS:
            return say("{owner}.{name} cannot be set: it would change PyTorch itself", owner=min(paths), name=name)
        if not paths and (is_dunder(name) or attribute_denial(name, frozenset({name})) is not None):
            return say(".{name} cannot be set: choose another name", name=name)
        return None

    def _format_string(self, node: ast.AST, text: str) -> Iterator[Violation]:
        try:
            names = sorted(set(attributes_of(text)))
        except (ValueError, RecursionError):
            return  # Python tells what is wrong with it when it comes to it
        for name in names:
            yield from self._denied(node, f".{name}", field_denial(name, self._defined), "attribute-refused")

    def _call(self, node: ast.Call, place: BindingPlace) -> Iterator[Violation]:
        for keyword in node.keywords:
            if "out" in _keyword_names(keyword) and not self._is_own(node.func, place.scope):
                yield self._refuse(keyword, "construct-refused", OUT)
        match node:
            case ast.Call(func=ast.Name(id=called), args=[owner, ast.Constant(value=str(name)) as text, *_]) if (
                called in _BY_NAME and place.scope.lookup(called) is None
            ):
                base = self._paths(owner, place.scope)
                if called == "getattr" and base:
                    yield from self._denied(text, *self._reading(base, name), "attribute-refused")
                elif called != "hasattr" and base:
                    reason = self._storing(base, name)
                    if reason is not None:
                        yield self._refuse(text, "attribute-refused", reason)
            case _:
                pass

    def _class(self, node: ast.ClassDef, place: BindingPlace) -> Iterator[Violation]:
        for keyword in node.keywords:
            if not _CLASS_KEYWORDS.isdisjoint(_keyword_names(keyword)):
                yield self._refuse(keyword, "construct-refused", METACLASS)

    def _paths(self, node: ast.AST, scope: NameScope) -> set[str]:
        """Return the dotted paths that an expression may be, followed through imports; `VALUE` for anything else."""
        chain: list[ast.Attribute] = []
        while isinstance(node, ast.Attribute) and node not in self._known:
            chain.append(node)
            node = node.value
        found = self._meanings(node.id, scope) if isinstance(node, ast.Name) else self._known.get(node, {VALUE})
        for attribute in reversed(chain):
            found = {
                VALUE if path == VALUE else f"{path}.{attribute.attr}"
                for path in found
                if not is_module(path) or member_denial(path, attribute.attr) is None
            }
            self._known[attribute] = found
        return found

    def _meanings(self, name: str, scope: NameScope, depth: int = 0) -> set[str]:
        bound = scope.lookup(name)
        predeclared = {NAMES[name]} if name in NAMES else {BUILTINS[name]} if name in BUILTINS else set()
        if bound is None:
            given = name in self._inputs or (not predeclared and name_denial(name) is None)
            return {VALUE} if given else predeclared
        found = {path for path in bound if path == VALUE or is_module(path) or is_module(path.rpartition(".")[0])}
        if VALUE in found and name in NAMES and is_module(NAMES[name]) and bound is scope.top().bindings.get(name):
            found |= predeclared
        return found

    def _module(self, node: ast.Name, scope: NameScope, *, surely: bool) -> bool:
        found = self._meanings(node.id, scope)
        known = [is_module(path) for path in found]
        return bool(known) and all(known) if surely else any(known)

    def _is_own(self, function: ast.AST, scope: NameScope) -> bool:
        """Return whether PyTorch has nothing to do with a call: the program's own functions, and NumPy's."""
        if isinstance(function, ast.Attribute) and any(
            path.partition(".")[0] == "numpy" for path in self._paths(function, scope)
        ):
            return True
        if isinstance(function, ast.Attribute):
            return function.attr in self._defined and VALUE in self._paths(function, scope)
        return isinstance(function, ast.Name) and (function.id == "dict" or scope.lookup(function.id) is not None)

    def _unknown(self, node: ast.Name) -> Violation:
        if node.id in self._scopes.bound_names:
            text = say("{name} is not defined here: it has a value only inside another function or class", name=node.id)
            return self._refuse(node, "name-unknown", text)
        own = self._scopes.bound_names | self._inputs
        suggestion = self._closest(node.id, own) or self._closest(node.id, frozenset([*NAMES, *BUILTINS]))
        hint = say("; did you mean {suggestion}?", suggestion=suggestion) if suggestion else ""
        return self._refuse(
            node, "name-unknown", say("{name} is not defined{hint}", name=node.id, hint=hint), suggestion
        )

    def _module_as_value(self, node: ast.AST, path: str) -> Violation:
        text = say("{path} is a module: it can be used with a name after a dot, not passed on as a value", path=path)
        return self._refuse(node, "name-refused", text)

    def _closest(self, name: str, candidates: frozenset[str]) -> str | None:
        if self._suggestions <= 0:
            return None
        self._suggestions -= 1
        return closest(name, candidates)

    def _denied(
        self, node: ast.AST, what: str, denial: Denial | None, slug: str, replaced: str | None = None
    ) -> Iterator[Violation]:
        if denial is None:
            return
        suggestion = denial.instead
        if suggestion is None and denial.among and replaced is not None:
            suggestion = self._closest(replaced, denial.among)
        hint = say("; did you mean {suggestion}?", suggestion=suggestion) if suggestion else ""
        if suggestion is not None and isinstance(node, ast.alias) and node.asname:
            suggestion = f"{suggestion} as {node.asname}"
        elif isinstance(node, ast.ImportFrom | ast.MatchClass):
            suggestion = None
        text = say("{name} cannot be used: {reason}{hint}", name=what, reason=denial.reason, hint=hint)
        fix = self._mending.of(node, what) if isinstance(node, ast.Name | ast.Attribute) else None
        yield replace(self._refuse(node, slug, text, suggestion), fix=fix)

    def _refuse(self, node: ast.AST, slug: str, message: str, suggestion: str | None = None) -> Violation:
        return self._source.violation(slug, message, node, suggestion)


def _defined_attributes(scopes: Scopes) -> Iterator[str]:
    """Yield the attribute names that a program makes: set on objects, defined in classes, registered by their text."""
    walked: set[ast.AST] = set()
    for place in scopes.places:
        match place.node:
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name
            case ast.Call(func=ast.Attribute(attr=method), args=[ast.Constant(value=str(name)), *_]) if (
                method in _REGISTERING
            ):
                yield name
            case ast.Call(func=ast.Name(id="namedtuple") | ast.Attribute(attr="namedtuple")):
                yield from _words(place.node, walked)
            case ast.Dict(keys=keys):
                yield from (key.value for key in keys if isinstance(key, ast.Constant) and isinstance(key.value, str))
            case ast.Call(func=ast.Name(id="setattr"), args=[_, ast.Constant(value=str(name)), *_]):
                yield name
            case ast.Call(func=ast.Attribute(attr="add_argument")) as call:
                yield from (word.lstrip("-").replace("-", "_") for word in _words(call, walked))
            case ast.Call(func=ast.Name(id=name) | ast.Attribute(attr=name)) as call if name in _OF_KEYWORDS:
                yield from (keyword.arg for keyword in call.keywords if keyword.arg)
            case ast.Call(func=ast.Name(id="OrderedDict" | "dict") | ast.Attribute(attr="OrderedDict")) as call:
                yield from _words(call, walked)
                yield from (keyword.arg for keyword in call.keywords if keyword.arg)
            case _:
                pass
        if place.scope.kind == "class":
            yield from names_defined(place.node)


class AnyName(frozenset[str]):
    """The attribute names of a program that makes some while it runs: any public name may be among them."""

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and not name.startswith("_"))


def _names_while_running(node: ast.AST) -> bool:
    """Return whether a call sets attributes whose names do not stand in the text."""
    match node:
        case ast.Call(func=ast.Name(id="setattr"), args=[_, name, *_]):
            return not isinstance(name, ast.Constant)
        case ast.Call(func=ast.Name(id=called) | ast.Attribute(attr=called), keywords=keywords) if (
            called in _OF_KEYWORDS
        ):
            return any(keyword.arg is None for keyword in keywords)
        case ast.Call(func=ast.Name(id="namedtuple") | ast.Attribute(attr="namedtuple"), args=[_, names, *_]):
            return not isinstance(names, ast.Constant | ast.List | ast.Tuple)
        case _:
            return False


def _words(node: ast.AST, walked: set[ast.AST]) -> Iterator[str]:
    """Yield the words of all texts in a call, but for parts that were gone through with a call around it."""
    pending = [node]
    while pending:
        child = pending.pop()
        if child in walked:
            continue
        walked.add(child)
        if isinstance(child, ast.Constant) and isinstance(child.value, str):
            yield from child.value.replace(",", " ").split()
        pending.extend(ast.iter_child_nodes(child))


def _is_plain_type_call(node: ast.Name, parent: ast.AST | None) -> bool:
    if not isinstance(parent, ast.Call):
        return False
    if parent.func is node:
        return len(parent.args) == 1 and not parent.keywords and not isinstance(parent.args[0], ast.Starred)
    return isinstance(parent.func, ast.Name) and parent.func.id == "isinstance"


def _keyword_names(keyword: ast.keyword) -> set[object]:
    """Return the names that an argument is given by, those of a ``**{...}`` that is written out among them."""
    if keyword.arg is not None or not isinstance(keyword.value, ast.Dict):
        return {keyword.arg}
    return {key.value for key in keyword.value.keys if isinstance(key, ast.Constant)}
