"""POST /api/v1/graphs: a program goes in, its graph comes out."""

from typing import Any

import pytest
import torch
from chainrule.web.problems import MEDIA_TYPE
from fastapi.testclient import TestClient

PROBLEM_FIELDS = {"type", "title", "status", "detail", "instance", "request_id"}


def post(client: TestClient, source: str, **more: Any) -> Any:
    return client.post("/api/v1/graphs", json={"source": source, **more})


def node_named(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in answer["graph"]["nodes"] if name in node["names"])


def test_an_expression_is_answered_with_its_graph(client: TestClient) -> None:
    response = post(client, "(2*x**3).sum()/12", inputs={"x": [1.0, 2.0, 3.0]})
    assert response.status_code == 200
    answer = response.json()
    assert set(answer) == {"id", "graph", "console", "figures", "problems", "check", "timings"}
    assert answer["check"] is None
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    ((2 * x**3).sum() / 12).backward()
    assert x.grad is not None
    assert node_named(answer, "x")["outputs"][0]["gradients"]["tensors"][0]["values"] == pytest.approx(x.grad.tolist())


def test_the_same_request_gives_the_same_id_and_graph_whatever_its_form(client: TestClient) -> None:
    as_json = post(client, "y = x * x", inputs={"x": 3.0}).json()
    as_text = client.post("/api/v1/graphs?x=3.0", content="y = x * x", headers={"Content-Type": "text/x-python"}).json()
    assert as_text["id"] == as_json["id"]
    assert as_text["graph"] == as_json["graph"]


def test_another_seed_is_another_answer(client: TestClient) -> None:
    ids = {post(client, "(x * torch.rand(3)).sum()", seed=seed).json()["id"] for seed in (0, 1)}
    assert len(ids) == 2


def test_a_check_compares_gradients_with_finite_differences(client: TestClient) -> None:
    plain = post(client, "sin(x).sum()", inputs={"x": [1.0, 2.0]}).json()
    checked = post(client, "sin(x).sum()", inputs={"x": [1.0, 2.0]}, check=True).json()
    assert plain["check"] is None
    assert checked["id"] != plain["id"]
    assert checked["graph"] == plain["graph"]
    (leaf,) = checked["check"]["leaves"]
    assert leaf["agrees"]
    assert leaf["compared"] == 2


def test_gradient_none_runs_no_pass(client: TestClient) -> None:
    assert post(client, "x * x", gradient="none").json()["graph"]["passes"] == []


def test_a_gradient_is_the_cotangent_of_the_root(client: TestClient) -> None:
    answer = post(client, "y = x ** 2", inputs={"x": [1.0, 2.0]}, gradient=[1.0, 0.0]).json()
    assert node_named(answer, "x")["outputs"][0]["gradients"]["tensors"][0]["values"] == [2.0, 0.0]


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("image/svg+xml", "image/svg+xml"),
        ("text/html;q=0.1, image/svg+xml", "image/svg+xml"),
        ("*/*", "application/json"),
        ("application/*", "application/json"),
    ],
)
def test_the_accept_header_chooses_the_kind_of_answer(client: TestClient, accept: str, kind: str) -> None:
    response = client.post("/api/v1/graphs", json={"source": "x * x"}, headers={"Accept": accept})
    assert response.headers["content-type"].partition(";")[0] == kind
    assert "Accept" in response.headers["vary"]


def test_an_answer_of_a_kind_that_is_not_given_is_refused(client: TestClient) -> None:
    response = client.post("/api/v1/graphs", json={"source": "x"}, headers={"Accept": "audio/ogg"})
    assert response.status_code == 406
    assert "image/svg+xml" in response.json()["detail"]


def test_a_program_that_raises_is_answered_with_the_graph_so_far(client: TestClient) -> None:
    response = post(client, "x = torch.ones(2, requires_grad=True)\ny = x * 3\nprint('here')\n1 / 0\n")
    assert response.status_code == 200
    answer = response.json()
    assert [problem["span"]["line"] for problem in answer["problems"] if problem["severity"] == "error"] == [4]
    assert answer["console"][0]["text"].startswith("here")
    assert node_named(answer, "y")


