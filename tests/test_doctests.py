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
    if ">>> " in path.read_text(encoding="utf-8")
)


@pytest.mark.parametrize("name", MODULES)
def test_an_example_gives_what_it_shows(name: str) -> None:
    result = doctest.testmod(importlib.import_module(name))
    assert result.attempted > 0
    assert result.failed == 0
