"""What was asked for before is answered before anybody looks at the request."""

from collections.abc import Iterator
from typing import Any

import pytest
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import Program
from chainrule.web import create_app
from chainrule.web.http.answer_cache import ASKED_BY_BODY, LARGEST_BYTES, GivenAnswer
from fastapi import FastAPI
from fastapi.testclient import TestClient
from httpx import Response

from tests.web.counting import SETTINGS


class Telling:
    """Answers everything with the problems that it is told to have."""

    problems: list[Problem] = []

    async def start(self) -> None:
        pass

    async def stop(self) -> None:
        pass

    async def execute(self, request: Program) -> ExecutionAnswer:
        return ExecutionAnswer(problems=self.problems)


@pytest.fixture
def pool() -> Telling:
    return Telling()


@pytest.fixture
def app(pool: Telling) -> FastAPI:
    return create_app(SETTINGS, pool)


@pytest.fixture
def client(app: FastAPI) -> Iterator[TestClient]:
    with TestClient(app, base_url="http://localhost") as client:
        yield client


@pytest.fixture
def routed(app: FastAPI, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests that came as far as routing."""
    seen: list[str] = []
    route = type(app.router).__call__

    async def watched(self: Any, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            seen.append(scope["path"])
        await route(self, scope, receive, send)

    monkeypatch.setattr(type(app.router), "__call__", watched)
    return seen


def ask(client: TestClient, source: str = "x * 2", **headers: str) -> Response:
    return client.post(ASKED_BY_BODY, json={"source": source}, headers=headers)


@pytest.mark.parametrize("accept", ["application/json", "image/svg+xml"])
def test_the_same_body_leaves_ahead_of_routing_and_is_the_same_answer(
    client: TestClient, routed: list[str], accept: str
) -> None:
    first, second = ask(client, accept=accept), ask(client, accept=accept)
    assert routed == [ASKED_BY_BODY]
    assert (second.status_code, second.content) == (200, first.content)
    own = {"x-request-id"}
    assert {n: v for n, v in first.headers.items() if n not in own} == {
        n: v for n, v in second.headers.items() if n not in own
    }


def test_whatever_the_answer_depends_on_makes_another_one(client: TestClient, routed: list[str]) -> None:
    ask(client, accept="application/json")
    ask(client, "x * 3", accept="application/json")
    assert ask(client, accept="text/plain").headers["content-type"].startswith("text/plain")
    assert ask(client, **{"accept": "application/json", "accept-encoding": "identity"}).status_code == 200
    client.post(f"{ASKED_BY_BODY}?view=values", json={"source": "x * 2"}, headers={"accept": "application/json"})
    content = b'{"source":"x * 2"}'
    kinds = ("application/json", "text/x-python")
    answers = [client.post(ASKED_BY_BODY, content=content, headers={"content-type": kind}) for kind in kinds]
    assert answers[0].json()["id"] != answers[1].json()["id"]
    assert len(routed) == 7


def test_what_may_come_out_otherwise_next_time_is_not_kept(
    client: TestClient, pool: Telling, routed: list[str]
) -> None:
    pool.problems = [Problem.of("time-limit")]
    assert ask(client).json()["problems"]
    pool.problems = []
    assert not ask(client).json()["problems"]
    assert len(routed) == 2


def test_refusals_are_not_kept(client: TestClient, routed: list[str]) -> None:
    for _ in range(2):
        assert ask(client, "import pickle; pickle.load").status_code == 422
    for _ in range(2):
        assert ask(client, accept="text/x").status_code == 406
    assert len(routed) == 4


def test_a_body_in_several_parts_is_answered(client: TestClient, routed: list[str]) -> None:
    parts = iter([b'{"source":', b'"x * 2"}'])
    answer = client.post(ASKED_BY_BODY, content=parts, headers={"content-type": "application/json"})
    assert answer.status_code == 200
    assert len(routed) == 1


def test_a_large_answer_is_not_kept() -> None:
    given = GivenAnswer()
    given.add({"type": "http.response.start", "status": 200, "headers": []})
    given.add({"type": "http.response.body", "body": bytes(LARGEST_BYTES)})
    assert given.messages == []
