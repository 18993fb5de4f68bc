"""How wide a text is, and what of it may be drawn."""

import unicodedata
from xml.etree import ElementTree

import pytest
from chainrule.layout.measure import text
from hypothesis import given
from hypothesis import strategies as st


def test_every_character_of_the_font_is_as_wide() -> None:
    assert text.width("mm", 10) == text.width("ii", 10) == text.room(2, 10)
    assert text.width("mm", 20) == 2 * text.width("mm", 10)


def test_wide_characters_take_more_and_combining_ones_nothing() -> None:
    assert text.cells("变") > 1
    assert text.cells("e\N{COMBINING ACUTE ACCENT}") == 1
    assert text.cells("\N{ZERO WIDTH JOINER}") == 0


@given(st.text(max_size=40), st.integers(3, 20))
def test_a_shortened_text_fits(given_text: str, limit: int) -> None:
    assert text.cells(text.shorten(given_text, limit)) <= limit


@given(st.text(st.characters(), max_size=40))
def test_what_is_cleaned_is_well_formed_xml_on_one_line(given_text: str) -> None:
    cleaned = text.clean(given_text)
    escaped = cleaned.replace("&", "&amp;").replace("<", "&lt;")
    assert ElementTree.fromstring(f"<a>{escaped}</a>".encode()).text in (cleaned, None)
    assert len(cleaned.splitlines()) <= 1
    assert not any(unicodedata.category(c) in ("Cc", "Cs") for c in cleaned)


def test_a_text_cannot_turn_its_direction() -> None:
    assert "\u202e" not in text.clean("user\u202egnp.exe")


def test_short_texts_stay_as_they_are() -> None:
    assert text.shorten("weight", 6) == "weight"
    assert text.shorten("weights", 6) == "weigh…"


@pytest.mark.parametrize(("words", "is_fitted"), [("x + 1", False), ("3×3", False), ("变量", True), ("й", True)])
def test_what_the_font_may_lack_is_fitted_to_its_room(words: str, is_fitted: bool) -> None:
    length = text.fitted(words, 10)
    assert (length is not None) == is_fitted
    if length is not None:
        assert length <= text.width(words, 10)
