"""Files of a person's own that hide a package by having its name, such as a ``torch.py``."""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import chainrule

PACKAGES = {
    "torch": "PyTorch",
    "numpy": "NumPy",
    "fastapi": "FastAPI",
    "starlette": "Starlette",
    "uvicorn": "Uvicorn",
    "pydantic": "Pydantic",
    "anyio": "AnyIO",
    "jinja2": "Jinja",
    "graphviz": "graphviz",
    "wasmtime": "wasmtime",
    "httpx": "HTTPX",
}
"""What Chainrule imports, as their authors write them."""


def refuse_hidden_packages() -> None:
    """Say which file of the current folder would be imported in the place of a package.

    Raises:
        ValueError: there is one, and the current folder is where Python looks first.
    """
    here = Path.cwd()
    if not any(Path(entry or ".").resolve() == here for entry in sys.path) or here == _installed():
        return
    for name, title in PACKAGES.items():
        found = _file_of(here, name)
        spec = find_spec(name) if found is not None and name not in sys.modules else None
        if spec is not None and spec.origin is not None and Path(spec.origin).resolve() == found:
            raise ValueError(f"{found.name} in this folder hides {title}: rename it, or start chainrule elsewhere")


def refuse_unreachable_modules(script: Path, tree: ast.Module) -> None:
    """Say which module beside a script cannot be imported by it, because a package of that name is there already.

    Raises:
        ValueError: the script imports such a module.
    """
    folder = script.resolve().parent
    for name in _imported(tree):
        found = _file_of(folder, name)
        there = sys.modules.get(name)
        origin = getattr(there, "__file__", None)
        if found is not None and origin is not None and Path(origin).resolve() != found:
            raise ValueError(
                f"{script}: {found.name} beside it has the name of {PACKAGES.get(name, name)}, which Chainrule uses "
                "itself: rename it"
            )


def _file_of(folder: Path, name: str) -> Path | None:
    files = (folder / name / "__init__.py", folder / f"{name}.py")
    return next((file.resolve() for file in files if file.is_file()), None)


def _imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


def _installed() -> Path:
    return Path(chainrule.__file__).resolve().parents[1]
