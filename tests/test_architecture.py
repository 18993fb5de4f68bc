"""ARCHITECTURE.md shows the house as it stands."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "ARCHITECTURE.md").read_text(encoding="utf-8")
ROOMS = sorted(
    f"app/{path.name}{'/' if path.is_dir() else ''}"
    for path in (ROOT / "app").iterdir()
    if (path / "__init__.py").exists() or (path.suffix == ".py" and not path.name.startswith("__"))
)


@pytest.mark.parametrize("room", ROOMS)
def test_every_room_is_on_the_page(room: str) -> None:
    assert f"`{room}`" in PAGE


def test_the_page_names_no_room_that_is_not_there() -> None:
    named = set(re.findall(r"`(app/[a-z_]+(?:/|\.py))`", PAGE))
    assert named == set(ROOMS)


def test_the_web_process_does_not_import_torch() -> None:
    code = "import sys, app.web, app.cli, app.pipeline, app.sandbox; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def holds_code(path: Path) -> bool:
    return any(isinstance(part, ast.FunctionDef | ast.ClassDef) for part in ast.parse(path.read_text("utf-8")).body)


@pytest.mark.parametrize(
    "path",
    [path for path in sorted((ROOT / "app").rglob("*.py")) if holds_code(path)],  # a table of names may be longer
    ids=lambda path: str(path.relative_to(ROOT)),
)
def test_no_module_of_code_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300
