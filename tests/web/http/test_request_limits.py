"""What is turned away before anything looks at it."""

import pytest
from chainrule.settings import Settings
from chainrule.web.http.request_limits import is_allowed, names_of
from fastapi.testclient import TestClient

from tests.web.counting import SETTINGS


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("localhost", True),
        ("LOCALHOST:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("[::1]", True),
        ("course.localhost", True),
        ("evil.example", False),
        ("localhost.evil.example", False),
        ("127.0.0.1.evil.example", False),
        ("", False),
    ],
)
def test_a_server_on_loopback_answers_for_loopback_names_only(host: str, allowed: bool) -> None:
    assert is_allowed(host, names_of(Settings(host="127.0.0.1"))) is allowed


def test_a_server_for_everyone_answers_for_any_name_unless_told() -> None:
    assert is_allowed("graphs.example", names_of(Settings(host="0.0.0.0")))
    told = names_of(Settings(host="0.0.0.0", allowed_hosts=("graphs.example", "*.graphs.example")))
    assert is_allowed("graphs.example:443", told)
    assert is_allowed("eu.graphs.example", told)
    assert not is_allowed("badgraphs.example", told)
    assert is_allowed("anything", names_of(Settings(allowed_hosts=("*",))))


def test_another_name_is_refused(client: TestClient) -> None:
    response = client.get("/svg?code=x", headers={"Host": "evil.example"})
    assert response.status_code == 421
    assert response.json()["type"] == "/problems/wrong-host"


def test_an_address_over_the_limit_is_refused(client: TestClient) -> None:
    response = client.get("/svg?code=" + "x" * SETTINGS.url_bytes)
    assert response.status_code == 414
    assert "64,000" in response.json()["detail"]


def test_a_body_over_the_limit_is_refused(client: TestClient) -> None:
    response = client.post("/api/v1/graphs", content=b" " * (SETTINGS.body_bytes + 1))
    assert response.status_code == 413
    assert response.json()["type"] == "/problems/body-too-large"


def test_a_body_of_unknown_length_is_counted_while_it_comes(client: TestClient) -> None:
    parts = (b" " * 100_000 for _ in range(11))
    response = client.post("/api/v1/graphs", content=parts, headers={"Content-Type": "application/json"})
    assert response.status_code == 413


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "GZIP", "zstd", "gzip, br"])
def test_a_packed_body_is_refused_with_what_to_do(client: TestClient, coding: str) -> None:
    answer = client.post("/api/v1/graphs", content=b"\x1f\x8b", headers={"Content-Encoding": coding})
    assert (answer.status_code, answer.json()["type"]) == (415, "/problems/unsupported-media-type")
    assert answer.json()["detail"] == f"Send the body as it is, without Content-Encoding: {coding!r} is not taken"
    assert answer.headers["accept-encoding"] == "identity"


def test_a_body_that_says_it_is_as_it_is_is_taken(client: TestClient) -> None:
    answer = client.post("/api/v1/graphs", json={"source": "x * x"}, headers={"Content-Encoding": "identity"})
    assert answer.status_code == 200
