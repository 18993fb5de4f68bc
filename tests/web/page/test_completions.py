"""What the editor completes is what programs may use."""

import pytest
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program
from chainrule.web.page.completions import described, entries
from fastapi.testclient import TestClient


def test_the_common_names_come_with_signature_and_description(client: TestClient) -> None:
    answer = client.get("/names")
    assert "max-age" in answer.headers["cache-control"]
    found = {(entry["owner"], entry["name"]): entry for entry in answer.json()}
    assert found[None, "sigmoid"]["signature"] == "(input)"
    assert "between 0 and 1" in found["torch", "sigmoid"]["text"]
    assert found["nn", "Linear"]["signature"] == "(in_features, out_features, bias=True)"
    assert "cut off from the graph" in found["Tensor", "detach"]["text"]


def test_most_bare_names_that_compute_are_described() -> None:
    assert len(described()) >= 150
    assert all(text.endswith(".") for _, text in described().values())


@pytest.mark.parametrize("path", sorted(described()))
def test_every_described_name_may_be_used(path: str) -> None:
    place = path.replace("Tensor.", "x.") if path.startswith("Tensor.") else path
    program = check(Program(f"x = torch.ones(1)\ny = {place}\n"), Limits())
    assert program.bound_names >= {"y"}


def test_no_completion_starts_with_an_underscore() -> None:
    assert not [entry.name for entry in entries() if entry.name.startswith("_")]
