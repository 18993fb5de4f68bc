"""Many programs in one request, and drawing without running."""

from typing import Any

import pytest
from fastapi.testclient import TestClient

from tests.web.counting import CountingPool


def test_each_program_has_its_own_outcome(client: TestClient) -> None:
    items: list[Any] = [
        {"source": "x * 2"},
        {"source": "import pickle; pickle.load"},
        {"source": 7},
        5,
        {"source": "x * 3"},
    ]
    response = client.post("/api/v1/graphs:batch", json={"items": items})
    assert response.status_code == 200
    outcomes = response.json()["outcomes"]
    assert [outcome["status"] for outcome in outcomes] == [200, 422, 422, 422, 200]
    assert outcomes[1]["problem"]["type"] == "/problems/program-rejected"
    assert outcomes[2]["problem"]["type"] == "/problems/request-invalid"


def test_an_answer_of_a_batch_is_the_answer_that_it_would_have_had_alone(client: TestClient) -> None:
    item = {"source": "x * y", "inputs": {"x": 2.0, "y": [1.0, 2.0]}}
    alone = client.post("/api/v1/graphs", json=item).json()
    together = client.post("/api/v1/graphs:batch", json={"items": [item, item]}).json()["outcomes"]
    assert [outcome["answer"] for outcome in together] == [alone, alone]


@pytest.mark.parametrize("count", [0, 51])
def test_a_batch_has_from_1_to_50_programs(client: TestClient, count: int) -> None:
    response = client.post("/api/v1/graphs:batch", json={"items": [{"source": "x"}] * count})
    assert response.status_code == 422
    assert response.json()["violations"][0]["field"] == "items"


def test_a_batch_is_json(client: TestClient) -> None:
    answer = client.post("/api/v1/graphs:batch", content="x", headers={"Content-Type": "text/x-python"})
    assert answer.status_code == 415


def test_a_graph_is_drawn_as_it_was_when_it_was_run_and_nothing_runs(client: TestClient, pool: CountingPool) -> None:
    source = "z = (x * x).sum()"
    ran = client.post("/api/v1/graphs", json={"source": source, "inputs": {"x": [1.0, 2.0]}}).json()
    drawn = client.get("/svg", params={"code": source, "x": "[1.0, 2.0]"})
    before = pool.executions
    again = client.post("/api/v1/render", json={"graph": ran["graph"], "source": source})
    assert again.status_code == 200, again.text
    assert again.headers["content-type"] == "image/svg+xml"
    assert again.content == drawn.content
    assert pool.executions == before


def test_the_view_of_a_brought_graph_is_in_the_query(client: TestClient) -> None:
    graph = client.post("/api/v1/graphs", json={"source": "x * x"}).json()["graph"]
    dark = client.post("/api/v1/render?theme=dark", json={"graph": graph})
    light = client.post("/api/v1/render?theme=light", json={"graph": graph})
    assert dark.content != light.content
    assert client.post("/api/v1/render?theme=pink", json={"graph": graph}).status_code == 422
    assert client.post("/api/v1/render?seed=1", json={"graph": graph}).status_code == 400


@pytest.mark.parametrize(
    ("body", "status"),
    [({"graph": {"nodes": 5}}, 422), ({"graph": {"schema_version": 1, "extra": 1}}, 422), ({}, 422), ([], 422)],
)
def test_a_graph_that_is_none_is_refused(client: TestClient, body: Any, status: int) -> None:
    assert client.post("/api/v1/render", json=body).status_code == status


def test_a_graph_whose_edges_lead_nowhere_is_refused(client: TestClient) -> None:
    graph = client.post("/api/v1/graphs", json={"source": "x * x"}).json()["graph"]
    graph["edges"][0]["target"] = "n99"
    response = client.post("/api/v1/render", json={"graph": graph})
    assert response.status_code == 422, response.text
    assert response.json()["type"] == "/problems/graph-invalid"


def test_a_graph_may_come_without_its_source(client: TestClient) -> None:
    graph = client.post("/api/v1/graphs", json={"source": "x * x"}).json()["graph"]
    response = client.post("/api/v1/render", json={"graph": graph})
    assert (response.status_code, response.headers["content-type"]) == (200, "image/svg+xml")
