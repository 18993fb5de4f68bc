"""Options of a picture, told to people and to programs."""

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.render import ViewOptions
from chainrule.render.option_words import NAMES, WORDS

from tests import ROOT

PICTURES = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")


def test_every_option_is_told_and_no_other() -> None:
    assert tuple(WORDS) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_option_stands_in_the_table_of_the_docs(name: str) -> None:
    assert f"| `{name.replace('_', '-')}` |" in PICTURES


@pytest.mark.parametrize("name", NAMES)
def test_every_value_that_is_told_is_taken_and_the_next_one_is_not(name: str) -> None:
    schema = WORDS[name].schema
    good = schema.get("enum", []) + [str(schema[end]) for end in ("minimum", "maximum") if end in schema]
    bad = ["other"] * ("enum" in schema)
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
