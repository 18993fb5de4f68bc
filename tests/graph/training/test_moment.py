"""A graph in one pass: one iteration of its loop, with what was there then."""

from typing import Any

import pytest
from chainrule.graph import Graph, Node
from chainrule.graph.training.moment import moment_of, place_of
from chainrule.graph.training.series import list_series
from chainrule.scene.structure import structure_of

from tests.graph.program import CUBES, trace
from tests.graph.training.loops import BY_HAND, GAN, LENGTHS, MLP, exact, run_bare, without_oracle

OPTIMIZERS = {
    "SGD": "torch.optim.SGD(model.parameters(), lr=0.1, momentum=0.9)",
    "Adam": "torch.optim.Adam(model.parameters(), lr=0.05)",
}


def loop(optimizer: str, epochs: int = 1, steps: int = 100) -> str:
    return MLP.format(optimizer=OPTIMIZERS[optimizer], epochs=epochs, steps=steps)


def parameters(graph: Graph) -> list[Node]:
    return [node for node in graph.nodes if "parameter" in node.flags]


def values(tensor: Any) -> Any:
    return None if tensor is None else exact(tensor.values)


@pytest.mark.parametrize("optimizer", OPTIMIZERS)
def test_each_step_has_the_loss_the_gradients_and_the_parameters_of_that_step(optimizer: str) -> None:
    source = loop(optimizer)
    seen = run_bare(source).moments["pass"]
    graph = trace(without_oracle(source))
    assert len(graph.passes) == len(seen) == 100
    for number in (1, 2, 3, 50, 99, 100):
        moment = moment_of(graph, number)
        loss, held, gradients = seen[number - 1]
        [root] = [node for node in moment.graph.nodes if "root" in node.flags]
        assert values(root.outputs[0].value) == loss
        own = parameters(moment.graph)
        assert [values(node.outputs[0].value) for node in own] == held
        assert [values(node.outputs[0].gradients.in_pass(number)) for node in own] == gradients


def test_one_iteration_is_as_large_as_one_iteration() -> None:
    graph = trace(without_oracle(loop("SGD")))
    once = trace(without_oracle(loop("SGD", steps=1)))
    moment = moment_of(graph, 50).graph
    assert len(moment.nodes) == len(once.nodes)
    assert len(moment.edges) == len(once.edges)
    assert [node.op for node in moment.nodes] == [node.op for node in once.nodes]


def test_every_step_has_the_same_structure_and_ids() -> None:
    graph = trace(without_oracle(loop("Adam", epochs=2, steps=5)))
    moments = [moment_of(graph, number) for number in range(1, 11)]
    assert len({structure_of(moment.graph) for moment in moments}) == 1
    assert len({tuple(node.id for node in moment.graph.nodes) for moment in moments}) == 1


def test_the_loop_itself_is_no_frame_of_its_iteration() -> None:
    graph = moment_of(trace(without_oracle(loop("SGD", epochs=2, steps=2)))).graph
    assert not [scope for node in graph.nodes for scope in node.scope if scope.kind == "loop"]
    assert [scope.name for scope in graph.nodes[-1].scope] == []
    assert "model.0" in {scope.name for node in graph.nodes for scope in node.scope}


def test_an_inner_loop_without_a_pass_still_is_one() -> None:
    graph = moment_of(trace(without_oracle(LENGTHS))).graph
    calls = {scope.call for node in graph.nodes for scope in node.scope if scope.kind == "loop"}
    assert calls == {1, 2, 3, 4, 5}


def test_the_pass_is_the_only_one_that_ran() -> None:
    graph = moment_of(trace(without_oracle(loop("SGD", steps=4))), 3).graph
    assert [run.index for run in graph.passes] == [1, 2, 3, 4]
    assert [bool(run.order) for run in graph.passes] == [False, False, True, False]
    known = {node.id for node in graph.nodes}
    assert {key for run in graph.passes for key in (*run.order, *run.accumulated)} <= known
    assert {tuple(output.gradients.passes) for node in graph.nodes for output in node.outputs} == {(), (3,)}


def test_each_loss_of_a_gan_is_drawn_with_what_it_comes_from() -> None:
    graph = trace(without_oracle(GAN))
    critic, maker = (moment_of(graph, number).graph for number in (5, 6))
    assert {node.names[0][0] for node in parameters(critic)} == {"D", "G"}
    reached = [node for node in parameters(critic) if node.outputs[0].gradients]
    assert {node.names[0][0] for node in reached} == {"D"}
    assert {node.names[0][0] for node in parameters(maker) if node.outputs[0].gradients} == {"D", "G"}


def test_state_that_is_detached_ends_the_iteration() -> None:
    graph = trace(without_oracle(BY_HAND))
    sizes = [len(moment_of(graph, number).graph.nodes) for number in (3, 5, 7, 9)]
    assert len(set(sizes)) == 1


def test_what_comes_after_a_loop_is_shown_beside_its_iteration() -> None:
    source = without_oracle(loop("SGD", steps=3)) + "after = model(torch.ones(1, 1)).exp()"
    graph = trace(source)
    assert "after" not in {name for node in moment_of(graph, 1).graph.nodes for name in node.names}
    graph = trace(source + "\nafter.backward()")
    whole = moment_of(graph)
    assert whole.pass_index == 4
    assert whole.series is None
    assert "loss" not in {name for node in whole.graph.nodes for name in node.names}
    during = moment_of(graph, 2)
    assert during.series is not None
    assert {"after", "loss"} <= {name for node in during.graph.nodes for name in node.names}


def test_without_a_series_it_is_the_graph_itself() -> None:
    graph = trace(CUBES)
    assert moment_of(graph).graph is graph
    assert moment_of(graph).ids["n1"] == "n1"


def test_a_node_of_any_iteration_is_found_in_the_pass_that_shows_it() -> None:
    graph = trace(without_oracle(loop("SGD", steps=4)))
    losses = [node.id for node in graph.nodes if node.op == "MeanBackward0"]
    [last] = [node.id for node in moment_of(graph).graph.nodes if node.op == "MeanBackward0"]
    assert [place_of(graph, node) for node in losses] == [(number, last) for number in (1, 2, 3, 4)]
    leaf = next(node.id for node in graph.nodes if node.kind == "leaf")
    assert place_of(graph, leaf) == (None, leaf)


def test_a_moment_is_a_graph_like_any_other() -> None:
    graph = trace(without_oracle(loop("Adam", steps=3)))
    for number in (1, 2, 3):
        moment = moment_of(graph, number).graph
        assert Graph.model_validate_json(moment.model_dump_json()) == moment


def test_every_series_has_moments() -> None:
    for source in (GAN, BY_HAND, LENGTHS):
        graph = trace(without_oracle(source))
        for series in list_series(graph):
            for number in series.passes:
                moment = moment_of(graph, number)
                known = {node.id for node in moment.graph.nodes}
                assert len(known) == len(moment.graph.nodes)
                assert {end for edge in moment.graph.edges for end in (edge.source, edge.target)} <= known
                assert {root.node for root in moment.graph.passes[number - 1].roots} <= known
