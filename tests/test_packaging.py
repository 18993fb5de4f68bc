"""What pyproject.toml says of the package is so."""

import ast
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
from chainrule.version import __version__
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from trove_classifiers import classifiers

from tests import ROOT

PACKAGE = ROOT / "app" / "chainrule"
SOURCES = sorted(PACKAGE.rglob("*.py"))
EXTRA_OF = {
    "integrations/sphinx.py": "sphinx",
    "integrations/mkdocs.py": "mkdocs",
    "integrations/jupyter.py": "jupyter",
}
"""Modules that are imported only by who has installed the extra."""
NOT_IMPORTED = {"python-multipart", "mkdocs"}
"""python-multipart is imported by Starlette where a form is read; MkDocs is what imports us."""


@pytest.fixture(scope="module")
def project() -> dict[str, Any]:
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    return found


def names(requirements: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(one).name) for one in requirements}


def imported(path: Path) -> Iterator[str]:
    """Give the top-level modules that a file imports, anywhere in it, that are neither Python's nor ours."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        found: list[str] = []
        if isinstance(node, ast.Import):
            found = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            found = [node.module]
        for module in (name.partition(".")[0] for name in found):
            if module not in sys.stdlib_module_names and module != "chainrule":
                yield module


@pytest.fixture(scope="module")
def distributions() -> dict[str, set[str]]:
    """Return what is installed for each module."""
    installed = packages_distributions()
    return {module: {canonicalize_name(name) for name in found} for module, found in installed.items()}


def test_every_library_that_is_imported_is_declared(
    project: dict[str, Any], distributions: dict[str, set[str]]
) -> None:
    always = names(project["dependencies"])
    for path in SOURCES:
        extra = EXTRA_OF.get(str(path.relative_to(PACKAGE)))
        declared = always | (names(project["optional-dependencies"][extra]) if extra else set())
        for module in imported(path):
            assert distributions[module] & declared, f"{path} imports {module}, and nothing that has it is declared"


def test_every_library_that_is_declared_is_imported(
    project: dict[str, Any], distributions: dict[str, set[str]]
) -> None:
    used = {name for path in SOURCES for module in imported(path) for name in distributions[module]}
    extras = [project["optional-dependencies"][extra] for extra in EXTRA_OF.values()]
    declared = names([*project["dependencies"], *(one for extra in extras for one in extra)])
    assert declared - used == NOT_IMPORTED


def test_every_library_that_is_declared_has_its_exact_version_in_the_constraints(project: dict[str, Any]) -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = {canonicalize_name(one.name): one.specifier for one in map(Requirement, filter(_is_pin, lines))}
    asked = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    for one in map(Requirement, asked):
        (exact,) = pinned[canonicalize_name(one.name)]
        assert one.specifier.contains(exact.version), one


def _is_pin(line: str) -> bool:
    return bool(line) and not line.startswith("#")


def test_the_classifiers_are_those_that_exist(project: dict[str, Any]) -> None:
    assert set(project["classifiers"]) <= classifiers
    assert sorted(project["classifiers"]) == project["classifiers"]


def test_the_package_says_that_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").read_bytes() == b""


def test_the_version_is_written_once(project: dict[str, Any]) -> None:
    assert "version" in project["dynamic"]
    written = [path for path in SOURCES if f'"{__version__}"' in path.read_text(encoding="utf-8")]
    assert written == [PACKAGE / "version.py"]
