"""The page in other languages: no text lacks a translation, and the right language is chosen."""

import re
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from fastapi.testclient import TestClient
from jinja2 import Environment

from app.paths import TEMPLATES
from app.web.pages_text import LANGUAGES, LOCALES, choose_language, translations
from app.web.pages_words import WORDS

FOREIGN = [language for language in LANGUAGES if language != "en"]


def _texts() -> set[str]:
    environment = Environment(extensions=["jinja2.ext.i18n"], autoescape=True)
    found = set(WORDS.values())
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
        assert sorted(holes.findall(text)) == sorted(holes.findall(translated)), text


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
