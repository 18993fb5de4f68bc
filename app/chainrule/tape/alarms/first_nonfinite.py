"""Where the numbers of each pass stop being finite."""

from collections import defaultdict
from collections.abc import Callable, Iterable

from chainrule.graph import Node, Pass, Tensor
from chainrule.graph.index import GraphIndex, in_pass

_Count = Callable[[Tensor], int]


def nan_count(tensor: Tensor) -> int:
    """Count the NaNs of a tensor."""
    return tensor.stats.nan


def inf_count(tensor: Tensor) -> int:
    """Count the infinities of a tensor."""
    return tensor.stats.inf


def spoilt_count(tensor: Tensor) -> int:
    """Count what is not finite in a tensor."""
    return tensor.nonfinite_count


def appears(count: _Count, made: Iterable[Tensor], inputs: Iterable[Tensor], spoilt: _Count) -> bool:
    """Return whether something is in what was made, and nothing like it in what it was made from."""
    return any(count(tensor) for tensor in made) and not any(spoilt(tensor) for tensor in inputs)


def marked_passes(index: GraphIndex) -> list[Pass]:
    """Return the passes of a graph with the nodes where their first NaN and their first Inf come up."""
    spoilt = {
        number
        for history in (
            *(output.gradients for output in index.outputs.values()),
            *(edge.contributions for edge in index.graph.edges),
        )
        for number, tensor in history.items()
        if spoilt_count(tensor)
    }
    return [_marked(done, index) if done.index in spoilt else done for done in index.graph.passes]


def _marked(done: Pass, index: GraphIndex) -> Pass:
    number = done.index
    nodes = index.took_part(number)
    arrived = {
        (node.id, output.output_nr): gradient
        for node in nodes
        for output in node.outputs
        if (gradient := in_pass(output.gradients, number)) is not None
    }
    passed_on: defaultdict[str, list[Tensor]] = defaultdict(list)
    came: defaultdict[tuple[str, int], list[Tensor]] = defaultdict(list)
    for edge in index.carriers(number):
        carried = in_pass(edge.contributions, number)
        if carried is not None and edge.kind == "gradient":
            passed_on[edge.source].append(carried)
            came[edge.target, edge.output_nr].append(carried)

    def is_first(node: Node, count: _Count, spoilt: _Count) -> bool:
        outputs = [(node.id, output.output_nr) for output in node.outputs]
        cotangents = [arrived[output] for output in outputs if output in arrived]
        if appears(count, passed_on[node.id], cotangents, spoilt):
            return True
        return any(appears(count, [arrived[output]], came[output], spoilt) for output in outputs if output in arrived)

    first_nan = [node.id for node in nodes if is_first(node, nan_count, nan_count)]
    first_inf = [node.id for node in nodes if is_first(node, inf_count, spoilt_count)]
    return done.model_copy(update={"first_nan": first_nan, "first_inf": first_inf})
