"""Content negotiation."""

import pytest
from chainrule.web.http.negotiation import choose

OFFERS = ("application/json", "image/svg+xml", "image/png")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, "application/json"),
        ("", "application/json"),
        ("*/*", "application/json"),
        ("image/*", "image/svg+xml"),
        ("image/png", "image/png"),
        ("IMAGE/PNG", "image/png"),
        ("image/png;q=0.5, image/svg+xml;q=0.9", "image/svg+xml"),
        ("image/*;q=0.8, application/json;q=0.2", "image/svg+xml"),
        ("image/svg+xml;q=0, image/*", "image/png"),
        ("text/html, */*;q=0.1", "application/json"),
        ("image/png; q=nonsense", None),
        ("text/html", None),
        ("*/*;q=0", None),
        (",,;q=1,", None),
    ],
)
def test_the_best_of_what_is_accepted_is_chosen(accept: str | None, chosen: str | None) -> None:
    assert choose(accept, OFFERS) == chosen
