"""The ways between two nodes: counted all, listed some."""

import pytest
from chainrule.errors import ViewInvalidError
from chainrule.graph.lookup import find_node, parse_path
from chainrule.graph.paths import find_paths

from tests.graph.build import Builder, chain
from tests.graph.program import trace


def diamonds(count: int) -> Builder:
    """A chain of squares x*x: two ways at each."""
    made = Builder()
    last = made.leaf("x")
    for _ in range(count):
        last = made.node("MulBackward0", [last, last])
    return made


def test_a_chain_has_one_way() -> None:
    paths = find_paths(chain(3), "n0", "n3")
    assert paths.count == 1
    assert paths.listed == (("e0", "e1", "e2"),)
    assert paths.nodes == {"n0", "n1", "n2", "n3"}


def test_parallel_edges_are_ways_of_their_own() -> None:
    paths = find_paths(diamonds(2).graph(), "n0", "n2")
    assert paths.count == 4
    assert set(paths.listed) == {("e0", "e2"), ("e0", "e3"), ("e1", "e2"), ("e1", "e3")}


def test_all_ways_are_counted_though_only_some_are_listed() -> None:
    paths = find_paths(diamonds(200).graph(), "n0", "n200", most=5)
    assert paths.count == 2**200
    assert len(paths.listed) == len(set(paths.listed)) == 5
    assert all(len(path) == 200 for path in paths.listed)


def test_a_long_chain_needs_no_recursion() -> None:
    assert len(find_paths(chain(10_000), "n0", "n10000").listed[0]) == 10_000


def test_the_order_of_the_two_does_not_matter() -> None:
    graph = chain(3)
    assert find_paths(graph, "n3", "n0") == find_paths(graph, "n0", "n3")


def test_side_branches_are_not_between() -> None:
    made = Builder()
    x, y = made.leaf("x"), made.leaf("y")
    a = made.node("MulBackward0", [x, y])
    b = made.node("AddBackward0", [a, x])
    made.node("SumBackward0", [y])
    paths = find_paths(made.graph(b), x, b)
    assert paths.nodes == {x, a, b}
    assert paths.edges == {"e0", "e2", "e3"}
    assert paths.count == 2


def test_where_there_is_no_way_nothing_is_between() -> None:
    made = Builder()
    x, y = made.leaf("x"), made.leaf("y")
    made.node("MulBackward0", [x])
    paths = find_paths(made.graph(), x, y)
    assert (paths.count, paths.nodes, paths.edges, paths.listed) == (0, frozenset(), frozenset(), ())


def test_a_node_is_its_own_only_way() -> None:
    paths = find_paths(chain(2), "n1", "n1")
    assert (paths.count, paths.nodes, paths.listed) == (1, {"n1"}, ((),))


def test_names_stand_for_nodes() -> None:
    assert parse_path(chain(2), "x..y") == ("n0", "n2")
    assert parse_path(chain(2), "n0 .. n1") == ("n0", "n1")


@pytest.mark.parametrize("text", ["x", "..x", "x..", ""])
def test_a_path_needs_two_names(text: str) -> None:
    with pytest.raises(ViewInvalidError, match="two names"):
        parse_path(chain(2), text)


def test_an_unknown_name_comes_with_a_suggestion() -> None:
    made = Builder()
    made.node("MulBackward0", [made.leaf("weight")])
    with pytest.raises(ViewInvalidError, match=r"'wieght' in this graph; did you mean weight\?") as error:
        find_node(made.graph(), "wieght", "highlight")
    assert error.value.option == "highlight"


def test_the_last_node_of_a_name_is_meant() -> None:
    made = Builder()
    x = made.leaf("x")
    made.node("MulBackward0", [x], names=["h"])
    later = made.node("MulBackward0", ["n1"], names=["h"])
    made.node("SumBackward0", [later])
    assert find_node(made.graph(), "h", "highlight") == later


def test_a_root_and_a_variable_are_called_by_their_names() -> None:
    graph = trace("x = torch.tensor(2.0, requires_grad=True)\ny = x * 3\nz = y * 2\nz.backward()")
    assert find_node(graph, "z", "highlight") == graph.roots[0].node
    assert parse_path(graph, "x..y") == (graph.nodes[0].id, find_node(graph, "y", "path"))
    bare = graph.model_copy(update={"nodes": [node.model_copy(update={"names": []}) for node in graph.nodes]})
    assert find_node(bare, "y", "highlight") == find_node(graph, "y", "highlight")


@pytest.mark.parametrize("ends", [("n0", "n2"), ("n2", "n0"), ("n0", "n1"), ("n1", "n2"), ("n0", "n0")])
def test_ways_that_lead_round_in_a_circle_are_neither_counted_nor_walked(ends: tuple[str, str]) -> None:
    made = chain(2)
    round_ = made.model_copy(
        update={"edges": [*made.edges, made.edges[0].model_copy(update={"id": "e9", "source": "n0", "target": "n1"})]}
    )
    paths = find_paths(round_, *ends)
    assert (paths.count, len(paths.listed)) in ((0, 0), (1, 1))
