"""Differences in a loss that compare every element with every other."""

import ast

from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.source import grouped
from chainrule.graph.model import Edge, Node
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import say
from chainrule.words.shapes import torch_shape

_LOSSES = ("Pow", "Abs", "Mul", "SmoothL1", "Huber")
"""Operations that make a loss of a difference."""
_MEANT = ("Unsqueeze", "View", "UnsafeView", "Reshape", "Slice", "Index", "Expand", "Permute", "T")
"""Operations by which a program gives a tensor a column on purpose."""


def broadcast_differences(flow: GraphFlow) -> list[Problem]:
    """Find where a result of shape [n, 1] meets data of shape [n], so that their difference has shape [n, n]."""
    for node in flow.graph.nodes:
        if not node.op.startswith(("SubBackward", "RsubBackward")):
            continue
        taken = flow.inputs[node.id]
        made = next((edge for edge in taken if edge.kind == "gradient"), None)
        data = next((edge for edge in taken if edge.kind == "value"), None)
        size = _crossed(flow, node, made, data) if made is not None and data is not None else None
        if made is not None and data is not None and size is not None:
            return [_problem(flow, node, made, data, size)]
    return []


def _crossed(flow: GraphFlow, node: Node, made: Edge, data: Edge) -> int | None:
    """Return the n of a column [n, 1] that meets a row [n] in a loss.

    None where that is not so, or seems to be meant.
    """
    column, row = flow.taken_in(made), flow.taken_in(data)
    if column is None or row is None or len(row.shape) != 1 or row.shape[0] < 2 or column.shape != [row.shape[0], 1]:
        return None
    is_meant = flow.nodes[made.target].op.startswith(_MEANT)
    is_loss = any(flow.nodes[edge.source].op.startswith(_LOSSES) for edge in flow.uses[node.id])
    return row.shape[0] if is_loss and not is_meant else None


def _problem(flow: GraphFlow, node: Node, made: Edge, data: Edge, size: int) -> Problem:
    detail = say(
        "{output} has shape {output_shape} and {target} has shape {target_shape}. They are repeated to fit each "
        "other, so that the difference has shape {difference_shape}: every element is compared with every other, and "
        "the gradient is that of another loss than you mean. Give both the same shape.",
        output=flow.called(flow.nodes[made.target]),
        output_shape=torch_shape([size, 1]),
        target=flow.called(flow.nodes[data.target]),
        target_shape=torch_shape([size]),
        difference_shape=torch_shape([size, size]),
    )
    return Problem.of("broadcast-in-loss", detail, span=node.span, node=node.id, fixes=_fixes(flow, node, size))


def _fixes(flow: GraphFlow, node: Node, size: int) -> list[Fix]:
    """Return the edit that gives the data a column too, where it is one side of a written difference."""
    syntax = flow.text.at(node.span)
    if not isinstance(syntax, ast.BinOp) or not isinstance(syntax.op, ast.Sub):
        return []
    data = {name for edge in flow.inputs[node.id] if edge.kind == "value" for name in flow.nodes[edge.target].names}
    for side in (syntax.left, syntax.right):
        if isinstance(side, ast.Name | ast.Attribute) and flow.text.of(side) in data:
            words = flow.text.of(side)
            title = say("Give {name} one more dimension, shape {shape}", name=words, shape=torch_shape([size, 1]))
            return [flow.text.replace(title, side, f"{grouped(words, side)}.unsqueeze(1)")]
    return []
