"""What `import chainrule` offers: the names, what each costs to import, and the examples of their docstrings."""

import doctest
import importlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import chainrule
import pytest
from chainrule.library import close_shared
from chainrule.library.pictures import read_view
from chainrule.version import __version__

from tests import ROOT
from tests.web.counting import SETTINGS
from tests.web.running import running_server

NAMES = ["AsyncClient", "Client", "Graph", "Tape", "__version__", "draw", "show", "trace"]
HEAVY = ("torch", "fastapi", "starlette", "uvicorn", "numpy", "pydantic", "httpx", "asyncio")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Of a server, for the examples that need one."""
    with running_server(SETTINGS) as (host, port):
        yield f"http://{host}:{port}"
    close_shared()


def imported_by(code: str) -> set[str]:
    """Return the modules that a fresh process has imported after some code."""
    told = f"{code}\nimport json, sys; print(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    return set(json.loads(done.stdout))


def examples(text: str, name: str, **names: object) -> None:
    """Run the examples of a text; each must do what it says."""
    test = doctest.DocTestParser().get_doctest(text, names, name, None, 0)
    assert test.examples, f"{name} shows no example"
    told: list[str] = []
    assert doctest.DocTestRunner(optionflags=doctest.ELLIPSIS).run(test, out=told.append).failed == 0, "".join(told)


def test_the_names_are_these() -> None:
    assert chainrule.__all__ == NAMES
    assert set(NAMES) <= set(dir(chainrule))
    assert chainrule.__version__ == __version__
    for name in NAMES:
        assert getattr(chainrule, name) is not None


def test_the_classes_are_those_of_their_modules() -> None:
    for name, home in {"Graph": "graph.model", "Tape": "tape", "Client": "client", "AsyncClient": "client"}.items():
        assert getattr(chainrule, name) is getattr(importlib.import_module(f"chainrule.{home}"), name)


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'chainrule' has no attribute 'plot'"):
        chainrule.plot  # noqa: B018


def test_importing_the_package_imports_nothing_heavy() -> None:
    assert imported_by("import chainrule").isdisjoint(HEAVY)


def test_the_client_needs_neither_torch_nor_the_web_framework() -> None:
    found = imported_by("from chainrule import AsyncClient, Client")
    assert found.isdisjoint(("torch", "numpy", "fastapi", "starlette", "uvicorn"))


def test_graphs_and_pictures_of_programs_need_no_torch_in_this_process() -> None:
    found = imported_by("from chainrule import Graph, draw, show, trace")
    assert found.isdisjoint(("torch", "fastapi", "starlette", "uvicorn", "IPython"))


@pytest.mark.parametrize("name", [name for name in NAMES if name != "__version__"])
def test_every_name_has_a_docstring_whose_example_does_what_it_says(
    name: str, address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    text = getattr(chainrule, name).__doc__
    assert text
    examples(text, name, address=address)


def test_the_package_itself_has_an_example() -> None:
    assert chainrule.__doc__
    examples(chainrule.__doc__, "chainrule")
    assert read_view.__doc__
    examples(read_view.__doc__, "read_view", read_view=read_view)


def test_the_page_of_the_python_face_does_what_it_says(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    examples((ROOT / "docs" / "python.md").read_text(encoding="utf-8").replace("```", ""), "python.md", address=address)
