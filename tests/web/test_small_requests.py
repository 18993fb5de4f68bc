"""Requests of a hundred bytes that once took seconds or gigabytes: each is refused for what it is."""

from typing import Any

import pytest
from chainrule.errors import GraphInvalidError
from chainrule.limits import Limits
from chainrule.payload import encode
from chainrule.web.api import render
from fastapi.testclient import TestClient

from tests.program.test_source import MULTIPLYING
from tests.web.counting import CountingPool

NODE = {"kind": "function", "op": "MulBackward0", "names": [], "sequence_nr": None, "span": None, "outputs": []}
EDGE = {"slot": 0, "output_nr": 0, "contributions": []}


def graph_of(*edges: tuple[str, str]) -> dict[str, Any]:
    names = dict.fromkeys(name for edge in edges for name in edge)
    return {
        "nodes": [{**NODE, "id": name} for name in names],
        "edges": [
            {**EDGE, "id": f"e{number}", "source": source, "target": target}
            for number, (source, target) in enumerate(edges)
        ],
    }


@pytest.mark.parametrize("source", MULTIPLYING.values(), ids=MULTIPLYING)
def test_an_address_that_the_compiler_would_copy_for_long_is_refused(
    client: TestClient, pool: CountingPool, source: str
) -> None:
    executions = pool.executions
    response = client.get(f"/json/{encode(source)}")
    assert response.status_code == 422
    assert response.json()["violations"][0]["slug"] == "too-deep"
    assert pool.executions == executions


def test_many_refused_places_behind_a_long_text_are_told(client: TestClient) -> None:
    refused = "".join(f";t.z{number}" for number in range(200))
    response = client.get("/json/" + encode(f"t=1;'{'a' * 18_000}'{refused}"))
    assert response.status_code == 422
    assert len(response.json()["violations"]) == 200


@pytest.mark.parametrize("source", ["x = [1]; " + " " * 19_000 + "$", "x = [1]\f" + "\f" * 19_000 + "$"])
def test_a_long_run_of_blanks_is_gone_through_once(client: TestClient, source: str) -> None:
    response = client.get(f"/json/{encode(source)}")
    assert response.status_code == 422
    assert response.json()["violations"][0]["slug"] == "syntax-error"


def test_what_only_the_compiler_refuses_is_told_as_before(client: TestClient) -> None:
    response = client.post("/api/v1/graphs", json={"source": "t = 1\ndef f(a, a): pass"})
    assert response.status_code == 422
    problem = response.json()
    assert problem["type"] == "/problems/program-rejected"
    (violation,) = problem["violations"]
    assert violation["slug"] == "syntax-error"
    assert violation["message"] == "duplicate argument 'a' in function definition"
    assert violation["line"] == 2


@pytest.mark.parametrize(
    "edges",
    [
        [("n1", "n0"), ("n0", "n1"), ("n2", "n1")],
        [("n0", "n0")],
        [("n0", "n1"), ("n1", "n2"), ("n2", "n0")],
        [("n3", "n0"), ("n1", "n2"), ("n2", "n1")],
    ],
)
def test_a_graph_whose_edges_lead_round_in_a_circle_is_no_graph(client: TestClient, edges: Any) -> None:
    body = {"graph": graph_of(*edges)}
    response = client.post("/api/v1/render?path=n0..n2", json=body)
    assert response.status_code == 422
    assert response.json()["type"] == "/problems/graph-invalid"
    assert "circle" in response.json()["detail"]


def test_nodes_may_stand_in_any_order(client: TestClient) -> None:
    body = {"graph": graph_of(("n0", "n1"), ("n1", "n2"), ("n0", "n2"))}
    assert client.post("/api/v1/render?path=n0..n2", json=body).status_code == 200


@pytest.mark.parametrize("key", [b'"re"', b'"\\u0072e"'])
def test_complex_numbers_are_counted_before_they_are_read(monkeypatch: pytest.MonkeyPatch, key: bytes) -> None:
    def read(*args: object) -> None:
        raise AssertionError("it was read")

    monkeypatch.setattr(render, "read_body", read)
    body = b'{"graph":{"values":[' + b",".join([b"{" + key + b':0,"im":0}'] * 1_001) + b"]}}"
    with pytest.raises(GraphInvalidError, match="over 1,000 complex numbers"):
        render.read_graph(body, Limits(graph_elements=1_000))
