"""What every response carries."""

import re

import pytest
from chainrule.payload import encode
from fastapi.testclient import TestClient


def directives(response_header: str) -> dict[str, str]:
    return {part.split()[0]: " ".join(part.split()[1:]) for part in response_header.split(";") if part.strip()}


def test_a_picture_may_stand_anywhere_and_do_nothing(client: TestClient) -> None:
    headers = client.get("/svg?code=x*2").headers
    assert directives(headers["content-security-policy"]) == {
        "default-src": "'none'",
        "style-src": "'unsafe-inline'",
        "font-src": "data:",
        "sandbox": "",
    }
    assert headers["access-control-allow-origin"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


def test_a_page_takes_its_parts_from_here_only_and_stands_in_no_frame(client: TestClient) -> None:
    for path in ("/", "/api"):
        policy = directives(client.get(path).headers["content-security-policy"])
        assert policy["default-src"] == "'none'"
        assert policy["script-src"] == "'self'"
        assert policy["frame-ancestors"] == "'none'"
        assert "http" not in client.get(path).headers["content-security-policy"]


def test_a_frame_may_stand_in_any_page(client: TestClient) -> None:
    headers = client.get(f"/embed/{encode('x * 2')}").headers
    assert directives(headers["content-security-policy"])["frame-ancestors"] == "*"
    assert headers["cross-origin-resource-policy"] == "cross-origin"


@pytest.mark.parametrize("path", ["/", "/svg?code=x", "/api/v1/limits", "/nowhere", "/static/embed.js", "/healthz"])
def test_nothing_is_sniffed_and_everything_has_an_id(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert re.fullmatch("[0-9a-f]{16}", headers["x-request-id"])


def test_a_request_id_is_taken_over(client: TestClient) -> None:
    response = client.get("/nowhere", headers={"X-Request-ID": "lesson-7.1"})
    assert response.headers["x-request-id"] == response.json()["request_id"] == "lesson-7.1"


@pytest.mark.parametrize("given", ["a b", "x" * 65, "<script>", ""])
def test_a_request_id_that_is_none_is_replaced(client: TestClient, given: str) -> None:
    assert client.get("/healthz", headers={"X-Request-ID": given}).headers["x-request-id"] != given


def test_other_sites_may_use_the_api_and_the_pictures(client: TestClient) -> None:
    asked = {"Origin": "https://course.example", "Access-Control-Request-Method": "POST"}
    for path in ("/api/v1/graphs", "/svg/abc"):
        response = client.options(path, headers=asked)
        assert response.status_code == 204
        assert response.headers["access-control-allow-origin"] == "*"
        assert "POST" in response.headers["access-control-allow-methods"]
        assert "access-control-allow-credentials" not in response.headers


def test_other_sites_may_not_use_the_page(client: TestClient) -> None:
    asked = {"Origin": "https://course.example", "Access-Control-Request-Method": "POST"}
    assert client.options("/", headers=asked).status_code == 405
    assert "access-control-allow-origin" not in client.get("/", headers={"Origin": "https://course.example"}).headers


def test_errors_are_not_kept(client: TestClient) -> None:
    assert client.get("/nowhere").headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["/", "/healthz", "/api", "/openapi.json", "/static/embed.js", "/api/v1/limits"])
def test_what_answers_get_answers_head(client: TestClient, path: str) -> None:
    response = client.head(path)
    assert (response.status_code, response.content) == (200, b"")
    assert response.headers["content-type"] == client.get(path).headers["content-type"]
