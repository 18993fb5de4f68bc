"""The invariants of ARCHITECTURE.md, read off the code's own imports and definitions."""

import ast
import re
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import ROOT

SOURCE = ROOT / "app"
PACKAGE = SOURCE / "chainrule"
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
WIDEST = 15
"""Modules that a folder may have, its `__init__` aside."""
ALIKE = 2
"""Modules of one folder whose names may begin with the same word."""
ASKED = {"grad_fn", "_grad_fn", "is_leaf", "_base", "_version", "retains_grad", "get_gradient_edge", "_is_view"}
"""What PyTorch may answer with an exception, or with a Node that it builds for the asking."""


@cache
def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def name_of(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {name_of(path): path for path in sorted(PACKAGE.rglob("*.py"))}
FOLDERS = sorted({path.parent for path in MODULES.values()})


def imports_of(path: Path, *, for_types: bool = True) -> Iterator[str]:
    """Yield the full names that a module imports anywhere in it: `package.module` or `package.module.name`."""
    waiting: list[ast.AST] = [tree_of(path)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.If) and not for_types and "TYPE_CHECKING" in ast.unparse(node.test):
            waiting.extend(node.orelse)
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        waiting.extend(ast.iter_child_nodes(node))


def module_of(name: str) -> str | None:
    return name if name in MODULES else (parent if (parent := name.rpartition(".")[0]) in MODULES else None)


@cache
def arrows() -> dict[str, frozenset[str]]:
    """Return for each module those of ours that it imports at run time, itself and its own packages aside."""
    return {
        name: frozenset(
            target
            for imported in imports_of(path, for_types=False)
            if (target := module_of(imported)) is not None and target != name
        )
        for name, path in MODULES.items()
    }


def importers_of(*roots: str) -> set[str]:
    """Return the packages right under ours that import one of some libraries."""
    return {
        name.split(".")[1] if "." in name else name
        for name, path in MODULES.items()
        if any(imported.split(".")[0] in roots for imported in imports_of(path))
    }


def test_torch_is_imported_where_programs_run_and_nowhere_else() -> None:
    assert importers_of("torch") == {"tape", "run", "worker", "diagnose"}


def test_fastapi_and_starlette_are_imported_in_the_web_package_only() -> None:
    assert importers_of("fastapi", "starlette") == {"web"}


def test_processes_are_started_by_the_sandbox_only() -> None:
    starting = {
        name
        for name, path in MODULES.items()
        if any(imported.split(".")[0] in ("subprocess", "multiprocessing") for imported in imports_of(path))
        or any(
            isinstance(node, ast.Attribute) and node.attr in ("fork", "posix_spawn") for node in ast.walk(tree_of(path))
        )
    }
    # The worker's own processes fork when the sandbox tells them to; native runs the system's dot by setting.
    assert {name for name in starting if not name.startswith("chainrule.sandbox.")} == {
        "chainrule.worker.stem",
        "chainrule.worker.zygote",
        "chainrule.worker.confine.namespaces",
        "chainrule.layout.graphviz.native",
    }


def test_sandbox_and_worker_never_import_each_other() -> None:
    for name, targets in arrows().items():
        for one, other in (("chainrule.sandbox", "chainrule.worker"), ("chainrule.worker", "chainrule.sandbox")):
            assert not (name.startswith(one) and any(target.startswith(other) for target in targets)), name


def test_no_module_imports_itself_over_others() -> None:
    state: dict[str, int] = {}
    for start in MODULES:
        stack = [(start, iter(sorted(arrows()[start])))] if start not in state else []
        state.setdefault(start, 1)
        while stack:
            name, targets = stack[-1]
            target = next(targets, None)
            if target is None:
                state[name] = 2
                stack.pop()
            elif state.get(target) == 1:
                pytest.fail(" -> ".join([*(name for name, _ in stack), target]))
            elif target not in state:
                state[target] = 1
                stack.append((target, iter(sorted(arrows()[target]))))


def test_no_two_packages_beside_each_other_import_each_other() -> None:
    between: dict[tuple[str, str], str] = {}
    for name, targets in arrows().items():
        for target in targets:
            one, other = name.split("."), target.split(".")
            shared = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), None)
            if shared is not None:
                between[".".join(one[: shared + 1]), ".".join(other[: shared + 1])] = f"{name} -> {target}"
    assert not [(arrow, between[other, one]) for (one, other), arrow in between.items() if (other, one) in between]


@pytest.mark.parametrize("folder", FOLDERS, ids=name_of)
def test_a_folder_can_be_taken_in_at_a_glance(folder: Path) -> None:
    modules = [path.stem for path in folder.glob("*.py") if path.stem != "__init__"]
    assert len(modules) <= WIDEST
    beginnings = Counter(module.split("_")[0] for module in modules)
    assert not [word for word, count in beginnings.items() if count > ALIKE]
    assert ast.get_docstring(tree_of(folder / "__init__.py"))


def test_a_public_class_name_stands_for_one_thing() -> None:
    places: dict[str, list[str]] = defaultdict(list)
    for name, path in MODULES.items():
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(name)
    assert not {name: modules for name, modules in places.items() if len(modules) > 1}


def test_a_persons_tensor_is_asked_for_its_node_in_one_module_only() -> None:
    asking = {
        name
        for name, path in MODULES.items()
        if name.startswith(("chainrule.tape", "chainrule.run", "chainrule.diagnose", "chainrule.worker"))
        for node in ast.walk(tree_of(path))
        if (isinstance(node, ast.Attribute) and node.attr in ASKED)
        or (isinstance(node, ast.Constant) and node.value in ASKED)
    }
    # A rule about a finished graph reads `is_leaf` of the graph's own tensors.
    assert asking == {"chainrule.tape.tensors.autograd_meta", "chainrule.diagnose.findings.leaf_gradients"}


def test_settings_are_made_by_the_server_and_the_command_line() -> None:
    for name, path in MODULES.items():
        for node in tree_of(path).body:
            assert "Settings(" not in ast.unparse(node) or isinstance(node, ast.ClassDef | ast.FunctionDef), name


def test_the_web_process_does_not_import_torch() -> None:
    code = "import sys, chainrule.web, chainrule.cli.main, chainrule.sandbox; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_the_map_shows_every_package_and_every_module_at_the_top() -> None:
    here = {
        f"{path.name}/" if path.is_dir() else path.name
        for path in PACKAGE.iterdir()
        if (path / "__init__.py").exists() or (path.suffix == ".py" and not path.name.startswith("__"))
    }
    assert here == set(re.findall(r"^    ([a-z_]+(?:/|\.py)) ", PAGE, re.MULTILINE))


def test_every_path_that_the_map_names_is_there() -> None:
    for named in re.findall(r"`((?:app|tests|templates|static|examples|docs|bench|scripts)/[\w./]*)`", PAGE):
        assert (ROOT / named).exists(), named
