"""Names that come near are found, and long ones are not compared."""

import difflib

import pytest
from chainrule.graph import similar as module
from chainrule.graph.similar import MOST_CHARACTERS, MOST_COMPARED, similar


def test_the_nearest_come_first() -> None:
    assert similar("wieght", ["bias", "weights", "weight"], most=2) == ["weight", "weights"]


def test_what_is_compared_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    compared: list[tuple[str, str]] = []

    def watched(word: str, names: list[str], **options: object) -> list[str]:
        compared.extend((word, name) for name in names)
        return difflib.get_close_matches(word, names)

    monkeypatch.setattr(module, "get_close_matches", watched)
    for length in (10, MOST_CHARACTERS):
        compared.clear()
        similar("x" * length, ("x" * (length - 1) + str(number % 10) for number in range(20_000)))
        assert sum(len(word) * len(name) for word, name in compared) <= MOST_COMPARED
    compared.clear()
    assert similar("x" * 5_000, ["x" * 5_001]) == []
    similar("x", ["x" * 5_001])
    assert compared == []
