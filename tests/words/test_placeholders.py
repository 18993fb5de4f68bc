"""What stands in the places of a sentence has a name that tells a translator what it is."""

import ast
import re
import string
from collections.abc import Iterator
from pathlib import Path

import chainrule

SOURCES = sorted(Path(chainrule.__file__).parent.rglob("*.py"))
NOT_NOUNS = frozenset(
    "it its itself this that these those they them one ones other others what which who whom whose where when why how "
    "he she we you i me us my your our their of to in at by from on a an the and or is are was has not "
    "strip lower upper getattr shape_of told said got gave given made listed shown wanted asked arrived called".split()
)


def _places() -> Iterator[tuple[str, str]]:
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                template = node.args[0]
                assert isinstance(template, ast.Constant)
                for _, name, _, _ in string.Formatter().parse(template.value):
                    if name is not None:
                        yield name, f"{path.name}:{node.lineno} {template.value!r}"


def test_a_place_is_a_word_of_letters_and_no_pronoun_or_verb() -> None:
    wrong = [where for name, where in _places() if not re.fullmatch(r"[a-z]+(_[a-z]+)*", name) or name in NOT_NOUNS]
    assert wrong == []
