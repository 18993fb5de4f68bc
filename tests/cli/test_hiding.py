"""A folder may hold files of a person's own with any name."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests import ROOT

APP = str(ROOT / "app")
SCRIPT = (
    "import sys\nimport own\nimport torch\nx = torch.ones(2, requires_grad=True)\n(x * own.factor).sum().backward()\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with what other projects have, nothing of which is Chainrule's."""
    for name in ("app", "templates", "static", "tests", "examples"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text("raise RuntimeError('somebody else is imported')\n")
    (tmp_path / "templates" / "graph.svg").write_text("not ours")
    for name in ("torch", "numpy", "fastapi", "jinja2", "wasmtime"):
        (tmp_path / f"{name}.py").write_text("raise RuntimeError('somebody else is imported')\n")
    (tmp_path / "own.py").write_text("factor = 3.0\n")
    (tmp_path / "train.py").write_text(SCRIPT)
    return tmp_path


def run(folder: Path, *arguments: str, path: str = APP) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "chainrule", *arguments]
    environ = {**os.environ, "PYTHONPATH": path}
    return subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)


def test_a_program_is_run_and_drawn_in_such_a_folder(folder: Path) -> None:
    done = run(folder, "render", "-c", "(torch.ones(2) * x).sum()", "-o", "graph.svg")
    assert (done.returncode, done.stderr) == (0, "")
    assert "<svg" in (folder / "graph.svg").read_text()


def test_a_script_finds_what_lies_beside_it_and_the_real_torch(folder: Path) -> None:
    done = run(folder.parent, "view", "--no-open", "-o", "graph.svg", str(folder / "train.py"))
    assert done.returncode == 0, done.stderr
    assert "<svg" in (folder.parent / "graph.svg").read_text()


def test_a_file_that_hides_a_package_is_told_in_one_line(folder: Path) -> None:
    done = run(folder, "serve", path=os.pathsep.join([".", APP]))
    assert done.returncode == 1
    expected = "chainrule: torch.py in this folder hides PyTorch: rename it, or start chainrule elsewhere\n"
    assert done.stderr == expected


def test_a_module_that_a_script_cannot_reach_is_told_in_one_line(folder: Path) -> None:
    (folder / "train.py").write_text("import fastapi\n")
    done = run(folder, "view", "--no-open", "train.py")
    assert done.returncode == 1
    assert done.stderr == (
        "chainrule: train.py: fastapi.py beside it has the name of FastAPI, which Chainrule uses itself: rename it\n"
    )
