"""The examples in docstrings are what they say."""

import doctest
import importlib
from pathlib import Path

import chainrule
import pytest

ROOT = Path(chainrule.__file__).parent
MODULES = sorted(
    ".".join(("chainrule", *path.relative_to(ROOT).with_suffix("").parts)).removesuffix(".__init__")
    for path in ROOT.rglob("*.py")
    if ">>> " in path.read_text(encoding="utf-8") and path.name != "client.py"
)
"""The examples of the client ask a server: test_public_face.py runs them with one."""


@pytest.mark.parametrize("name", MODULES)
def test_an_example_gives_what_it_shows(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)  # an example may write a file
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
