"""What a client can ask without running anything."""

from dataclasses import fields

import pytest
from chainrule import __version__
from chainrule.limits import Limits
from chainrule.payload import decode
from fastapi.testclient import TestClient

from tests.web.counting import SETTINGS, CountingPool


def test_every_limit_is_told(client: TestClient) -> None:
    answer = client.get("/api/v1/limits").json()
    for field in fields(Limits):
        assert answer[field.name] == getattr(SETTINGS.limits, field.name)
    assert answer["body_bytes"] == SETTINGS.body_bytes
    assert answer["executions_per_minute"] == 0


def test_the_versions_are_told(client: TestClient) -> None:
    answer = client.get("/api/v1/version").json()
    assert answer["versions"]["chainrule"] == __version__
    assert answer["versions"]["torch"].startswith("2.13.0")


def test_every_example_can_be_posted_and_embedded(client: TestClient) -> None:
    examples = client.get("/api/v1/examples").json()
    assert "mean_of_cubes" in {example["name"] for example in examples}
    for example in examples:
        assert decode(example["payload"], 20_000) == example["source"]
        assert example["title"]


def test_the_operators_are_what_a_program_may_use(client: TestClient) -> None:
    answer = client.get("/api/v1/operators").json()
    assert answer["names"]["sin"] == "torch.sin"
    assert "cross_entropy" in answer["modules"]["torch.nn.functional"]
    assert "load" not in answer["modules"]["torch"]
    assert "backward" in answer["attributes"]
    power = next(one for one in answer["operators"] if one["op"].startswith("PowBackward"))
    assert any("grad" in vjp for vjp in power["vjps"]["self"])


def test_every_kind_of_problem_is_listed_with_its_status(client: TestClient) -> None:
    kinds = {kind["type"]: kind["status"] for kind in client.get("/api/v1/problems").json()}
    assert kinds["/problems/program-rejected"] == 422
    assert kinds["/problems/rate-limited"] == 429
    assert kinds["/problems/method-not-allowed"] == 405


def test_it_serves_and_can_run_programs(client: TestClient, pool: CountingPool) -> None:
    before = pool.executions
    assert client.get("/healthz").json() == {"status": "ok"}
    assert pool.executions == before
    assert client.get("/readyz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ok"}
    assert pool.executions == before + 1


def test_what_happened_is_counted(client: TestClient) -> None:
    client.get("/svg?code=x*1.25")
    client.get("/svg?code=x*1.25")
    text = client.get("/metrics").text
    assert 'chainrule_requests_total{method="GET",route="/svg",status="200"}' in text
    assert 'chainrule_stage_seconds_count{outcome="ok",stage="execute"}' in text
    assert 'chainrule_stage_seconds_count{outcome="ok",stage="layout"}' in text
    assert "chainrule_cache_drawings_hits" in text
    assert "chainrule_sandbox_starts 1.0" in text
    assert "1.25" not in "".join(line.rpartition(" ")[0] for line in text.splitlines())


@pytest.mark.parametrize("path", ["/api/v1/limits", "/api/v1/version", "/api/v1/examples", "/api/v1/operators"])
def test_the_catalogue_is_read_only(client: TestClient, path: str) -> None:
    refused = client.post(path)
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET, HEAD")


def test_every_kind_of_problem_has_a_page(client: TestClient) -> None:
    for kind in client.get("/api/v1/problems").json():
        assert client.get(kind["type"]).status_code == 200, kind
