"""What the inspector and the scripts are told of a node, gathered from the graph alone."""

import pytest
from chainrule.graph import Graph
from chainrule.web.page.index import index
from chainrule.web.page.node import detail
from fastapi.testclient import TestClient


@pytest.fixture(scope="module")
def graph(client: TestClient) -> Graph:
    source = (
        "x = torch.tensor([1., 4.], requires_grad=True)\n"
        "a, b = x.split(1)\n"
        "y = a*b + x.detach().sum() + a*2\n"
        "y.backward(retain_graph=True)\n"
        "y.backward()\n"
        "z = torch.log(x*0)\n"
    )
    return Graph.model_validate(client.post("/api/v1/graphs", json={"source": source}).json()["graph"])


def find(graph: Graph, op: str) -> str:
    return next(node.id for node in graph.nodes if node.op == op)


def test_the_contributions_of_every_use_are_listed_beside_their_sum(graph: Graph) -> None:
    shown = detail(graph, "", find(graph, "SplitBackward0"), 1)
    assert shown is not None
    first, second = shown.outputs
    assert first.gradient is not None
    assert second.gradient is not None
    assert first.gradient.tensor.values == [6.0]
    assert len(first.arrivals) == 2
    assert [one.tensor.tensor.values for one in second.arrivals if one.tensor] == [[1.0]]


def test_a_leaf_tells_each_pass_and_what_it_holds_after(graph: Graph) -> None:
    shown = detail(graph, "", find(graph, "AccumulateGrad"), 2)
    assert shown is not None
    assert shown.pass_index == 2
    assert shown.differs
    held = [one.accumulated.tensor.values for one in shown.accumulated if one.accumulated]
    assert held == [[6.0, 1.0], [12.0, 2.0]]


def test_a_pass_that_is_not_there_becomes_the_nearest_one(graph: Graph) -> None:
    shown = detail(graph, "", graph.nodes[0].id, 99)
    assert shown is not None
    assert shown.pass_index == 2


def test_an_unknown_node_has_no_detail(graph: Graph) -> None:
    assert detail(graph, "", "n999", 1) is None


def test_a_graph_without_a_pass_has_values_and_no_gradients(client: TestClient) -> None:
    answer = client.post("/api/v1/graphs", json={"source": "w*x", "gradient": "none"}).json()
    plain = Graph.model_validate(answer["graph"])
    shown = detail(plain, "w*x", plain.nodes[-1].id, None)
    assert shown is not None
    assert shown.pass_index is None
    assert shown.outputs[0].value is not None
    assert shown.outputs[0].gradient is None


def test_operations_and_names_are_as_people_say_them(graph: Graph) -> None:
    nodes = index(graph)["nodes"]
    assert {"leaf", "constant", "split", "mul", "add", "detach"} <= {node["operator"] for node in nodes}
    assert {"x", "y = add", "2"} <= {node["called"] for node in nodes}
    shown = detail(graph, "", next(node["id"] for node in nodes if "y" in node["names"]), 1)
    assert shown is not None
    assert shown.title == "y = add"


def test_sizes_in_the_index_say_nan_and_inf_first(client: TestClient) -> None:
    source = (
        "x = torch.tensor([0., 1.], requires_grad=True)\ny = torch.log(x)\nz = y - y\n"
        "e = torch.zeros(0)*x[:0]\nt = z.sum() + e.sum()"
    )
    made = Graph.model_validate(client.post("/api/v1/graphs", json={"source": source}).json()["graph"])
    sizes = {node["op"]: node["value"] for node in index(made)["nodes"]}
    assert sizes["LogBackward0"] == "inf"
    assert sizes["SubBackward0"] == "nan"
    assert sizes["MulBackward0"] is None
    assert abs(sizes["AccumulateGrad"] - 0.5**0.5) < 1e-3


def test_a_flag_of_one_pass_is_told_in_that_pass_only(graph: Graph) -> None:
    node = graph.nodes[1]
    flagged = node.model_copy(update={"flags": ["in_place", "first_nan_gradient"]})
    first, second = graph.passes
    passes = [first, second.model_copy(update={"first_nan": [node.id]})]
    nodes = [flagged if other.id == node.id else other for other in graph.nodes]
    twice = graph.model_copy(update={"passes": passes, "nodes": nodes})
    shown = [detail(twice, "", node.id, index) for index in (1, 2)]
    assert [one.flags for one in shown if one] == [("in_place",), ("in_place", "first_nan_gradient")]
