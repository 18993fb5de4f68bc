"""The page about the API says of errors, limits and settings what the code does."""

import json
import re
from dataclasses import fields

import pytest
from chainrule.limits import LIMITS, Limit
from chainrule.problems import PROBLEMS
from chainrule.settings import Settings

from tests import ROOT

PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
DEPLOYMENT = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")


def _section(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the table of a section, without its head."""
    lines = [line for line in _section(heading).splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines[2:]]


def test_the_statuses_of_errors_are_those_of_the_catalogue() -> None:
    told = {int(status) for row in _rows("Errors") for status in row[0].split(", ")}
    assert told == {kind.status for kind in PROBLEMS.values() if kind.status is not None}


def test_the_error_that_is_shown_is_one_of_the_catalogue() -> None:
    shown = json.loads(_section("Errors").split("```json\n")[1].split("```")[0])
    kind = PROBLEMS[shown["type"].removeprefix("/problems/")]
    assert (shown["title"], shown["status"]) == (kind.title, kind.status)
    assert {violation["slug"] for violation in shown["violations"]} <= PROBLEMS.keys()


@pytest.mark.parametrize("limit", LIMITS.values(), ids=lambda limit: limit.name)
def test_a_limit_stands_in_the_table_as_the_code_has_it(limit: Limit) -> None:
    variable = f"`{limit.variable}`" if limit.variable else "fixed"
    assert [f"`{limit.name}`", limit.written, limit.unit or "number", variable, limit.words] in _rows("Limits")


def test_no_other_limit_stands_in_the_table() -> None:
    assert [row[0].strip("`") for row in _rows("Limits")] == list(LIMITS)


@pytest.mark.parametrize("name", [field.name for field in fields(Settings) if field.name != "limits"])
def test_every_setting_is_told(name: str) -> None:
    assert f"`CHAINRULE_{name.upper()}`" in PAGE + DEPLOYMENT


def test_the_default_of_a_setting_is_that_of_the_code() -> None:
    defaults = {f"CHAINRULE_{field.name.upper()}": getattr(Settings(), field.name) for field in fields(Settings)}
    for variables, told, _ in _rows("Running a server for others"):
        for name, text in zip(re.findall(r"`(\w+)`", variables), told.split(", "), strict=False):
            number = defaults[name]
            assert text == str(number) or (text == str(int(number)) if isinstance(number, float) else not number), name
