"""What `make run` says when it cannot install: one clear line, and an exit code that is not 0."""

import subprocess
from pathlib import Path

from tests import ROOT


def install(*arguments: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        ["sh", "scripts/install.sh", *arguments], cwd=ROOT, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr.splitlines()


def fake_python(folder: Path, script: str) -> str:
    python = folder / "python"
    python.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    python.chmod(0o755)
    return str(python)


def test_no_python_is_one_clear_line(tmp_path: Path) -> None:
    code, lines = install(str(tmp_path / "nowhere"), str(tmp_path / "venv"), ".")
    assert code == 1
    assert len(lines) == 1
    assert "Install Python 3.11 or newer" in lines[0]


def test_an_old_python_is_named_with_its_version(tmp_path: Path) -> None:
    python = fake_python(tmp_path, 'case "$1" in -V) echo "Python 3.9.2" ;; *) exit 1 ;; esac')
    code, lines = install(python, str(tmp_path / "venv"), ".")
    assert code == 1
    assert len(lines) == 1
    assert "Python 3.9.2 is too old" in lines[0]


def test_a_python_that_cannot_make_environments_is_told_what_to_install(tmp_path: Path) -> None:
    python = fake_python(tmp_path, 'case "$1" in -c) exit 0 ;; *) exit 1 ;; esac')
    code, lines = install(python, str(tmp_path / "venv"), ".")
    assert code == 1
    assert len(lines) == 1
    assert "python3-venv" in lines[0]


def test_a_failed_installation_is_one_line_that_names_the_log(tmp_path: Path) -> None:
    venv = tmp_path / "venv"
    (venv / "bin").mkdir(parents=True)
    pip = 'case "$3" in --version) exit 0 ;; *) echo "ERROR: No matching distribution found" ; exit 1 ;; esac'
    (venv / "bin" / "python").write_text(f"#!/bin/sh\n{pip}\n", encoding="utf-8")
    (venv / "bin" / "python").chmod(0o755)
    code, lines = install(fake_python(tmp_path, "exit 0"), str(venv), ".")
    assert code == 1
    assert len(lines) == 1
    assert "No matching distribution found" in lines[0]
    assert "install.log" in lines[0]
