"""A book of sayings that comes from a child is read without doing what it says."""

from itertools import pairwise

import pytest
from chainrule.words import saying
from chainrule.words.saying import Said, Saying, book_of, read_book, retell, say


def test_a_true_book_is_read_as_it_was_written() -> None:
    text = say("{name} has {parts}.", name="x", parts=say("{count} parts", count=3) + "!")
    restored = read_book(book_of([text]))(str(text))
    assert isinstance(restored, Saying)
    assert retell(restored, lambda template: template.replace("has", "hat")) == "x hat 3 parts!."


@pytest.mark.parametrize(
    ("text", "template", "values"),
    [
        ("x", "{a:>1000000000}", {"a": "x"}),
        ("x", "{a!r}", {"a": "x"}),
        ("x", "{a.__class__}", {"a": "x"}),
        ("x", "{a[0]}", {"a": "x"}),
        ("x", "{a}" * 100_000, {"a": "x" * 10_000}),
        ("x", "{a", {"a": "x"}),
        ("x", "{}", {"": "xx"}),
        ("x", "", {"0": "x" * 1_000}),
    ],
)
def test_what_does_not_hold_together_stays_the_text_that_it_is(
    text: str, template: str, values: dict[str, str]
) -> None:
    assert type(read_book([Said(text=text, template=template, values=values)])(text)) is str


def test_texts_within_texts_are_put_together_a_bounded_number_of_times(monkeypatch: pytest.MonkeyPatch) -> None:
    made = 0

    class Counted(Saying):
        def __new__(cls, *parts: object) -> "Counted":
            nonlocal made
            made += 1
            return super().__new__(cls, *parts)  # type: ignore[arg-type]

    monkeypatch.setattr(saying, "Saying", Counted)
    # Each of them is two times the one before, so that the last is the first 20 to the power of 8 times.
    texts = ["x"]
    for _ in range(8):
        texts.append(texts[-1] * 20)
        if len(texts[-1]) > 1_000_000:
            break
    book = [
        Said(text=whole, template="", values={str(place): part for place in range(20)})
        for part, whole in pairwise(texts)
    ]
    read_book(book)(texts[-1])
    assert made <= saying.MOST_PARTS
