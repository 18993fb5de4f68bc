"""The page in other languages: no text lacks a translation, and the right language is chosen."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from chainrule.assets import EXAMPLES, TEMPLATES
from chainrule.formulas import FORMULAS
from chainrule.problems import GROUPS
from chainrule.web.examples import read_examples
from chainrule.web.page.i18n import LANGUAGES, LOCALES, choose_language, teller, translations
from chainrule.web.page.script_words import WORDS
from chainrule.words.saying import say
from fastapi.testclient import TestClient
from jinja2 import Environment

FOREIGN = [language for language in LANGUAGES if language != "en"]


APP = TEMPLATES.parent / "app"


def _sayings() -> Iterator[str]:
    """The templates of every sentence that the modules say."""
    for path in sorted(APP.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "say":
                template = node.args[0]
                assert isinstance(template, ast.Constant), f"{path}:{node.lineno} says what no catalog can know"
                yield template.value


def _catalogued() -> Iterator[str]:
    """The texts of the kinds of problems, of the notes on operators, and of the gallery."""
    for title, kinds in GROUPS:
        yield title
        for kind in kinds:
            yield from (kind.title, kind.summary, *kind.explanation)
    yield from (formula.note for formula in FORMULAS.values())
    for example in read_examples(EXAMPLES):
        yield from (example.title, example.text)


def _texts() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found = {*WORDS.values(), *_sayings(), *_catalogued()} - {""}
    for path in sorted(TEMPLATES.rglob("*.html")):
        for _, _, message in environment.extract_translations(path.read_text(encoding="utf-8")):
            found |= {message} if isinstance(message, str) else {part for part in message if part}
    return found


def _catalog(language: str) -> dict[str, str]:
    with Path(LOCALES / language / "messages.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file) if message.id}


@pytest.mark.parametrize("language", FOREIGN)
def test_no_text_lacks_a_translation(language: str) -> None:
    catalog = _catalog(language)
    assert sorted(text for text in _texts() if not catalog.get(text)) == []


@pytest.mark.parametrize("language", FOREIGN)
def test_no_translation_is_left_over(language: str) -> None:
    assert sorted(set(_catalog(language)) - _texts()) == []


@pytest.mark.parametrize("language", FOREIGN)
def test_translations_keep_what_is_filled_in(language: str) -> None:
    holes = re.compile(r"\{\w+\}|%\(\w+\)s")
    for text, translated in _catalog(language).items():
        assert set(holes.findall(text)) == set(holes.findall(translated)), text


def test_a_saying_is_told_anew_with_its_values() -> None:
    told = teller("ko")(
        say("{name} was differentiated before{place}.", name="y", place=say(", in line {line}", line=3))
    )
    assert told == "y는 이미 미분했습니다(3번째 줄)."
    assert teller("en")(say("{name} is a leaf: {value}.", name="x", value=say("scalar"))) == "x is a leaf: scalar."


def test_a_catalog_translates() -> None:
    assert translations("ko").gettext("Run") == "실행"
    assert translations("en").gettext("Run") == "Run"
    assert translations("xx").gettext("Run") == "Run"


@pytest.mark.parametrize(
    ("asked", "remembered", "accepted", "chosen"),
    [
        (None, None, "", "en"),
        ("ko", "en", "en", "ko"),
        (None, "ko", "en", "ko"),
        ("xx", None, "ko-KR,ko;q=0.9,en;q=0.8", "ko"),
        (None, None, "fr, en;q=0.5, ko;q=0.4", "en"),
        (None, None, "ko;q=wrong", "en"),
    ],
)
def test_the_language_is_what_is_asked_for_then_remembered_then_accepted(
    asked: str | None, remembered: str | None, accepted: str, chosen: str
) -> None:
    assert choose_language(asked, remembered, accepted) == chosen


def test_the_page_speaks_korean_and_remembers_it(client: TestClient) -> None:
    page = client.get("/?lang=ko")
    assert '<html lang="ko">' in page.text
    assert "실행" in page.text
    assert "lang=ko" in page.headers["set-cookie"]
    client.cookies.clear()
