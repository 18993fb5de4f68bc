"""A graph that a broken or hostile child sends may say anything: explaining it takes little and raises nothing."""

import tracemalloc
from typing import Any

import pytest
import torch
from chainrule.explain.chain.chain_rule import chain_rule
from chainrule.explain.concepts.questions import concepts
from chainrule.explain.explain import explain
from chainrule.graph import Graph
from chainrule.tape import Tape

HUGE = 10**12


def document(run: Any, *shape: int) -> dict[str, Any]:
    x = torch.ones(*shape, requires_grad=True)
    with Tape(jacobians=True) as tape:
        run(x).sum().backward()
    made: dict[str, Any] = tape.graph(names={"x": x}).model_dump(mode="json")
    return made


def ask(told: dict[str, Any]) -> None:
    graph = Graph.model_validate_json(Graph.model_construct(**told).model_dump_json())
    tracemalloc.start()
    try:
        for node in graph.nodes:
            explain(graph, node.id)
            chain_rule(graph, node.id)
        concepts(graph)
        assert tracemalloc.get_traced_memory()[1] < 50_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.filterwarnings("ignore::UserWarning:pydantic")
@pytest.mark.parametrize(
    ("run", "parameter", "value"),
    [
        (lambda x: x.repeat(2, 2), "repeats", [HUGE, HUGE]),
        (lambda x: torch.diag_embed(x), "offset", HUGE),
        (lambda x: torch.nn.functional.pad(x, (1, 1)), "pad", [HUGE, HUGE]),
        (lambda x: x.select(0, 1), "index", HUGE),
        (lambda x: x.permute(1, 0), "dims", [7, 7, 7]),
        (lambda x: x.sum(1), "dim", [HUGE]),
        (lambda x: x.unfold(0, 2, 1), "step", 0),
        (lambda x: x**3, "exponent", "word"),
        (lambda x: x.roll(1, 0), "shifts", []),
        (lambda x: x.flip(0), "dims", "?"),
    ],
)
def test_parameters_that_make_no_sense(run: Any, parameter: str, value: Any) -> None:
    told = document(run, 2, 2)
    for node in told["nodes"]:
        if parameter in node["saved"]:
            node["saved"][parameter] = value
    ask(told)


@pytest.mark.filterwarnings("ignore::UserWarning:pydantic")
@pytest.mark.parametrize("shape", [[HUGE], [3, 5], [-1, 4], []])
def test_shapes_that_do_not_fit_their_numbers(shape: list[int]) -> None:
    told = document(lambda x: (x * x).tanh(), 2, 2)
    for node in told["nodes"]:
        for output in node["outputs"]:
            output["value"]["shape"] = shape
    ask(told)


@pytest.mark.filterwarnings("ignore::UserWarning:pydantic")
@pytest.mark.parametrize("jacobian", [[[1.0], [1.0, 2.0]], [[]], [], [["nan"] * 3] * 3])
def test_jacobians_that_do_not_fit(jacobian: list[Any]) -> None:
    told = document(lambda x: x * x, 2, 2)
    for edge in told["edges"]:
        edge["jacobian"] = jacobian
    ask(told)


@pytest.mark.filterwarnings("ignore::UserWarning:pydantic")
@pytest.mark.parametrize(
    "name", ["<script>alert(1)</script>", r"\text{x}", "a}b", "x_1_2", "lambda", "가중치", "_", "x__"]
)
def test_names_that_are_no_mathematics(name: str) -> None:
    told = document(lambda x: x.exp(), 2, 2)
    told["nodes"][0]["names"] = [name]
    ask(told)
    graph = Graph.model_validate(told, strict=False)
    edge = explain(graph, graph.nodes[1].id).edges[0]
    assert edge.symbolic is not None
    assert "<script" not in edge.symbolic.mathml
