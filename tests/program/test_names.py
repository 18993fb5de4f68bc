"""The names of a program's namespace are real ones."""

import ast
import importlib
import inspect
import pkgutil
import sys
from pathlib import Path

import pytest
from chainrule.program.policy import denied, lookup
from chainrule.program.policy.allowed import MODULES
from chainrule.program.policy.denied import DENIED_MODULES, DENIED_PATHS
from chainrule.program.policy.names import BUILTINS, NAMES
from chainrule.run.namespace import resolve

from scripts import write_policy_tables


def test_each_bare_name_leads_to_something_real() -> None:
    for path in (*NAMES.values(), *BUILTINS.values()):
        pkgutil.resolve_name(path)  # raises where it leads nowhere


def test_each_bare_name_is_one_that_its_module_may_be_asked_for() -> None:
    for path in NAMES.values():
        module, _, name = path.rpartition(".")
        assert not module or name in MODULES[module]


def test_bare_functions_are_those_of_torch_by_the_same_name() -> None:
    assert {name for name, path in NAMES.items() if path.startswith("torch.") and path.rpartition(".")[2] != name} == {
        "F"
    }


@pytest.mark.parametrize("path", MODULES)
def test_a_module_and_all_that_it_may_be_asked_for_exist(path: str) -> None:
    module = resolve(path)
    for name in MODULES[path]:
        if not hasattr(module, name):
            importlib.import_module(f"{path}.{name}")


@pytest.mark.parametrize("path", MODULES)
def test_a_module_leads_only_to_modules_that_are_listed_themselves(path: str) -> None:
    module = resolve(path)
    for name in MODULES[path]:
        if inspect.ismodule(getattr(module, name, None)):
            assert f"{path}.{name}" in MODULES


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="the tables are written with the oldest Python, 3.11")
def test_the_committed_tables_are_those_that_the_rules_give_for_this_pytorch() -> None:
    assert write_policy_tables.text() == write_policy_tables.TABLES.read_text()


def test_a_module_is_refused_for_one_reason_wherever_it_is_named() -> None:
    assert DENIED_MODULES.keys() & DENIED_PATHS.keys() == set()


def test_a_reason_is_written_once() -> None:
    sources = [Path(inspect.getfile(module)) for module in (denied, lookup)]
    texts = [node for path in sources for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))]
    reasons = [node.value for node in texts if isinstance(node, ast.Constant) and isinstance(node.value, str)]
    sentences = [reason for reason in reasons if " " in reason]
    assert len(sentences) == len(set(sentences))
