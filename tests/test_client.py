"""The client of the REST API."""

import asyncio
import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from chainrule.client import AsyncClient, Client, ProblemError, Program, picture_url
from chainrule.protocol.response import GraphAnswer

from tests import ROOT
from tests.web.counting import SETTINGS
from tests.web.running import running_server

EMPTY = {"id": "a", "graph": {"schema_version": 1}, "console": [], "problems": [], "timings": {}}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    with running_server(SETTINGS) as (host, port):
        yield f"http://{host}:{port}"


def replies(*responses: httpx.Response | Exception) -> tuple[httpx.MockTransport, list[httpx.Request]]:
    seen: list[httpx.Request] = []
    waiting = list(responses)

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        response = waiting.pop(0)
        if isinstance(response, Exception):
            raise response
        return response

    return httpx.MockTransport(answer), seen


def busy(status: int = 503, **headers: str) -> httpx.Response:
    document = {"type": "/problems/busy", "title": "Busy", "detail": "Many wait.", "status": status}
    return httpx.Response(status, json=document, headers=headers)


def test_a_program_is_traced(address: str) -> None:
    with Client(address) as chainrule:
        answer = chainrule.trace("(x ** 2).sum()", inputs={"x": [1.0, 2.0]})
    leaf = next(node for node in answer.graph.nodes if "x" in node.names)
    gradient = leaf.outputs[0].gradients[0]
    assert gradient is not None
    assert gradient.values == [2.0, 4.0]


def test_a_program_is_drawn_and_its_graph_is_drawn_again(address: str) -> None:
    program = Program("(x ** 2).sum()", {"x": [1.0, 2.0]})
    with Client(address) as chainrule:
        drawn = chainrule.draw(program, "svg", theme="dark")
        graph = chainrule.trace(program.source, inputs=program.inputs).graph
        assert chainrule.render(graph, program.source, theme="dark") == drawn
        assert chainrule.draw("x * 2", "png").startswith(b"\x89PNG")


def test_a_request_says_how_much_is_told(address: str) -> None:
    source = "x = torch.ones(100, requires_grad=True)\n(x * 2).sum().backward()"
    with Client(address) as chainrule:
        usual, told = chainrule.trace(source), chainrule.trace(source, values=100, jacobians=True, check=True)
        (many,) = chainrule.trace_many([Program(source)], values=0, check=True)
    assert usual.graph.nodes[0].outputs[0].value.values is None  # type: ignore[union-attr]
    assert told.graph.nodes[0].outputs[0].value.values == [1.0] * 100  # type: ignore[union-attr]
    assert not any(edge.jacobian for edge in usual.graph.edges)
    assert any(edge.jacobian for edge in told.graph.edges)
    assert isinstance(many, GraphAnswer)
    assert usual.check is None
    assert told.check is not None
    assert many.check == told.check


def test_tensors_come_as_arrays_by_name(address: str) -> None:
    with Client(address) as chainrule:
        tensors = chainrule.tensors("(x ** 3).sum()", inputs={"x": [1.0, 2.0]})
        with pytest.raises(ProblemError, match="tenosr"):
            chainrule.tensors("tenosr(1)")
    assert tensors["value/x"].tolist() == [1.0, 2.0]
    assert tensors["gradient/1/x"].tolist() == [3.0, 12.0]
    assert tensors.source == "(x ** 3).sum()"


def test_the_address_of_a_picture_gives_the_picture(address: str) -> None:
    program = Program("(x ** 2).sum()", {"x": [1.0, 2.0]}, seed=3)
    with Client(address) as chainrule:
        drawn = chainrule.draw(program, "svg", view="values")
    assert httpx.get(picture_url(address, program, view="values")).content == drawn


def test_each_program_of_many_has_its_outcome(address: str) -> None:
    with Client(address) as chainrule:
        good, bad = chainrule.trace_many([Program("x * 2"), Program("import pickle; pickle.load")])
    assert isinstance(good, GraphAnswer)
    assert isinstance(bad, ProblemError)
    assert bad.slug == "program-rejected"


