"""One table has all that is told of a limit."""

from dataclasses import fields, replace

import pytest
from chainrule.cli.main import main
from chainrule.limits import LIMITS, Limit, Limits
from chainrule.problems.limits import KINDS_OF_LIMITS, say_killed, say_reached
from chainrule.settings import Settings


def test_every_field_of_the_limits_stands_in_the_table_with_its_default() -> None:
    for field in fields(Limits):
        assert LIMITS[field.name].default == getattr(Limits(), field.name)


@pytest.mark.parametrize("limit", [limit for limit in LIMITS.values() if limit.variable], ids=lambda limit: limit.name)
def test_the_variable_of_a_limit_sets_it(limit: Limit) -> None:
    assert limit.variable is not None
    settings = Settings.from_environment({limit.variable: "4321"})
    name = limit.variable.removeprefix("CHAINRULE_").lower()
    assert getattr(settings.limits if hasattr(settings.limits, name) else settings, name) == 4321
    default = Settings.from_environment({})
    assert getattr(default.limits if hasattr(default.limits, name) else default, name) == limit.default


def test_the_help_of_serve_tells_every_limit_that_can_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for limit in LIMITS.values():
        assert limit.variable is None or f"{limit.variable} (default: {limit.written}) {limit.sentence}" in told


@pytest.mark.parametrize("name", KINDS_OF_LIMITS)
def test_who_reaches_a_limit_is_told_its_value(name: str) -> None:
    value = {"s": 7, "bytes": 7_000_000, "": 7_000}[LIMITS[name].unit]
    words = {"s": "7 s", "bytes": "7 MB", "": "7,000"}[LIMITS[name].unit]
    assert words in say_reached(name, replace(Limits(), **{name: value}))


def test_who_is_killed_at_a_limit_is_told_its_value() -> None:
    assert "after 7 s, which is the limit" in say_killed("wall_seconds", replace(Limits(), wall_seconds=7.0))
