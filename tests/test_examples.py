"""Every example, run through HTTP, against what PyTorch itself gives for the same text."""

import io
import math
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
import torch
from chainrule.assets import EXAMPLES
from chainrule.settings import Settings
from chainrule.web import create_app
from fastapi.testclient import TestClient
from torch import nn

SEED_X = [[0.4490, -0.7287, -1.2367], [1.0262, 0.3886, -1.2934], [0.2356, -1.5048, 0.1285]]
SOURCES = sorted(EXAMPLES.glob("*.py"))


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    with TestClient(create_app(Settings(rate_limit=0)), base_url="http://localhost") as client:
        yield client


@pytest.fixture(scope="module")
def two_servers() -> Iterator[list[TestClient]]:
    with ExitStack() as stack:
        yield [
            stack.enter_context(TestClient(create_app(Settings(rate_limit=0)), base_url="http://localhost"))
            for _ in range(2)
        ]


def trace(client: TestClient, source: str, **more: Any) -> dict[str, Any]:
    response = client.post("/api/v1/graphs", json={"source": source, **more})
    assert response.status_code == 200, response.text
    return response.json()


def example(name: str) -> str:
    return (EXAMPLES / f"{name}.py").read_text(encoding="utf-8")


def by_name(answer: dict[str, Any], name: str) -> dict[str, Any]:
    return next(node for node in answer["graph"]["nodes"] if name in node["names"])


def values(tensor: dict[str, Any]) -> torch.Tensor:
    return torch.tensor(tensor["values"])


def gradient(node: dict[str, Any], number: int = 1) -> torch.Tensor:
    gradients = node["outputs"][0]["gradients"]
    place = gradients["passes"].index(number)
    if gradients["stacked"] is not None:
        return values(gradients["stacked"])[place]
    return values(gradients["tensors"][place])


def accumulated(answer: dict[str, Any], node: dict[str, Any], number: int) -> torch.Tensor:
    return values(answer["graph"]["passes"][number - 1]["accumulated"][node["id"]])


def close(found: torch.Tensor, expected: Any) -> bool:
    return torch.allclose(found.double(), torch.as_tensor(expected).double(), atol=5e-5, rtol=0)


def console(answer: dict[str, Any], *streams: str) -> str:
    return "".join(line["text"] for line in answer["console"] if not streams or line["stream"] in streams)


def problems(answer: dict[str, Any], severity: str) -> list[dict[str, Any]]:
    return [problem for problem in answer["problems"] if problem["severity"] == severity]


def plain_run(source: str) -> tuple[dict[str, Any], str, Exception | None]:
    """Run the text as a plain script: the oracle."""
    torch.manual_seed(0)
    names: dict[str, Any] = {"__name__": "__main__", "torch": torch, "nn": nn, "F": nn.functional, "math": math}
    out, raised = io.StringIO(), None
    with redirect_stdout(out), redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            exec(compile(source, "<example>", "exec"), names)
        except RuntimeError as error:
            raised = error
    return names, out.getvalue(), raised


def test_the_seed_program_gives_the_chain_with_its_numbers(client: TestClient) -> None:
    answer = trace(client, example("mean_of_cubes"))
    functions = [node["op"] for node in answer["graph"]["nodes"] if node["kind"] == "function"]
    assert functions == ["PowBackward0", "MulBackward0", "SumBackward0", "DivBackward0"]

    x, z = by_name(answer, "x"), by_name(answer, "z")
    assert (x["kind"], x["op"], z["op"]) == ("leaf", "AccumulateGrad", "DivBackward0")
    assert close(values(x["outputs"][0]["value"]), SEED_X)
    assert round(values(z["outputs"][0]["value"]).item(), 4) == -1.1008
    assert close(gradient(x), [[0.1008, 0.2655, 0.7647], [0.5265, 0.0755, 0.8364], [0.0278, 1.1322, 0.0083]])
    assert close(gradient(x), torch.tensor(SEED_X) ** 2 / 2)
    assert close(gradient(by_name(answer, "g")), torch.full((3, 3), 1 / 12))


def test_the_seed_programs_constants_are_seen_where_they_take_part(client: TestClient) -> None:
    answer = trace(client, example("mean_of_cubes"))
    nodes = {node["id"]: node for node in answer["graph"]["nodes"]}
    seen = {
        (nodes[edge["source"]]["op"], nodes[edge["target"]]["outputs"][0]["value"]["values"])
        for edge in answer["graph"]["edges"]
        if nodes[edge["target"]]["kind"] == "constant"
    }
    assert seen >= {("PowBackward0", 3), ("MulBackward0", 2), ("DivBackward0", 12)}


def test_the_edges_of_the_seed_program_are_pytorchs(client: TestClient) -> None:
    answer = trace(client, example("mean_of_cubes"))
    nodes = {node["id"]: node for node in answer["graph"]["nodes"]}
    chain = [
        (nodes[edge["source"]]["op"], edge["slot"], nodes[edge["target"]]["op"], edge["output_nr"])
        for edge in answer["graph"]["edges"]
        if edge["kind"] == "gradient"
    ]
    assert sorted(chain) == [
        ("DivBackward0", 0, "SumBackward0", 0),
        ("MulBackward0", 0, "PowBackward0", 0),
        ("PowBackward0", 0, "AccumulateGrad", 0),
        ("SumBackward0", 0, "MulBackward0", 0),
    ]


