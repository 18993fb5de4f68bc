"""Bodies are read in threads, within bounds, and what is refused counts against whoever sent it."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from chainrule import pipeline as stages
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.web import create_app
from chainrule.web.api import bodies
from chainrule.web.api.bodies import MOST_FIELDS, MOST_PROGRAM_BYTES
from fastapi.testclient import TestClient

from tests.web.counting import SETTINGS

JSON = {"Content-Type": "application/json"}


class Nothing:
    """Runs nothing."""

    def __init__(self) -> None:
        self.requests: list[Program] = []

    async def start(self) -> None:
        self.loop_thread = threading.current_thread()

    async def stop(self) -> None: ...

    async def execute(self, request: Program) -> ExecutionAnswer:
        self.requests.append(request)
        return ExecutionAnswer()


@pytest.fixture
def nothing() -> Nothing:
    return Nothing()


@pytest.fixture
def limited(nothing: Nothing) -> Iterator[TestClient]:
    with TestClient(create_app(replace(SETTINGS, rate_limit=3), nothing), base_url="http://localhost") as client:
        yield client


@pytest.fixture
def free(nothing: Nothing) -> Iterator[TestClient]:
    with TestClient(create_app(SETTINGS, nothing), base_url="http://localhost") as client:
        yield client


REFUSED: dict[str, Callable[[TestClient, int], Any]] = {
    "a program": lambda client, n: client.post("/api/v1/graphs", json={"source": f"open({n})"}),
    "an address": lambda client, n: client.get(f"/json?code=open({n})"),
    "a picture": lambda client, n: client.get(f"/svg?code=open({n})"),
    "an input": lambda client, n: client.post("/api/v1/graphs", json={"source": "x", "inputs": {"y": n}}),
    "a program of the page": lambda client, n: client.post("/run", json={"source": f"open({n})"}),
    "a program of the form": lambda client, n: client.post("/", data={"source": f"open({n})"}),
    "no JSON": lambda client, n: client.post("/api/v1/graphs", content=b"{" * n, headers=JSON),
    "another schema": lambda client, n: client.post("/api/v1/graphs", json={"sauce": n}),
    "another schema of the page": lambda client, n: client.post("/run", json={"sauce": n}),
    "no batch": lambda client, n: client.post("/api/v1/graphs:batch", json={"items": n}),
}


@pytest.mark.parametrize("send", REFUSED.values(), ids=REFUSED)
def test_what_is_refused_counts(limited: TestClient, nothing: Nothing, send: Callable[[TestClient, int], Any]) -> None:
    statuses = [send(limited, number).status_code for number in range(1, 41)]
    assert set(statuses[:3]) <= {400, 422}
    assert set(statuses[3:]) == {429}
    assert nothing.requests == []


def test_programs_of_a_batch_that_are_refused_count(limited: TestClient) -> None:
    items = [{"source": f"open({number})"} for number in range(10)]
    outcomes = limited.post("/api/v1/graphs:batch", json={"items": items}).json()["outcomes"]
    assert sorted(outcome["status"] for outcome in outcomes) == [422] * 3 + [429] * 7


@pytest.mark.parametrize("path", ["/api/v1/graphs", "/api/v1/graphs:batch", "/api/v1/render", "/run"])
def test_no_body_is_read_on_the_event_loop(
    free: TestClient, nothing: Nothing, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    threads: list[threading.Thread] = []
    for module, name in ((bodies, "read_body"), (stages, "check")):
        true = getattr(module, name)

        def watched(*args: Any, true: Callable[..., Any] = true) -> Any:
            threads.append(threading.current_thread())
            return true(*args)

        monkeypatch.setattr(module, name, watched)
    sent = {"items": [{"source": "x"}]} if "batch" in path else {"graph": {}} if "render" in path else {"source": "x"}
    assert free.post(path, json=sent).status_code in (200, 422)
    assert threads or "render" in path
    assert nothing.loop_thread not in threads


def test_a_body_with_one_program_is_bounded(free: TestClient) -> None:
    source = b"x" * (MOST_PROGRAM_BYTES + 1)
    settings = replace(SETTINGS, body_bytes=10_000_000)
    with TestClient(create_app(settings, Nothing()), base_url="http://localhost") as client:
        for path, kind in (
            ("/api/v1/graphs", "application/json"),
            ("/api/v1/graphs", "text/x-python"),
            ("/run", "application/json"),
            ("/", "application/x-www-form-urlencoded"),
        ):
            assert client.post(path, content=source, headers={"Content-Type": kind}).status_code == 413


def test_a_form_of_many_fields_is_not_taken_apart(free: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    assert free.post("/", content=b"&" * 900_000, headers=form).status_code == 413
    assert free.post("/", content=b"source=1&" * (MOST_FIELDS - 1), headers=form).status_code == 200
    assert free.post("/", content=b"source=%ff", headers=form).status_code == 400
    assert free.post("/", content=b"source=1", headers={"Content-Type": "multipart/form-data"}).status_code == 415
    assert free.post("/run", content=b'{"source": "1"}', headers={"Content-Type": "text/plain"}).status_code == 415
