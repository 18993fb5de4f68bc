"""The templates: one environment for all of them, which escapes and refuses what nobody gave."""

import ast

import pytest
from chainrule.render.templates import environment, template
from jinja2 import UndefinedError

from tests import ROOT

APP = ROOT / "app" / "chainrule"


def test_one_module_makes_an_environment() -> None:
    makers = set()
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            made = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if made.endswith("Environment") or made in ("Template", "Jinja2Templates", "overlay"):
                makers.add(path.relative_to(APP).as_posix())
    assert makers == {"render/templates.py"}


def test_a_template_is_compiled_once() -> None:
    assert environment() is environment()
    assert template("graph.svg") is template("graph.svg")


def test_everything_is_escaped() -> None:
    assert environment().from_string("{{ text }}").render(text="<b>") == "&lt;b&gt;"


def test_a_name_that_nobody_gave_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        environment().from_string("{{ text }}").render()