def test_backward_of_a_non_scalar_is_pytorchs_error_at_its_line_with_the_graph_drawn(client: TestClient) -> None:
    source = example("not_a_scalar")
    answer = trace(client, source)
    (problem,) = problems(answer, "error")
    assert "grad can be implicitly created only for scalar outputs" in problem["message"]
    assert source.splitlines()[problem["span"]["line"] - 1] == "z.backward()"
    assert by_name(answer, "z")["op"] == "DivBackward0"
    assert close(values(by_name(answer, "z")["outputs"][0]["value"]), 2 * torch.tensor(SEED_X) ** 3 / 12)


def test_the_gradient_argument_is_the_cotangent_at_the_root(client: TestClient) -> None:
    answer = trace(client, example("gradient_argument"))
    x, root = by_name(answer, "x"), by_name(answer, "xx2")
    assert close(gradient(root, 1), [[1, 0, 0, 0]])
    assert close(gradient(x, 1), [[4, 0, 0, 0]])
    assert close(gradient(root, 2), [[0, 1, 0, 0]])
    assert close(gradient(x, 2), [[0, 8, 0, 0]])
    assert close(accumulated(answer, x, 2), [[0, 8, 0, 0]])


def test_gradients_of_two_passes_accumulate_and_both_are_seen(client: TestClient) -> None:
    answer = trace(client, example("gradient_adds_up"))
    x = by_name(answer, "x")
    assert close(gradient(x, 2), [[0, 8, 0, 0]])
    assert close(accumulated(answer, x, 1), [[4, 0, 0, 0]])
    assert close(accumulated(answer, x, 2), [[4, 8, 0, 0]])


def test_a_second_backward_without_retain_graph_keeps_the_first_pass(client: TestClient) -> None:
    source = example("backward_twice")
    answer = trace(client, source)
    (problem,) = problems(answer, "error")
    assert "Trying to backward through the graph a second time" in problem["message"]
    assert problem["span"]["line"] == len(source.splitlines())
    assert close(gradient(by_name(answer, "x"), 1), [[4, 0, 0, 0]])


def test_the_grad_of_a_non_leaf_is_none_and_a_warning_says_why(client: TestClient) -> None:
    answer = trace(client, example("grad_is_none"))
    assert console(answer, "stdout").startswith("None\n")
    assert "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed" in console(answer)
    assert any("x" in warning["detail"] and "leaf" in warning["detail"] for warning in problems(answer, "warning"))
    assert close(gradient(by_name(answer, "x")), [4.0, 4.0, 4.0])


def test_a_two_layer_network_with_a_step_of_sgd_agrees_with_a_plain_run(client: TestClient) -> None:
    source = example("two_layers")
    names, printed, _ = plain_run(source)
    answer = trace(client, source)
    assert console(answer, "stdout") == printed
    for path, parameter in names["net"].named_parameters():
        node = next(node for node in answer["graph"]["nodes"] if any(name.endswith(path) for name in node["names"]))
        assert close(gradient(node), parameter.grad), path


def test_a_custom_function_has_its_name_and_its_own_gradient(client: TestClient) -> None:
    answer = trace(client, example("custom_function"))
    (node,) = (node for node in answer["graph"]["nodes"] if node["op"] == "RoundBackward")
    names, _, _ = plain_run(example("custom_function"))
    assert close(gradient(by_name(answer, "x")), names["x"].grad)
    assert close(gradient(node), names["x"].grad)
    assert "custom" in node["flags"]


def test_an_expression_gets_an_input_and_one_implicit_pass(client: TestClient) -> None:
    answer = trace(client, "(2*x**3).sum()/12", inputs={"x": [1, 2, 3]})
    (only,) = answer["graph"]["passes"]
    assert only["call"] == "implicit"
    assert close(gradient(by_name(answer, "x")), [0.5, 2.0, 4.5])


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_example_prints_and_fails_as_pytorch_does(client: TestClient, path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    answer = trace(client, source)
    messages = [problem["message"] for problem in problems(answer, "error")]
    if path.stem.startswith("expression"):  # a plain script has no inputs
        assert messages == []
        return
    _, printed, raised = plain_run(source)
    assert console(answer, "stdout") == printed
    assert bool(messages) == bool(raised)
    if raised:
        assert str(raised).splitlines()[0][:60] in messages[0]


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_every_example_is_byte_equal_on_another_server(two_servers: list[TestClient], path: Path) -> None:
    request = {"source": path.read_text(encoding="utf-8")}
    answers, pictures = [], []
    for server in two_servers:
        answer = trace(server, **request)
        answer.pop("timings")
        answers.append(answer)
        reply = server.post("/api/v1/graphs", json=request, headers={"Accept": "image/svg+xml"})
        assert reply.headers["content-type"].startswith("image/svg+xml")
        pictures.append(reply.content)
    assert answers[0] == answers[1]
    assert pictures[0] == pictures[1]
