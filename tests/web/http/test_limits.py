"""Limits for each client, over HTTP, with a server of its own."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from chainrule.errors import BusyError, SandboxError
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.web import create_app
from fastapi.testclient import TestClient

from tests.web.counting import SETTINGS


class Answering:
    """Answers everything with nothing, or with an error."""

    error: Exception | None = None

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def execute(self, request: Program) -> ExecutionAnswer:
        if self.error is not None:
            raise self.error
        return ExecutionAnswer()


@pytest.fixture
def pool() -> Answering:
    return Answering()


@pytest.fixture
def limited(pool: Answering) -> Iterator[TestClient]:
    app = create_app(replace(SETTINGS, rate_limit=3), pool)
    with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
        yield client


def test_a_client_over_its_limit_is_told_when_to_come_back(limited: TestClient) -> None:
    statuses = [limited.post("/api/v1/graphs", json={"source": f"x * {n}"}).status_code for n in range(4)]
    assert statuses == [200, 200, 200, 429]
    response = limited.post("/api/v1/graphs", json={"source": "x * 9"})
    assert response.json()["type"] == "/problems/rate-limited"
    assert 1 <= int(response.headers["retry-after"]) <= 20


def test_answers_that_are_there_do_not_count(limited: TestClient) -> None:
    for _ in range(10):
        assert limited.get("/dot?code=x*2").status_code == 200
    assert limited.get("/dot?code=x*3").status_code == 200


def test_pictures_are_limited_too_though_less(limited: TestClient) -> None:
    scales = [f"1.{number:03}" for number in range(1, 40)]
    statuses = [limited.get(f"/dot?code=x*2&font-scale={scale}").status_code for scale in scales]
    assert statuses == [200] * 30 + [429] * 9
    assert "draws 30 pictures" in limited.get("/dot?code=x*2&font-scale=1.9").json()["detail"]


def test_an_image_shows_that_there_were_too_many(limited: TestClient) -> None:
    for number in range(3):
        limited.get(f"/dot?code=x*{number}")
    response = limited.get("/svg?code=x*7")
    assert (response.status_code, response.headers["content-type"]) == (429, "image/svg+xml")
    assert "retry-after" in response.headers


def test_the_page_is_limited_like_the_api(limited: TestClient) -> None:
    for number in range(3):
        limited.get(f"/dot?code=x*{number}")
    assert limited.post("/", data={"source": "x * 7"}).status_code == 429


def test_a_full_queue_is_503_with_retry_after(limited: TestClient, pool: Answering) -> None:
    pool.error = BusyError("64 programs are waiting already.", retry_after_seconds=5)
    response = limited.post("/api/v1/graphs", json={"source": "x"})
    assert (response.status_code, response.headers["retry-after"]) == (503, "5")
    assert response.json()["type"] == "/problems/busy"


def test_a_sandbox_that_fails_is_503_and_not_ready(limited: TestClient, pool: Answering) -> None:
    assert limited.get("/readyz").status_code == 503
    pool.error = SandboxError("No child could be had.")
    assert limited.post("/api/v1/graphs", json={"source": "x"}).json()["type"] == "/problems/sandbox"
    assert limited.get("/readyz").status_code == 503
    assert limited.get("/healthz").status_code == 200


def test_a_fault_of_ours_is_500_with_an_id_and_tells_nothing(limited: TestClient, pool: Answering) -> None:
    pool.error = KeyError("secret")
    response = limited.post("/api/v1/graphs", json={"source": "x"})
    assert response.status_code == 500
    assert response.json()["request_id"] == response.headers["x-request-id"]
    assert response.headers["content-type"] == "application/problem+json"
    assert "secret" not in response.text
    pool.error = None
    assert limited.post("/api/v1/graphs", json={"source": "x"}).status_code == 200


def test_an_answer_that_depends_on_the_load_is_not_kept_by_anyone(limited: TestClient, pool: Answering) -> None:
    late = ExecutionAnswer.model_validate(
        {"problems": [{"slug": "time-limit", "severity": "error", "title": "Late", "detail": "Too late."}]}
    )

    async def execute(request: Program) -> ExecutionAnswer:
        return late

    pool.execute = execute  # type: ignore[method-assign]
    response = limited.get("/svg?code=x")
    assert (response.status_code, response.headers["cache-control"]) == (200, "no-store")
    assert "etag" not in response.headers
    assert "Late" in response.text


def test_a_long_body_to_draw_counts_as_many_pictures_before_it_is_read(limited: TestClient) -> None:
    long = b'{"graph": {"nodes": []}, "unknown": "' + b"x" * 40_000 + b'"}'
    sent = [
        limited.post("/api/v1/render", content=long, headers={"Content-Type": "application/json"}) for _ in range(3)
    ]
    assert [one.status_code for one in sent] == [422, 429, 429]
    assert sent[1].json()["type"] == "/problems/rate-limited"
    assert int(sent[1].headers["retry-after"]) >= 1
