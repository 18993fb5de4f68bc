"""Python's own symbol tables say which names a program binds where."""

import ast
import symtable

import pytest
from chainrule.program.scopes import VALUE, NameScope, find_scopes

from tests.program.idioms import IDIOMS


def names_of(table: symtable.SymbolTable) -> set[str]:
    """Every name that is bound in a scope of the program, by Python's own account."""
    own = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned() or symbol.is_parameter()}
    own |= {symbol.get_name() for symbol in table.get_symbols() if symbol.is_imported() or symbol.is_namespace()}
    return own.union(*(names_of(child) for child in table.get_children()))


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
def test_the_bound_names_are_those_of_pythons_symbol_table(source: str) -> None:
    generated = {".0", "__class__", "__classcell__", "__annotations__"}
    expected = names_of(symtable.symtable(source, "<program>", "exec")) - generated
    assert find_scopes(ast.parse(source)).bound_names == expected


def scope_of(source: str, name: str) -> NameScope:
    """The scope in which a name is used."""
    places = find_scopes(ast.parse(source)).places
    return next(p.scope for p in places if isinstance(p.node, ast.Name) and p.node.id == name)


def test_a_class_body_is_not_seen_from_its_methods() -> None:
    method = scope_of("class A:\n    k = 1\n    def f(self):\n        return used, k\n", "used")
    assert [scope.kind for scope in (method, *method.outwards())] == ["function", "class", "module"]
    assert method.lookup("k") is None
    assert method.lookup("A") == {VALUE}


def test_the_first_iterable_of_a_comprehension_belongs_outside() -> None:
    assert scope_of("[x for x in xs]", "xs").kind == "module"
    assert scope_of("[y for x in xs for y in ys]", "ys").kind == "comprehension"


def test_a_walrus_in_a_comprehension_binds_around_it() -> None:
    scopes = find_scopes(ast.parse("[last := x for x in range(3)]"))
    assert scopes.top.bindings.keys() == {"last"}


def test_global_and_nonlocal_bind_elsewhere() -> None:
    source = "def f():\n    a = 1\n    def g():\n        nonlocal a\n        global b\n        a = b = 2\n"
    scopes = find_scopes(ast.parse(source))
    assert scopes.top.bindings == {"f": {VALUE}, "b": {VALUE}}


def test_an_import_is_followed_by_its_path() -> None:
    scopes = find_scopes(ast.parse("import torch.nn as n\nimport torch.optim\nfrom torch import linalg as la, sin"))
    assert scopes.top.bindings == {
        "n": {"torch.nn"},
        "torch": {"torch"},
        "la": {"torch.linalg"},
        "sin": {"torch.sin"},
    }
