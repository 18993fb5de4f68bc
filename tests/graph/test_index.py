"""What is asked of a graph by an id, by an end of an edge, or in a pass."""

import pytest
from chainrule.graph import Edge, Graph, Pass
from chainrule.graph.history import EMPTY
from chainrule.graph.index import GraphIndex, in_pass

from tests.graph.program import trace

TWICE = """
x = torch.tensor([1.0, 2.0], requires_grad=True)
w = torch.tensor(3.0, requires_grad=True)
y = (x * x).sum()
y.backward()
(w * 2).backward()
"""


@pytest.fixture(scope="module")
def index() -> GraphIndex:
    return GraphIndex(trace(TWICE))


def named(index: GraphIndex, name: str) -> str:
    return next(node.id for node in index.graph.nodes if name in node.names)


def test_an_indexed_graph_is_not_indexed_again(index: GraphIndex) -> None:
    assert GraphIndex.of(index) is index
    assert GraphIndex.of(index.graph).graph is index.graph


def test_every_node_edge_and_output_is_found(index: GraphIndex) -> None:
    graph = index.graph
    assert [index.nodes[node.id] for node in graph.nodes] == graph.nodes
    assert [index.positions[node.id] for node in graph.nodes] == list(range(len(graph.nodes)))
    assert [index.edges[edge.id] for edge in graph.edges] == graph.edges
    for node in graph.nodes:
        assert [index.output(node.id, output.output_nr) for output in node.outputs] == node.outputs
        assert [index.value(node.id, output.output_nr) for output in node.outputs] == [
            output.value for output in node.outputs
        ]
    assert index.output(graph.nodes[0].id, 9) is None
    assert index.value("n99") is None


def test_edges_are_found_by_both_ends(index: GraphIndex) -> None:
    for node in index.graph.nodes:
        assert index.inputs[node.id] == [edge for edge in index.graph.edges if edge.source == node.id]
        assert index.uses[node.id] == [edge for edge in index.graph.edges if edge.target == node.id]
        assert index.outgoing[node.id] + index.values[node.id] == sorted(
            index.inputs[node.id], key=lambda edge: (edge.kind == "value", edge.slot)
        )
    parallel = index.incoming[named(index, "x"), 0]
    assert [edge.slot for edge in parallel] == [0, 1]


def test_an_end_without_edges_is_asked_without_being_kept(index: GraphIndex) -> None:
    assert index.uses["nobody"] == []
    assert "nobody" not in index.uses


def test_a_pass_reaches_its_own_nodes(index: GraphIndex) -> None:
    x, w = named(index, "x"), named(index, "w")
    assert x in index.reached(1) - index.reached(2)
    assert w in index.reached(2) - index.reached(1)
    gradient = index.gradient(x, 0, 1)
    assert gradient is not None
    assert gradient.values == [2.0, 4.0]
    assert index.gradient(x, 0, 2) is None
    assert index.reached(3) == frozenset()


def test_a_pass_has_its_roots_and_where_none_ran_the_graph_has(index: GraphIndex) -> None:
    assert index.roots(1) == index.graph.passes[0].roots
    assert index.roots(7) == index.graph.roots
    assert index.run(0) is None
    assert index.run(3) is None


@pytest.mark.parametrize("number", [None, -1, 0, 3])
def test_what_no_pass_gave_is_none(index: GraphIndex, number: int | None) -> None:
    assert in_pass(index.nodes[named(index, "x")].outputs[0].gradients, number) is None


def test_an_edge_whose_contribution_is_left_out_carried_what_arrived(index: GraphIndex) -> None:
    def bare(edge: Edge) -> Edge:
        return edge.model_copy(update={"contributions": EMPTY})

    short = GraphIndex(index.graph.model_copy(update={"edges": [bare(edge) for edge in index.graph.edges]}))
    alone = [edge for edge in index.graph.edges if len(index.incoming[edge.target, edge.output_nr]) == 1]
    assert alone
    for edge in alone:
        for number in (1, 2):
            assert short.carried(short.edges[edge.id], number) == in_pass(edge.contributions, number)
    for edge in index.incoming[named(index, "x"), 0]:
        assert short.carried(short.edges[edge.id], 1) is None


def test_the_variable_of_an_output_is_found(index: GraphIndex) -> None:
    assert index.variables[named(index, "y"), 0].name == "y"
    assert index.named["y"] == named(index, "y")


def run(index: int, order: list[str], error: str | None) -> Pass:
    return Pass(index=index, call="backward", roots=[], span=None, order=order, accumulated={}, error=error)


@pytest.mark.parametrize(
    ("passes", "shown"),
    [
        ([], None),
        ([(["n1"], None), (["n1"], None)], 2),
        ([(["n1"], None), (["n1"], "Trying to backward through the graph a second time")], 1),
        ([(["n1"], "freed")], 1),
        ([([], None)], 1),  # of one that ran before the tape nothing but what it left is known
    ],
)
def test_the_pass_that_is_shown_is_the_last_that_ran_to_its_end(
    passes: list[tuple[list[str], str | None]], shown: int | None
) -> None:
    graph = Graph(passes=[run(index, order, error) for index, (order, error) in enumerate(passes, start=1)])
    assert GraphIndex(graph).shown_pass == shown
