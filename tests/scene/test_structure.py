"""What stays of a graph when only the values change."""

import torch
from chainrule.graph.model import Graph
from chainrule.scene.build import make_scene
from chainrule.scene.structure import refit, structure_of

from tests.render.build import Builder


def graph(value: float, exponent: int = 3) -> Graph:
    made = Builder()
    x = made.leaf("x", torch.tensor([value]), torch.tensor([3 * value**2]))
    made.add("PowBackward0", [x, made.constant(exponent)], torch.tensor([value**3]), torch.tensor([1.0]))
    return made.graph()


def test_other_values_have_the_same_structure() -> None:
    assert structure_of(graph(1.0)) == structure_of(graph(2.0))
    assert structure_of(graph(1.0)) == structure_of(Graph.model_validate(graph(1.0).model_dump()))


def test_another_node_edge_shape_or_name_is_another_structure() -> None:
    base = graph(1.0)
    others = [
        base.model_copy(update={"edges": base.edges[:1]}),
        base.model_copy(update={"nodes": [*base.nodes[:-1], base.nodes[-1].model_copy(update={"op": "Other"})]}),
        base.model_copy(update={"nodes": [*base.nodes[:-1], base.nodes[-1].model_copy(update={"names": ["y"]})]}),
    ]
    assert len({structure_of(g) for g in [base, *others]}) == 4


def test_a_refitted_scene_is_the_scene_of_the_other_graph() -> None:
    first, second = graph(1.0), graph(2.0)
    assert refit(make_scene(first), second) == make_scene(second)
