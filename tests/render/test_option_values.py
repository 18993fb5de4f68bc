"""Options of a picture, told to people and to programs."""

from typing import Any

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.render import ViewOptions
from chainrule.render.options import OPTIONS, Option

from tests import ROOT

PICTURES = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")


def schemas(option: Option) -> list[dict[str, Any]]:
    """The kinds of values that an option takes: one for most."""
    schema = option.kind.schema
    found: list[dict[str, Any]] = schema.get("anyOf", [schema])
    return found


every_option = pytest.mark.parametrize("option", OPTIONS.values(), ids=list(OPTIONS))


@every_option
def test_every_option_stands_in_the_table_of_the_docs(option: Option) -> None:
    assert f"| `{option.name}` |" in PICTURES


@every_option
def test_an_option_that_is_given_changes_its_own_field(option: Option) -> None:
    schema = schemas(option)[-1]
    text = str(schema["enum"][-1] if "enum" in schema else schema.get("maximum", "x..z"))
    given = ViewOptions.from_query({option.name: text})
    assert getattr(given, option.field) == option.kind.read(option.name, text)
    assert ViewOptions.from_query({option.name.replace("-", "_"): text}) == given


@every_option
def test_every_value_that_is_told_is_taken_and_the_next_one_is_not(option: Option) -> None:
    name = option.name
    good: list[str] = []
    bad: list[str] = []
    for schema in schemas(option):
        good += schema.get("enum", []) + [str(schema[end]) for end in ("minimum", "maximum") if end in schema]
        bad += ["other"] * ("enum" in schema)
        if "maximum" in schema:
            bad += [str(schema["minimum"] - 1), str(schema["maximum"] + 1)]
        if "maxLength" in schema:
            good, bad = ["x..z"], ["x..z" + "z" * schema["maxLength"]]
    assert good
    assert bad
    for value in good:
        ViewOptions.from_query({name: value})
    for value in bad:
        with pytest.raises(ViewInvalidError):
            ViewOptions.from_query({name: value})