@pytest.mark.parametrize(
    ("body", "status", "slug"),
    [
        ({"source": ""}, 422, "empty-source"),
        ({"source": " \n"}, 422, "empty-source"),
        ({"source": "#" * 65_537}, 413, "source-too-long"),
        ({"source": "x = ("}, 422, "program-rejected"),
        ({"source": "import pickle; pickle.load"}, 422, "program-rejected"),
        ({"source": "tenosr([1.])"}, 422, "program-rejected"),
        ({"source": "x * 2", "inputs": {"x": [[1.0], [1.0, 2.0]]}}, 422, "input-invalid"),
        ({"source": "y = x * 2", "inputs": {"x": 1.0}, "root": "zz"}, 422, "root-unknown"),
        ({"source": "y = x * 2", "inputs": {"x": [1.0, 2.0]}, "gradient": [1.0]}, 422, "gradient-invalid"),
        ({"source": "x", "inputs": {"x": "three"}}, 422, "input-invalid"),
        ({"source": "x * 2", "gradient": "one"}, 422, "gradient-invalid"),
        ({"source": "x", "inputs": [1.0]}, 422, "request-invalid"),
        ({"source": "x", "colour": "red"}, 422, "request-invalid"),
        ({"source": "x", "seed": -1}, 422, "request-invalid"),
        ({}, 422, "request-invalid"),
        ([], 422, "request-invalid"),
    ],
)
def test_a_bad_request_gets_its_own_problem(client: TestClient, body: Any, status: int, slug: str) -> None:
    response = client.post("/api/v1/graphs", json=body)
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == MEDIA_TYPE
    problem = response.json()
    assert set(problem) >= PROBLEM_FIELDS
    assert problem["type"] == f"/problems/{slug}"
    assert problem["status"] == status


def test_every_violation_has_its_place(client: TestClient) -> None:
    problem = post(client, "import pickle; pickle.load\ny = x.__class__\nz = tenosr(1.)\n").json()
    places = {(violation["line"], violation["column"]) for violation in problem["violations"]}
    assert {(line, column) for line, column in places if line in (1, 3)} == {(1, 0), (3, 4)} & places | {
        (line, column) for line, column in places if line in (1, 3)
    }
    assert {line for line, _ in places} == {1, 2, 3}
    assert any(violation.get("suggestion") == "tensor" for violation in problem["violations"])


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"", "application/json", 400),
        (b"\xff\xfe", "application/json", 400),
        (b"\xff\xfe", "text/x-python", 400),
        (b"x", "application/xml", 415),
        (b"x", "", 415),
    ],
)
def test_a_body_that_cannot_be_read_is_refused(client: TestClient, content: bytes, kind: str, status: int) -> None:
    response = client.post("/api/v1/graphs", content=content, headers={"Content-Type": kind} if kind else {})
    assert response.status_code == status, response.text
    assert response.json()["status"] == status


@pytest.mark.parametrize("path", ["/api/v1/graphs", "/api/v1/graphs:batch", "/api/v1/render"])
def test_a_body_of_too_many_tiny_parts_is_refused_unread(client: TestClient, path: str) -> None:
    answer = client.post(path, content=b'{"source": ' + b"[" * 600_000, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413
    assert answer.json()["type"] == "/problems/body-too-large"
    assert "more numbers, lists or objects" in answer.json()["detail"]


def test_a_thousand_violations_are_counted_instead_of_told(client: TestClient) -> None:
    answer = client.post("/api/v1/graphs", json={"source": "x", **{f"a{i}": 1 for i in range(1000)}})
    assert answer.status_code == 422
    assert "1,000 things do not fit the schema" in answer.json()["detail"]
    assert len(answer.content) < 1000


def test_a_field_that_does_not_fit_is_named(client: TestClient) -> None:
    violations = post(client, "x", seed="many").json()["violations"]
    assert [violation["field"] for violation in violations] == ["seed"]


def test_graphs_is_no_collection_to_be_read(client: TestClient) -> None:
    response = client.get("/api/v1/graphs")
    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["type"] == "/problems/method-not-allowed"


def test_an_unknown_address_is_a_problem_too(client: TestClient) -> None:
    response = client.get("/api/v1/nothing")
    assert (response.status_code, response.headers["content-type"]) == (404, MEDIA_TYPE)


def test_a_complex_input_is_answered_one_way_or_the_other(client: TestClient) -> None:
    response = post(client, "x * 2", inputs={"x": {"re": 1.0, "im": 2.0}})
    assert response.status_code in (200, 422), response.text
