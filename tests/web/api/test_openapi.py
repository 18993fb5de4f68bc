"""The OpenAPI document and the page of the API."""

import json
import re
from typing import Any

import pytest
from chainrule.web.problems import MEDIA_TYPE
from fastapi.testclient import TestClient


def references(value: Any) -> set[str]:
    return set(re.findall(r'"\$ref": "(#/[^"]+)"', json.dumps(value)))


def test_every_reference_leads_to_a_schema(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    found = references(document)
    assert "#/components/schemas/Graph" in found
    for reference in found:
        kind, name = reference.removeprefix("#/components/").split("/")
        assert name in document["components"][kind], reference


def test_every_error_is_described_as_a_problem(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            for status, response in operation["responses"].items():
                if int(status) >= 400:
                    assert MEDIA_TYPE in response["content"], (method, path, status)


def test_every_operation_has_its_own_id_and_a_summary(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    operations = [operation for item in paths.values() for operation in item.values()]
    ids = [operation["operationId"] for operation in operations]
    assert len(ids) == len(set(ids))
    assert all(operation["summary"] for operation in operations)


def test_the_page_shows_every_operation_and_schema_and_asks_nobody_else(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    page = client.get("/api").text
    for item in document["paths"].values():
        for operation in item.values():
            assert f'id="{operation["operationId"]}"' in page
    for name in document["components"]["schemas"]:
        assert f'id="schema-{name}"' in page
    assert "http://" not in page
    assert "https://" not in page
    assert "<script" not in page


def test_the_page_is_also_where_other_servers_have_it(client: TestClient) -> None:
    assert client.get("/docs", follow_redirects=False).headers["location"] == "/api"


@pytest.mark.parametrize(
    ("schema", "path", "accept"),
    [
        ("TraceBody", "/api/v1/graphs", "application/json"),
        ("BatchBody", "/api/v1/graphs:batch", "application/json"),
        ("RenderBody", "/api/v1/render", "image/svg+xml"),
    ],
)
def test_every_body_has_examples_that_work(client: TestClient, schema: str, path: str, accept: str) -> None:
    examples = client.get("/openapi.json").json()["components"]["schemas"][schema]["examples"]
    assert examples
    for example in examples:
        answer = client.post(path, json=example, headers={"Accept": accept})
        assert answer.status_code == 200, answer.text


def test_the_fields_of_a_graph_say_what_they_mean(client: TestClient) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    for name in ("Node", "Edge", "Graph"):
        silent = [field for field, one in schemas[name]["properties"].items() if not one.get("description")]
        assert set(silent) <= {"outputs", "nodes", "edges", "roots", "id", "kind", "slot"}, (name, silent)


def test_the_options_of_the_view_are_parameters_of_whatever_answers_pictures(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    known = set(document["components"]["parameters"])
    assert {one["name"] for one in document["components"]["parameters"].values()} >= {"view", "theme", "pass", "open"}
    for path, method in (("/svg", "get"), ("/pdf/{payload}", "get"), ("/embed", "get"), ("/api/v1/render", "post")):
        named = {one.get("$ref", "").rpartition("/")[2] for one in document["paths"][path][method]["parameters"]}
        assert named >= known, path
    page = client.get("/api").text
    for one in document["components"]["parameters"].values():
        assert f"<dt><code>{one['name']}</code>" in page
