"""All values and gradients of a program by address and by POST."""

from pathlib import Path
from typing import Any

import torch
from chainrule.graph.tensor_file import TensorFile
from chainrule.payload import encode
from fastapi.testclient import TestClient
from safetensors.torch import load_file

KIND = "application/vnd.safetensors"
SOURCE = "x = torch.randn(3000, requires_grad=True)\ny = (x**3).sum()\ny.backward()"


def oracle() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    x = torch.randn(3000, requires_grad=True)
    (x**3).sum().backward()
    assert x.grad is not None
    return x.detach(), x.grad


def posted(client: TestClient, **more: Any) -> Any:
    return client.post("/api/v1/graphs", json={"source": SOURCE, **more}, headers={"Accept": KIND})


def test_pytorch_loads_what_the_address_gives(client: TestClient, tmp_path: Path) -> None:
    response = client.get(f"/safetensors/{encode(SOURCE)}", params={"download": "1"})
    assert response.status_code == 200
    assert response.headers["content-type"] == KIND
    assert response.headers["content-disposition"] == 'attachment; filename="graph.safetensors"'
    path = tmp_path / "graph.safetensors"
    path.write_bytes(response.content)
    tensors = load_file(path)
    x, gradient = oracle()
    assert torch.equal(tensors["value/x"], x)
    assert torch.equal(tensors["gradient/1/x"], gradient)
    assert torch.equal(tensors["grad/1/x"], gradient)
    assert TensorFile(response.content).source == SOURCE
    assert TensorFile(response.content).left_out == {}


def test_a_post_that_accepts_it_gets_the_same(client: TestClient) -> None:
    response = posted(client)
    assert response.headers["content-type"] == KIND
    assert response.content == client.get(f"/safetensors/{encode(SOURCE)}").content
    again = client.get(f"/safetensors/{encode(SOURCE)}", headers={"If-None-Match": "*"})
    assert again.status_code in (200, 304)


def test_names_belong_to_the_nodes_of_the_json(client: TestClient) -> None:
    nodes = client.post("/api/v1/graphs", json={"source": SOURCE}).json()["graph"]["nodes"]
    places = TensorFile(posted(client).content).places
    assert {place["node"] for place in places.values()} <= {node["id"] for node in nodes}
    (x,) = (node for node in nodes if "x" in node["names"])
    assert places["value/x"] == {"what": "value", "node": x["id"], "output_nr": 0}


def test_asking_for_it_is_refused_as_everything_is(client: TestClient) -> None:
    response = client.post("/api/v1/graphs", json={"source": "tenosr(1)"}, headers={"Accept": KIND})
    assert response.status_code == 422
    assert response.headers["content-type"].startswith("application/problem+json")
    assert client.get("/safetensors/!").status_code in (400, 404)


def test_a_drawing_of_a_brought_graph_is_a_picture(client: TestClient) -> None:
    response = client.post("/api/v1/render", json={"graph": {}}, headers={"Accept": KIND})
    assert response.status_code == 406


def test_a_program_that_raises_has_what_it_made(client: TestClient) -> None:
    source = "x = torch.ones(2, requires_grad=True)\ny = x * 3\nraise ValueError('late')"
    assert "value/y" in TensorFile(client.get(f"/safetensors/{encode(source)}").content)
    assert dict(TensorFile(client.get(f"/safetensors/{encode('1 / 0')}").content)) == {}
