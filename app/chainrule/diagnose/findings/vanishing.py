"""Gradients that vanish or explode on their way back."""

import ast
import math
from itertools import pairwise

from chainrule.diagnose.edits import optimizer_of
from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Node
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.numbers import say_number
from chainrule.words.saying import joined, say

DEPTH = 8
"""Operations on the way from the root to a leaf, from which on the gradient's growth is judged."""
RATIO = 1e-4
"""A gradient's norm at the leaf over its norm at the root: below it vanishes, above one over it it explodes."""
STEEPEST = 0.5
"""The part of the whole change, in orders of magnitude, that one step may have: more is that operation's doing."""
_CLIPS = ("clip_grad_norm_", "clip_grad_value_", "clip_grads_with_norm_")


def depth_problems(flow: GraphFlow) -> list[Problem]:
    """Compare the gradient at the root with that at the far end of the longest way back."""
    for one in reversed(flow.passes):
        way = [node for node in _longest_way(flow, one.index) if _norm(flow, node, one.index) > 0]
        if len(way) < DEPTH or way[-1].kind != "leaf":
            continue
        norms = [_norm(flow, node, one.index) for node in way]
        start = max(range(3), key=norms.__getitem__)  # a mean at the root divides by the number of elements
        way, norms = way[start:], norms[start:]
        ratio = norms[-1] / norms[0]
        steps = [abs(math.log(after / before)) for before, after in pairwise(norms)]
        gradual = max(steps) <= STEEPEST * abs(math.log(ratio))
        if gradual and (ratio <= RATIO or ratio >= 1 / RATIO):
            return [_depth_problem(flow, way, one.index, ratio)]
    return []


def _norm(flow: GraphFlow, node: Node, pass_index: int) -> float:
    norms = [norm for tensor in flow.gradients(node, pass_index) if (norm := tensor.norm) is not None]
    return math.hypot(*norms) if norms else 0.0


def _longest_way(flow: GraphFlow, pass_index: int) -> list[Node]:
    """Return the longest way back from a root through edges that carried a gradient, as nodes."""
    order = flow.graph.passes[pass_index - 1].order
    steps: dict[str, tuple[int, str | None]] = dict.fromkeys(order[:1], (0, None))
    place = {id: number for number, id in enumerate(order)}
    for id in order:
        if id not in flow.nodes:
            continue
        length, _ = steps.setdefault(id, (0, None))
        for edge, _ in flow.passed_on(flow.nodes[id], pass_index):
            known = steps.get(edge.target, (0, None))[0]
            if place.get(edge.target, -1) > place[id] and length + 1 > known:
                steps[edge.target] = (length + 1, id)
    leaves = [id for id in steps if id in flow.nodes and flow.nodes[id].kind == "leaf"]
    at: str | None = max(leaves, key=lambda id: steps[id][0], default=None)
    way: list[Node] = []
    while at is not None:
        way.append(flow.nodes[at])
        at = steps[at][1]
    return way[::-1]


def _depth_problem(flow: GraphFlow, way: list[Node], pass_index: int, ratio: float) -> Problem:
    slug = "gradient-vanishes" if ratio < 1 else "gradient-explodes"
    steps = len(way) - 1
    factor = ratio ** (1 / steps)
    picked = [way[0], way[len(way) // 3], way[2 * len(way) // 3], way[-1]]
    told = joined(
        [
            say("{norm} at {node}", norm=say_number(_norm(flow, node, pass_index)), node=flow.called(node))
            for node in picked
        ],
        ", ",
    )
    detail = say(
        "On the longest way back, {steps} steps from {start} to {end}, the norm of the gradient "
        "goes: {norms}. That is a factor of {factor} for each step on the average, {ratio} in all.",
        steps=steps,
        start=flow.called(way[0]),
        end=flow.called(way[-1]),
        norms=told,
        factor=say_number(factor),
        ratio=say_number(ratio),
    )
    kinds = {node.op.split("Backward")[0] for node in way}
    if slug == "gradient-vanishes" and kinds & {"Sigmoid", "Tanh"}:
        # How large a derivative gets the table of formulas does not say; a test holds these words against PyTorch.
        name = "sigmoid" if "Sigmoid" in kinds else "tanh"
        most = say("a quarter") if name == "sigmoid" else say("1, and far less away from 0")
        detail += say(" The derivative of {name} is at most {maximum}.", name=name, maximum=most)
    clips = slug == "gradient-explodes" and any(flow.text.calls(None, *_CLIPS))
    if clips:
        detail += say(" The program clips the gradients before it uses them.")
    return Problem.of(
        slug,
        detail,
        severity="notice" if clips else None,
        span=way[-1].span or way[-2].span,
        node=way[-1].id,
        fixes=_flat(flow, way) if slug == "gradient-vanishes" else [] if clips else _clip(flow.text),
    )


def _clip(text: SourceText) -> list[Fix]:
    """Clip the gradients right before the optimizer's only step, where it is told of one list of parameters."""
    made = optimizer_of(text)
    steps = [call for call in text.calls(None, "step") if made and text.of(call.func) == f"{made[0]}.step"]
    if made is None or len(steps) != 1 or not made[1].args:
        return []
    match made[1].args[0]:
        case ast.Call(func=ast.Attribute(attr="parameters")) | ast.List() as parameters:
            code = f"torch.nn.utils.clip_grad_norm_({text.of(parameters)}, 1.0)"
            return [text.before_line(say("Clip the norm of the gradients before the step"), steps[0].lineno, code)]
        case _:
            return []


def _flat(flow: GraphFlow, way: list[Node]) -> list[Fix]:
    """Another activation, where all of the flat ones on the way stand at one place of the program."""
    flat = {node.span for node in way if node.op.split("Backward")[0] in ("Sigmoid", "Tanh")}
    syntax = flow.text.at(next(iter(flat))) if len(flat) == 1 else None
    if not isinstance(syntax, ast.Call) or not isinstance(syntax.func, ast.Attribute):
        return []
    relu = f"{flow.text.of(syntax.func.value)}.relu"
    return [flow.text.replace(say("Use ReLU, whose derivative is 1 above 0"), syntax.func, relu)]
