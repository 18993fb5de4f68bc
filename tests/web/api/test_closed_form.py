"""POST /api/v1/closed-form: a program goes in, the gradient of each leaf comes out as an expression."""

import pytest
import torch
from fastapi.testclient import TestClient

SEED = "x = torch.tensor([1., 2., 3.], requires_grad=True)\ng = 2 * x ** 3\nz = g.sum() / 12\nz.backward()"


def test_the_gradient_of_a_leaf_is_told_as_an_expression(client: TestClient) -> None:
    response = client.post("/api/v1/closed-form", json={"source": SEED})
    assert response.status_code == 200
    (leaf,) = response.json()["leaves"]
    assert set(leaf) == {"node", "name", "latex", "text", "equals_autograd", "largest_error", "reason"}
    assert (leaf["name"], leaf["text"], leaf["latex"]) == ("x", "x**2/2", r"\frac{x^{2}}{2}")
    assert leaf["equals_autograd"] is True
    assert leaf["largest_error"] < 1e-6
    assert leaf["reason"] == ""


def test_an_expression_with_inputs_is_told_alike_whatever_the_form_of_the_body(client: TestClient) -> None:
    as_json = client.post("/api/v1/closed-form", json={"source": "(2*x**3).sum()/12", "inputs": {"x": [1, 2, 3]}})
    as_text = client.post(
        "/api/v1/closed-form?x=[1,2,3]", content="(2*x**3).sum()/12", headers={"Content-Type": "text/x-python"}
    )
    assert as_json.json() == as_text.json()
    assert as_json.json()["leaves"][0]["text"] == "x**2/2"


def test_the_numbers_are_those_of_the_text(client: TestClient) -> None:
    x = torch.tensor([0.5, 1.5], requires_grad=True)
    (x * torch.exp(x)).sum().backward()
    assert x.grad is not None
    answer = client.post("/api/v1/closed-form", json={"source": "(x*exp(x)).sum()", "inputs": {"x": [0.5, 1.5]}}).json()
    made = eval(answer["leaves"][0]["text"], {"x": x.detach(), "exp": torch.exp})
    assert made.tolist() == pytest.approx(x.grad.tolist())


def test_where_there_is_none_the_reason_is_told(client: TestClient) -> None:
    answer = client.post("/api/v1/closed-form", json={"source": "torch.cumsum(x, 0).sum()", "inputs": {"x": [1, 2]}})
    (leaf,) = answer.json()["leaves"]
    assert (leaf["text"], leaf["latex"], leaf["equals_autograd"]) == (None, None, False)
    assert "cumsum" in leaf["reason"]


def test_a_program_without_backward_has_no_leaves(client: TestClient) -> None:
    assert client.post("/api/v1/closed-form", json={"source": "y = 1 + 1"}).json() == {"leaves": []}


def test_a_refused_program_is_a_problem(client: TestClient) -> None:
    assert client.post("/api/v1/closed-form", json={"source": "(("}).status_code == 422
