"""Marks for the engineer: where numbers stop being finite, what is all zero, how large gradients are."""

from collections.abc import Callable, Iterable

from app.graph import Edge, Flag, Graph, Node, Tensor
from app.tracing.reasons import Reasons

_Count = Callable[[Tensor], int]


def _nan(tensor: Tensor) -> int:
    return tensor.stats.nan


def _not_finite(tensor: Tensor) -> int:
    return tensor.stats.nan + tensor.stats.inf


def marked(graph: Graph) -> Graph:
    """Give the graph with its marks.

    ``first_nan`` (``first_inf``) is a node whose value has one while no value that it took in has a NaN (an Inf or a
    NaN); ``first_nan_gradient`` (``first_inf_gradient``) is a node whose backward made one from cotangents without.
    """
    taken: dict[str, list[Edge]] = {node.id: [] for node in graph.nodes}
    for edge in graph.edges:
        taken[edge.source].append(edge)
    values = {(node.id, output.output_nr): output.value for node in graph.nodes for output in node.outputs}
    reasons = Reasons(graph)
    nodes = []
    for node in graph.nodes:
        edges = taken[node.id]
        inputs = [value for edge in edges if (value := values.get((edge.target, edge.output_nr))) is not None]
        flags = [*node.flags, *_forward(node, inputs), *_backward(node, edges, len(graph.passes))]
        reason = reasons.of(node)
        if reason is not None and reason.reason not in ("no_pass", "integer"):
            flags.append("no_gradient")
        ratios = _ratios(node) if node.kind == "leaf" else []
        if len(flags) > len(node.flags) or reason is not None or ratios:
            node = node.model_copy(update={"flags": flags, "no_gradient": reason, "gradient_ratios": ratios})
        nodes.append(node)
    return graph.model_copy(update={"nodes": nodes})


def _forward(node: Node, inputs: list[Tensor]) -> Iterable[Flag]:
    made = [output.value for output in node.outputs if output.value is not None]
    if _appears(_nan, made, inputs, _nan):
        yield "first_nan"
    if _appears(lambda tensor: tensor.stats.inf, made, inputs, _not_finite):
        yield "first_inf"


def _backward(node: Node, edges: list[Edge], passes: int) -> Iterable[Flag]:
    nan = inf = False
    zero = []
    for index in range(passes):
        arrived = [gradient for output in node.outputs if (gradient := output.gradients[index]) is not None]
        carried = [tensor for edge in edges if (tensor := edge.contributions[index]) is not None]
        nan = nan or _appears(_nan, carried, arrived, _nan)
        inf = inf or _appears(lambda tensor: tensor.stats.inf, carried, arrived, _not_finite)
        zero += [gradient.numel > 0 and gradient.stats.zero == gradient.numel for gradient in arrived]
    if nan:
        yield "first_nan_gradient"
    if inf:
        yield "first_inf_gradient"
    if zero and all(zero):
        yield "zero_gradient"


def _appears(count: _Count, made: list[Tensor], inputs: list[Tensor], spoilt: _Count) -> bool:
    return any(count(tensor) for tensor in made) and not any(spoilt(tensor) for tensor in inputs)


def _ratios(leaf: Node) -> list[float | None]:
    """Divide the norm of each pass's gradient by the norm of the value."""
    output = leaf.outputs[0]
    norm = None if output.value is None else output.value.stats.norm
    return [
        None if gradient is None or gradient.stats.norm is None or not norm else gradient.stats.norm / norm
        for gradient in output.gradients
    ]
