"""The pages under /problems/: every slug that an answer can carry has one."""

from html import unescape

import pytest
from chainrule.problems import PROBLEMS
from fastapi.testclient import TestClient


@pytest.mark.parametrize("slug", sorted(PROBLEMS))
def test_every_kind_of_problem_has_a_page(client: TestClient, slug: str) -> None:
    page = client.get(f"/problems/{slug}")
    assert page.status_code == 200
    assert "<h1>" in page.text
    assert len(page.text.split('class="summary">')[1].split("</p>")[0]) > 10


def test_a_page_shows_the_program_that_has_it_and_the_mended_one(client: TestClient) -> None:
    page = unescape(client.get("/problems/backward-non-scalar").text)
    assert "y.backward()" in page
    assert "y.sum().backward()" in page
    assert page.count('<img src="/svg/') == 2
    assert "<code>backward(gradient=w)</code>" in page


def test_the_list_links_to_every_kind_of_the_catalogue(client: TestClient) -> None:
    page = client.get("/problems").text
    assert [slug for slug in PROBLEMS if f'href="/problems/{slug}"' not in page] == []


def test_an_unknown_kind_is_not_found(client: TestClient) -> None:
    assert client.get("/problems/nothing-of-the-kind").status_code == 404
