"""The names of a program's namespace are real ones."""

import importlib
import inspect
import pkgutil

import pytest

from app.program.names import BUILTINS, NAMES
from app.program.tables import MODULES
from scripts import write_policy_tables


@pytest.mark.parametrize(("name", "path"), [*NAMES.items(), *BUILTINS.items()])
def test_each_bare_name_leads_to_something_real(name: str, path: str) -> None:
    assert pkgutil.resolve_name(path) is not inspect.Parameter.empty


@pytest.mark.parametrize("path", [path for path in NAMES.values() if "." in path])
def test_each_bare_name_is_one_that_its_module_may_be_asked_for(path: str) -> None:
    module, _, name = path.rpartition(".")
    assert name in MODULES[module]


@pytest.mark.parametrize("path", MODULES)
def test_a_module_and_all_that_it_may_be_asked_for_exist(path: str) -> None:
    module = importlib.import_module(path)
    for name in MODULES[path]:
        if not hasattr(module, name):
            importlib.import_module(f"{path}.{name}")


@pytest.mark.parametrize("path", MODULES)
def test_a_module_leads_only_to_modules_that_are_listed_themselves(path: str) -> None:
    module = importlib.import_module(path)
    for name in MODULES[path]:
        if inspect.ismodule(getattr(module, name, None)):
            assert f"{path}.{name}" in MODULES


def test_the_committed_tables_are_those_that_the_rules_give_for_this_pytorch() -> None:
    assert write_policy_tables.text() == write_policy_tables.TABLES.read_text()
