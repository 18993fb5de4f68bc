"""Marks for the engineer: where numbers stop being finite, what is all zero, how large gradients are."""

from collections.abc import Iterable
from functools import cache

from chainrule.graph import Flag, Graph, Node, Tensor
from chainrule.graph.index import GraphIndex
from chainrule.tape.alarms.first_nonfinite import appears, inf_count, marked_passes, nan_count, spoilt_count
from chainrule.tape.alarms.no_gradient import NoGradientReasons

_FILLING = frozenset({"MaskedFillBackward0", "WhereBackward0", "FillBackward0", "IndexFillBackward0"})
"""Nodes whose infinities are a number of the program's own, where no value that they take in has one."""


def marked(graph: Graph) -> Graph:
    """Return the graph with its marks.

    ``first_nan`` (``first_inf``) is a node whose value has one while no value that it took in has a NaN (an Inf or a
    NaN). In a pass it is a node whose backward made one from cotangents without, or whose cotangent has one while no
    contribution to it has: where infinities are added up, or a hook or the program itself put it in. A node that is
    one in any pass has the flag ``first_nan_gradient`` (``first_inf_gradient``).

    An infinity that the program put in as a mask, and that neither a root nor a gradient has any more, is none.
    """
    index = GraphIndex(graph)
    is_harmless = cache(lambda: _is_finite_in_the_end(index))
    passes = marked_passes(index)
    first_nan = {ident for done in passes for ident in done.first_nan}
    first_inf = {ident for done in passes for ident in done.first_inf}
    reasons = NoGradientReasons(index)
    nodes = []
    for node in graph.nodes:
        flags = list(node.flags)
        made = [output.value for output in node.outputs if output.value is not None]
        if any(map(spoilt_count, made)):
            inputs = [index.value(edge.target, edge.output_nr) for edge in index.inputs[node.id]]
            told = _forward(made, [value for value in inputs if value is not None])
            flags += [flag for flag in told if not (flag == "first_inf" and _is_mask(node) and is_harmless())]
        if node.id in first_nan:
            flags.append("first_nan_gradient")
        if node.id in first_inf:
            flags.append("first_inf_gradient")
        if _is_zero(node):
            flags.append("zero_gradient")
        reason = reasons.of(node)
        if reason is not None and reason.reason not in ("no_pass", "integer"):
            flags.append("no_gradient")
        ratios = _ratios(node) if node.kind == "leaf" else []
        if len(flags) > len(node.flags) or reason is not None or ratios:
            node = node.model_copy(update={"flags": flags, "no_gradient": reason, "gradient_ratios": ratios})
        nodes.append(node)
    return graph.model_copy(update={"nodes": nodes, "passes": passes})


def _forward(made: list[Tensor], inputs: list[Tensor]) -> Iterable[Flag]:
    if appears(nan_count, made, inputs, nan_count):
        yield "first_nan"
    if appears(inf_count, made, inputs, spoilt_count):
        yield "first_inf"


def _is_mask(node: Node) -> bool:
    """Return whether a node holds what the program wrote there, or computed where no gradient flows."""
    return node.kind in ("constant", "detached") or node.op in _FILLING


def _is_finite_in_the_end(index: GraphIndex) -> bool:
    """Return whether every root of a graph and every gradient at a node is finite."""
    graph = index.graph
    roots = (*graph.roots, *(root for done in graph.passes for root in done.roots))
    values = (index.value(root.node, root.output_nr) for root in roots)
    gradients = (gradient for output in index.outputs.values() for gradient in output.gradients)
    return not any(spoilt_count(tensor) for tensor in (*values, *gradients) if tensor is not None)


def _is_zero(node: Node) -> bool:
    """Return whether gradients arrived, and all of them are zero everywhere."""
    zero = False
    for output in node.outputs:
        for gradient in output.gradients:
            if not gradient.is_zero:
                return False
            zero = True
    return zero


def _ratios(leaf: Node) -> list[float | None]:
    """Divide the norm of each pass's gradient by the norm of the value."""
    output = leaf.outputs[0]
    norm = None if output.value is None else output.value.norm
    return [_ratio(gradient, norm) for gradient in output.gradients]


def _ratio(gradient: Tensor, norm: float | None) -> float | None:
    length = gradient.norm if norm else None
    return None if length is None or not norm else length / norm
