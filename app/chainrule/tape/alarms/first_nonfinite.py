"""Where the numbers of each pass stop being finite."""

from collections.abc import Callable, Iterable, Sequence

from chainrule.graph import Edge, Graph, Node, Pass, Tensor

_Count = Callable[[Tensor], int]
_Place = tuple[str, int]


def nan_count(tensor: Tensor) -> int:
    """Count the NaNs of a tensor."""
    return tensor.stats.nan


def inf_count(tensor: Tensor) -> int:
    """Count the infinities of a tensor."""
    return tensor.stats.inf


def spoilt_count(tensor: Tensor) -> int:
    """Count what is not finite in a tensor."""
    return tensor.stats.nan + tensor.stats.inf


def appears(count: _Count, made: Iterable[Tensor], inputs: Iterable[Tensor], spoilt: _Count) -> bool:
    """Return whether something is in what was made, and nothing like it in what it was made from."""
    return any(count(tensor) for tensor in made) and not any(spoilt(tensor) for tensor in inputs)


def marked_passes(graph: Graph) -> list[Pass]:
    """Return the passes of a graph with the nodes where their first NaN and their first Inf come up."""
    taken: dict[str, list[Edge]] = {}
    takers: dict[_Place, list[Edge]] = {}
    for edge in graph.edges:
        if edge.kind == "gradient":
            taken.setdefault(edge.source, []).append(edge)
            takers.setdefault((edge.target, edge.output_nr), []).append(edge)
    return [_marked(done, place, graph, taken, takers) for place, done in enumerate(graph.passes)]


def _marked(
    done: Pass, place: int, graph: Graph, taken: dict[str, list[Edge]], takers: dict[_Place, list[Edge]]
) -> Pass:
    arrived = {
        (node.id, output.output_nr): gradient
        for node in graph.nodes
        for output in node.outputs
        if (gradient := output.gradients[place]) is not None
    }
    if not any(spoilt_count(gradient) for gradient in arrived.values()):
        contributions = (edge.contributions[place] for edge in graph.edges)
        if not any(spoilt_count(carried) for carried in contributions if carried is not None):
            return done
    ran = {ident for ident, _ in arrived}

    def carried(edges: Sequence[Edge]) -> list[Tensor]:
        return [tensor for edge in edges if (tensor := carried_by(edge)) is not None]

    def carried_by(edge: Edge) -> Tensor | None:
        known = edge.contributions[place]
        if known is None and edge.source in ran and len(takers[edge.target, edge.output_nr]) == 1:
            # A large graph leaves out what is alone: it is what arrives.
            return arrived.get((edge.target, edge.output_nr))
        return known

    def is_first(node: Node, count: _Count, spoilt: _Count) -> bool:
        outputs = [(node.id, output.output_nr) for output in node.outputs]
        cotangents = [arrived[output] for output in outputs if output in arrived]
        if appears(count, carried(taken.get(node.id, [])), cotangents, spoilt):
            return True
        return any(
            appears(count, [arrived[output]], carried(takers.get(output, [])), spoilt)
            for output in outputs
            if output in arrived
        )

    first_nan = [node.id for node in graph.nodes if is_first(node, nan_count, nan_count)]
    first_inf = [node.id for node in graph.nodes if is_first(node, inf_count, spoilt_count)]
    return done.model_copy(update={"first_nan": first_nan, "first_inf": first_inf})
