"""Leaves out of a large answer what it says twice: an edge that is alone at an output carried the gradient there."""

from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Edge, Graph, Tensor


def leave_out(graph: Graph) -> tuple[Graph, list[str]]:
    """Return a graph without contributions that are their target's gradients themselves, and the ids of such edges."""
    index = GraphIndex(graph)
    edges, alone = [], []
    for edge in graph.edges:
        output = index.output(edge.target, edge.output_nr)
        if output is not None and _is_twice(edge, output.gradients):
            alone.append(edge.id)
            edge = edge.model_copy(update={"contributions": [None] * len(edge.contributions)})
        edges.append(edge)
    return graph.model_copy(update={"edges": edges}), alone


def put_back(graph: Graph, alone: list[str]) -> None:
    """Give edges the contributions that were left out, in a graph that nobody else has seen yet.

    Raises:
        KeyError: an edge is not there, or its target has no such output.
    """
    if not alone:
        return
    index = GraphIndex(graph)
    for ident in alone:
        edge = index.edges[ident]
        edge.contributions[:] = index.outputs[edge.target, edge.output_nr].gradients


def _is_twice(edge: Edge, gradients: list[Tensor | None]) -> bool:
    carried = edge.contributions
    if edge.kind != "gradient" or len(carried) != len(gradients):
        return False
    return all(one is other for one, other in zip(carried, gradients, strict=True)) and any(carried)
