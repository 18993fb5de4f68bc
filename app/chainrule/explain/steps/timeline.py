"""The order in which everything happened: forward operation by operation, then each backward pass node by node."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from chainrule.explain.steps.narrator import Narrator
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happened."""

    number: int
    """Counted from 1."""
    phase: Literal["forward", "backward"]
    node: str
    """The node that was computed, or that ran in backward."""
    pass_index: int | None
    """The pass, from 1; None in forward."""
    sentence: str
    """What happened, with the numbers."""


@dataclass(frozen=True, slots=True)
class StepState:
    """What is known after a step."""

    step: Step
    nodes: frozenset[str]
    """Nodes whose value is there."""
    edges: frozenset[str]
    """Edges between them."""
    gradients: frozenset[str]
    """Nodes whose gradient of the step's pass is there, whole."""
    contributions: frozenset[str]
    """Edges that have carried their gradient in the step's pass."""


def list_steps(graph: Graph | GraphIndex, *, sentences: bool = True) -> tuple[Step, ...]:
    """List everything that happened, in order: leaves and operations as the program went, then each pass.

    Constants have no step: they come with the operation that first takes them in.

    Args:
        graph: The graph, its nodes in forward order.
        sentences: Whether each step is told in words; without, a long list takes less time.
    """
    index = GraphIndex.of(graph)
    return _list(index, sentences=True) if sentences else index.once(_untold)


def _untold(index: GraphIndex) -> tuple[Step, ...]:
    return _list(index, sentences=False)


def _list(index: GraphIndex, *, sentences: bool) -> tuple[Step, ...]:
    narrator = Narrator(index)
    steps: list[Step] = []
    for node in index.graph.nodes:
        if node.kind != "constant":
            sentence = narrator.tell_forward(node) if sentences else ""
            steps.append(Step(len(steps) + 1, "forward", node.id, None, sentence))
    for run in index.graph.passes:
        for key in run.order:
            if key in index.nodes:
                sentence = narrator.tell_backward(index.nodes[key], run) if sentences else ""
                steps.append(Step(len(steps) + 1, "backward", key, run.index, sentence))
    return tuple(steps)


def moment_at(graph: Graph | GraphIndex, steps: Sequence[Step], number: int) -> StepState:
    """Say what is known after a step.

    Args:
        graph: The graph.
        steps: From ``list_steps``; at least one.
        number: Which step, from 1; past the end, the last.
    """
    index = GraphIndex.of(graph)
    number = max(1, min(number, len(steps)))
    step = steps[number - 1]
    made = {done.node for done in steps[:number] if done.phase == "forward"}
    edges = [edge for node in made for edge in index.inputs[node]]
    known = made | {edge.target for edge in edges}
    ran = {done.node for done in steps[:number] if done.pass_index is not None and done.pass_index == step.pass_index}
    carried = (edge for node in ran for edge in index.outgoing[node])
    return StepState(
        step=step,
        nodes=frozenset(known),
        edges=frozenset(edge.id for edge in edges),
        gradients=frozenset(ran),
        contributions=frozenset(edge.id for edge in carried),
    )
