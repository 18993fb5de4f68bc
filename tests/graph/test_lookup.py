"""What is meant where nothing is said."""

import pytest
from chainrule.graph.lookup import shown_pass
from chainrule.graph.model import Graph, Pass


def run(index: int, order: list[str], error: str | None) -> Pass:
    return Pass(index=index, call="backward", roots=[], span=None, order=order, accumulated={}, error=error)


@pytest.mark.parametrize(
    ("passes", "shown"),
    [
        ([], None),
        ([(["n1"], None), (["n1"], None)], 2),
        ([(["n1"], None), (["n1"], "Trying to backward through the graph a second time")], 1),
        ([(["n1"], "freed")], 1),
        ([([], None)], None),
    ],
)
def test_the_pass_that_is_shown_is_the_last_that_ran_to_its_end(
    passes: list[tuple[list[str], str | None]], shown: int | None
) -> None:
    graph = Graph(passes=[run(index, order, error) for index, (order, error) in enumerate(passes, start=1)])
    assert shown_pass(graph) == shown
