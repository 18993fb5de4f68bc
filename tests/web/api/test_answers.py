"""JSON is a view of what was recorded: a request says how much of it is told."""

from typing import Any

import pytest
import torch
from chainrule.payload import encode
from fastapi.testclient import TestClient

from tests.web.counting import CountingPool

SOURCE = (
    "x = torch.arange(100.0, requires_grad=True)\nw = torch.tensor([1.0, 2.0], requires_grad=True)\n"
    "(x.sum() * w**2).sum().backward()"
)
PATH = "/api/v1/graphs"


def post(client: TestClient, **more: Any) -> Any:
    return client.post(PATH, json={"source": SOURCE, **more})


def named(answer: Any, name: str) -> Any:
    return next(node for node in answer["graph"]["nodes"] if name in node["names"])["outputs"][0]


def test_tensors_of_up_to_64_elements_are_listed(client: TestClient) -> None:
    answer = post(client).json()
    assert answer["graph"]["schema_version"] == 2
    assert named(answer, "w")["value"]["values"] == [1, 2]
    x = named(answer, "x")["value"]
    assert x["values"] is None
    assert x["shape"] == [100]
    assert x["stats"]["max"] == 99
    assert sum(x["stats"]["histogram"]) == 100
    assert x["preview"] == "tensor([0., 1., 2., ..., 97., 98., 99.])"
    assert named(answer, "x")["gradients"]["tensors"][0]["values"] is None


def test_a_request_says_how_many_elements_are_listed(client: TestClient) -> None:
    all_of_it = post(client, values=1024).json()
    assert named(all_of_it, "x")["value"]["values"] == torch.arange(100.0).tolist()
    assert named(all_of_it, "x")["value"]["stats"]["histogram"] is None
    none = post(client, values=0).json()
    assert named(none, "w")["value"]["values"] is None
    assert all(
        output["value"] is None or output["value"]["values"] is None
        for node in none["graph"]["nodes"]
        for output in node["outputs"]
    )


def test_what_is_listed_changes_nothing_else(client: TestClient) -> None:
    def without_numbers(part: Any) -> Any:
        if isinstance(part, dict):
            return {name: without_numbers(value) for name, value in part.items() if name not in ("values", "histogram")}
        return [without_numbers(value) for value in part] if isinstance(part, list) else part

    usual, none, whole = post(client).json(), post(client, values=0).json(), post(client, values=1024).json()
    assert without_numbers(usual["graph"]) == without_numbers(none["graph"]) == without_numbers(whole["graph"])
    assert len({usual["id"], none["id"], whole["id"]}) == 3


def test_jacobians_are_told_where_they_are_asked_for(client: TestClient) -> None:
    plain, told = post(client).json(), post(client, jacobians=True).json()
    assert all(edge["jacobian"] is None for edge in plain["graph"]["edges"])
    by_power = next(node["id"] for node in told["graph"]["nodes"] if node["op"] == "PowBackward0")
    (edge,) = (edge for edge in told["graph"]["edges"] if edge["source"] == by_power and edge["kind"] == "gradient")
    assert edge["jacobian"] == [[2, 0], [0, 4]]
    assert "jacobians" in told["timings"]


def test_a_question_is_asked_once(client: TestClient, pool: CountingPool) -> None:
    post(client, jacobians=True, check=True)
    executions = pool.executions
    answer = post(client, jacobians=True, check=True, values=7).json()
    assert pool.executions == executions
    assert {leaf["name"] for leaf in answer["check"]["leaves"]} == {"x", "w"}
    assert any(edge["jacobian"] for edge in answer["graph"]["edges"])


def test_a_graph_told_without_jacobians_is_not_run_again_for_them(client: TestClient, pool: CountingPool) -> None:
    large = "x = torch.ones(2, requires_grad=True)\ny = x\nfor _ in range(3_100):\n    y = y * 1\ny.sum().backward()"
    executions = pool.executions
    told = client.post(PATH, json={"source": large, "jacobians": True, "values": 0}).json()
    assert len(told["graph"]["nodes"]) > 3_100
    assert pool.executions == executions + 1
    assert "jacobians" not in told["timings"]


@pytest.mark.parametrize(
    ("path", "kind"), [(PATH, "text/x-python"), (f"/json/{encode(SOURCE)}", "")], ids=["text", "address"]
)
def test_a_query_says_it_too(client: TestClient, path: str, kind: str) -> None:
    query = {"values": "0", "jacobians": "1"}
    answer = (
        client.post(path, params=query, content=SOURCE, headers={"Content-Type": kind})
        if kind
        else client.get(path, params=query)
    ).json()
    assert named(answer, "w")["value"]["values"] is None
    assert any(edge["jacobian"] for edge in answer["graph"]["edges"])
    assert answer["id"] == post(client, values=0, jacobians=True).json()["id"]


@pytest.mark.parametrize("values", ["-1", "1025", "ten", "1.5", "9" * 30])
def test_a_number_that_cannot_be_listed_is_refused(client: TestClient, values: str) -> None:
    for response in (
        client.get(f"/json/{encode(SOURCE)}", params={"values": values}),
        client.post(PATH, params={"values": values}, content=SOURCE, headers={"Content-Type": "text/x-python"}),
    ):
        assert response.status_code == 422
        assert response.json()["type"] == "/problems/view-invalid"
        assert "values" in response.json()["detail"]


def test_a_body_that_asks_for_too_much_is_refused(client: TestClient) -> None:
    response = post(client, values=1025)
    assert response.status_code == 422
    assert "must be from 0 to 1024" in response.json()["detail"]
    assert post(client, values=-1).status_code == 422
    assert client.get(f"/json/{encode(SOURCE)}", params={"jacobians": "yes"}).status_code == 422


def test_beside_a_body_of_json_the_query_does_not_say_it(client: TestClient) -> None:
    response = client.post(f"{PATH}?values=3", json={"source": SOURCE})
    assert response.status_code == 400
    assert "stands in the body" in response.json()["detail"]


def test_an_input_of_a_picture_may_still_be_called_values(client: TestClient) -> None:
    assert client.get("/svg", params={"code": "values * 2", "values": "[1,2]"}).status_code == 200


def test_each_program_of_a_batch_says_it_for_itself(client: TestClient) -> None:
    items = [{"source": SOURCE, "values": 0}, {"source": SOURCE, "jacobians": True}, {"source": SOURCE, "values": 5000}]
    outcomes = client.post("/api/v1/graphs:batch", json={"items": items}).json()["outcomes"]
    assert [outcome["status"] for outcome in outcomes] == [200, 200, 422]
    assert named(outcomes[0]["answer"], "w")["value"]["values"] is None
    assert any(edge["jacobian"] for edge in outcomes[1]["answer"]["graph"]["edges"])