def test_a_refusal_is_an_exception_with_every_violation(address: str) -> None:
    with Client(address) as chainrule, pytest.raises(ProblemError, match="422") as refusal:
        chainrule.trace("import pickle; pickle.load")
    assert (refusal.value.status, refusal.value.slug) == (422, "program-rejected")
    assert refusal.value.violations[0]["line"] == 1
    assert refusal.value.request_id


async def test_the_async_client_does_the_same(address: str) -> None:
    async with AsyncClient(address) as chainrule:
        one, other = await asyncio.gather(chainrule.trace("x * 2"), chainrule.trace("x * 3"))
        assert one.id != other.id
        drawn = await chainrule.draw("x * 2")
        assert await chainrule.render(one.graph, "x * 2") == drawn
        outcomes = await chainrule.trace_many([Program("x * 2")])
        assert isinstance(outcomes[0], GraphAnswer)
        assert (await chainrule.get("/api/v1/limits"))["source_bytes"] == 65_536


def test_a_busy_server_is_asked_again_when_it_says() -> None:
    transport, seen = replies(busy(429, **{"Retry-After": "7"}), busy(), httpx.Response(200, json=EMPTY))
    waits: list[float] = []
    with Client(transport=transport, sleep=waits.append) as chainrule:
        assert chainrule.trace("x").id == "a"
    assert waits == [7.0, 1.0]
    assert len(seen) == 3


def test_a_server_that_stays_busy_is_a_problem() -> None:
    transport, seen = replies(*[busy()] * 3)
    client = Client(transport=transport, retries=2, sleep=lambda _: None)
    with client as chainrule, pytest.raises(ProblemError, match="503 Busy: Many wait"):
        chainrule.trace("x")
    assert len(seen) == 3


def test_a_server_that_is_not_there_yet_is_asked_again() -> None:
    transport, _ = replies(httpx.ConnectError("refused"), httpx.Response(200, json=EMPTY))
    with Client(transport=transport, sleep=lambda _: None) as chainrule:
        assert chainrule.trace("x").id == "a"


def test_a_server_that_is_not_there_is_an_error() -> None:
    transport, _ = replies(httpx.ConnectError("refused"), httpx.ConnectError("refused"))
    with Client(transport=transport, retries=1, sleep=lambda _: None) as chainrule, pytest.raises(httpx.ConnectError):
        chainrule.trace("x")


async def test_the_async_client_retries_too() -> None:
    waits: list[float] = []

    async def sleep(seconds: float) -> None:
        waits.append(seconds)

    transport, _ = replies(busy(), httpx.ConnectError("refused"), httpx.Response(200, json=EMPTY))
    async with AsyncClient(transport=transport, sleep=sleep) as chainrule:
        assert (await chainrule.trace("x")).id == "a"
    assert waits == [0.5, 1.0]
    transport, _ = replies(httpx.ConnectError("refused"))
    async with AsyncClient(transport=transport, retries=0) as chainrule:
        with pytest.raises(httpx.ConnectError):
            await chainrule.trace("x")


@pytest.mark.parametrize("response", [httpx.Response(502, text="<html>"), httpx.Response(500, json=["no", "object"])])
def test_an_answer_that_is_no_problem_document_is_still_a_problem(response: httpx.Response) -> None:
    transport, _ = replies(response)
    with Client(transport=transport) as chainrule, pytest.raises(ProblemError) as refusal:
        chainrule.get("/api/v1/limits")
    assert refusal.value.status == response.status_code


def test_nothing_of_a_wait_is_longer_than_a_minute() -> None:
    transport, _ = replies(busy(503, **{"Retry-After": "100000"}), httpx.Response(200, json=EMPTY))
    waits: list[Any] = []
    with Client(transport=transport, sleep=waits.append) as chainrule:
        chainrule.trace("x")
    assert waits == [60.0]


@pytest.mark.parametrize("page", ["README.md", "docs/api.md"])
def test_the_example_of_the_documentation_works(address: str, page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    example = next(block for block in re.findall(r"```python\n(.*?)```", text, re.S) if "Client(" in block)
    assert 'Client("http://127.0.0.1:8000")' in example
    exec(compile(example.replace("http://127.0.0.1:8000", address), page, "exec"), {})
