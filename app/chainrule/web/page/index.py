"""The graph as the page's scripts need it: who is joined to whom, where in the source, how large; no element lists."""

import math
from typing import Any

from chainrule.graph import Graph, Node, Tensor
from chainrule.graph.index import GraphIndex
from chainrule.graph.numbers import rounded
from chainrule.words.nodes import operation_of, say_node


def index(graph: Graph) -> dict[str, Any]:
    """Reduce a graph to what linking, walking, searching, colouring and stepping need.

    Args:
        graph: any; a hundred thousand numbers in it cost nothing here.

    Returns:
        ``nodes``, ``edges``, ``passes`` and the pass that is shown unless another is chosen, as JSON data with short
        keys spelled out in the page's scripts.
    """
    return {
        "nodes": [_node(node) for node in graph.nodes],
        "edges": [
            {"id": edge.id, "source": edge.source, "target": edge.target, "kind": edge.kind} for edge in graph.edges
        ],
        "passes": [
            {"index": one.index, "call": one.call, "order": one.order, "error": one.error} for one in graph.passes
        ],
        "shown_pass": GraphIndex.of(graph).shown_pass,
        "roots": [root.node for root in graph.roots],
    }


def _node(node: Node) -> dict[str, Any]:
    output = node.outputs[0] if node.outputs else None
    span = node.span
    return {
        "id": node.id,
        "kind": node.kind,
        "op": node.op,
        "operator": operation_of(node),
        "called": say_node(node),
        "names": node.names,
        "span": None if span is None else [span.line, span.column, span.end_line, span.end_column],
        "scope": [scope.name for scope in node.scope],
        "flags": node.flags,
        "value": _size(output.value if output else None),
        "gradients": {} if output is None else {str(run - 1): _size(one) for run, one in output.gradients.items()},
        "numel": output.value.numel if output and output.value else None,
    }


def _size(tensor: Tensor | None) -> float | str | None:
    """Return the root mean square: how large one element is, whatever the number of elements; "nan" and "inf" win."""
    if tensor is None:
        return None
    extent = tensor.extent
    if extent.nan:
        return "nan"
    if extent.inf:
        return "inf"
    norm = tensor.norm
    if norm is None or tensor.numel == 0:
        return None
    return rounded(norm / math.sqrt(tensor.numel), 4)
