"""docs/pictures.md says what the code does."""

import re
from dataclasses import fields

from chainrule.render import ViewOptions
from chainrule.render.palette import PICTURE

from tests import ROOT

PAGE = (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")


def rows(section: str) -> dict[str, str]:
    """The names and second cells of the table in a section."""
    _, _, rest = PAGE.partition(f"\n## {section}\n")
    return dict(re.findall(r"^\| `([\w-]+)` \| ([^|]+) \|", rest.partition("\n## ")[0], re.MULTILINE))


def test_every_option_is_there_with_its_default() -> None:
    options = rows("Options")
    names = {"pass" if field.name == "pass_index" else field.name.replace("_", "-") for field in fields(ViewOptions)}
    assert set(options) == names
    unsaid = ("none", "the last that ran to its end")
    stated = {name: default for name, default in options.items() if default not in unsaid}
    assert ViewOptions.from_query(stated) == ViewOptions()


def test_every_custom_property_is_there() -> None:
    assert set(re.findall(r"`--cr-([\w-]+)`", PAGE)) == set(PICTURE)
