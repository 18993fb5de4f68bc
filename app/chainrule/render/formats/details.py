"""What a page tells about each box when it is chosen, and the steps in terms of boxes."""

from typing import TypedDict

from chainrule.explain.steps.timeline import list_steps
from chainrule.graph.gradients import arrivals_of, norm_ratio
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Node
from chainrule.layout.measure.text import clean
from chainrule.scene.model import Fold, Scene
from chainrule.words.nodes import say_function, say_node
from chainrule.words.numbers import say_count, say_number, say_share
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_tensor

MOST_STEPS = 1_000
"""Steps past which a page has none: it would be larger than what it shows."""
MOST_MEMBERS = 100
"""Nodes inside a fold that are told one by one."""


class BoxDetails(TypedDict):
    """One box."""

    title: str
    rows: list[list[str]]
    """Name, text and, for numbers, "value" or "gradient"."""
    sentences: list[str]
    line: int | None


class PictureDetails(TypedDict):
    """All boxes by their ``data-node``, and each step's box, phase and sentence."""

    boxes: dict[str, BoxDetails]
    steps: list[list[str]]


def facts_of(index: GraphIndex, scene: Scene, pass_index: int | None) -> PictureDetails:
    """Say what a page tells about each box of a scene.

    Args:
        index: The graph.
        scene: What the picture shows of it.
        pass_index: The pass that is shown; None where none ran.
    """
    few = len(index.nodes) + sum(len(run.order) for run in index.graph.passes) <= MOST_STEPS
    steps = list_steps(index) if few else ()
    told: dict[str, list[str]] = {}
    for step in steps:
        told.setdefault(step.node, []).append(clean(step.sentence))
    keys: dict[str, str] = {}
    boxes: dict[str, BoxDetails] = {}
    for box in scene.boxes:
        if box.node is not None:
            keys[box.node.id] = box.node.id
            arrived = _arrived_rows(index, box.node, pass_index) if few and pass_index is not None else []
            boxes[box.node.id] = _node_fact(box.node, arrived, told.get(box.node.id, []), len(index.graph.passes))
        elif box.fold is not None:
            for member in box.fold.members:
                keys.setdefault(member, box.id)
            boxes[box.id] = _fold_fact(box.fold, index)
    shown = [[keys[step.node], step.phase, clean(step.sentence)] for step in steps if step.node in keys]
    return PictureDetails(boxes=boxes, steps=shown)


def _arrived_rows(index: GraphIndex, node: Node, pass_index: int) -> list[list[str]]:
    """Return who passed how much of the gradient, and how it compares with the value."""
    rows: list[list[str]] = []
    for arrival in arrivals_of(index, node.id, pass_index):
        which = f" {arrival.output_nr}" if len(node.outputs) > 1 else ""
        several = len(arrival.contributions) > 1
        for part, portion in zip(arrival.contributions, arrival.shares, strict=True):
            share = f", {say_share(portion)} of the norms" if several and portion is not None else ""
            words = f"{say_tensor(part.gradient)}, from {clean(say_function(index.nodes[part.edge.source]))}{share}"
            rows.append([f"arrived{which}", words, "gradient"])
        if arrival.seed:
            rows.append([f"arrived{which}", "backward starts here", "gradient"])
        if arrival.adds_up is False:
            rows.append([f"arrived{which}", "what arrived does not add up to the gradient: a hook changed it"])
    ratio = norm_ratio(node, pass_index)
    if "parameter" in node.flags and ratio is not None:
        rows.append(["gradient / value", say_number(ratio)])
    return rows


def _node_fact(node: Node, arrived: list[list[str]], sentences: list[str], passes: int) -> BoxDetails:
    rows = [["node", node.id], ["operation", clean(node.op)]]
    for output in node.outputs:
        which = f" {output.output_nr}" if len(node.outputs) > 1 else ""
        if output.value is not None:
            rows.append([f"shape{which}", f"{say_shape(output.value.shape)} {output.value.dtype}"])
            rows.append([f"value{which}", say_tensor(output.value), "value"])
        for number, gradient in output.gradients.items():
            several = f", pass {number}" if passes > 1 else ""
            rows.append([f"gradient{which}{several}", say_tensor(gradient), "gradient"])
        if passes and not output.gradients:
            rows.append([f"gradient{which}", say_tensor(None), "gradient"])
    rows.extend(arrived)
    if node.formula:
        rows.append(["derivative", clean(node.formula)])
    if node.scope:
        rows.append(["made in", " › ".join(clean(scope.name) for scope in node.scope)])
    return BoxDetails(
        title=clean(say_node(node)), rows=rows, sentences=sentences, line=node.span.line if node.span else None
    )


def _fold_fact(fold: Fold, index: GraphIndex) -> BoxDetails:
    rows = [["folded", f"{say_count(len(fold.members))} nodes"], ["to unfold", f"open={clean(fold.path)}"]]
    if fold.repeat > 1:
        rows.append(["equal ones", f"{fold.repeat}"])
    for member in fold.members[:MOST_MEMBERS]:
        node = index.nodes[member]
        value = node.outputs[0].value if node.outputs else None
        shape = f" {say_shape(value.shape)}" if value and node.kind != "constant" else ""
        rows.append([member, f"{clean(say_node(node))}{shape}"])
    left = len(fold.members) - MOST_MEMBERS
    sentences = [f"and {say_count(left)} more."] if left > 0 else []
    return BoxDetails(title=clean(fold.label), rows=rows, sentences=sentences, line=None)
