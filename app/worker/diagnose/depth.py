"""Gradients that become zero, vanish or explode on their way back."""

import math

from app.graph.model import Edge, Node
from app.graph.problems import title_of
from app.graph.wire import Problem
from app.worker.diagnose.flow import Flow, count, has_values, is_zero

DEPTH = 8
"""Operations on the way from the root to a leaf, from which on the gradient's growth is judged."""
RATIO = 1e-4
"""A gradient's norm at the leaf over its norm at the root: below it vanishes, above one over it it explodes."""
TOLD = 3
"""How many nodes are told of at most."""

_CAUSES = {
    "Relu": "ReLU passes a gradient only where its input is above 0",
    "Threshold": "it passes a gradient only above its threshold",
    "Clamp": "clamp passes a gradient only between its bounds",
    "Hardtanh": "it passes a gradient only between its bounds",
    "Sigmoid": "a sigmoid is flat far from 0: its derivative s (1 - s) rounds to 0",
    "Tanh": "tanh is flat far from 0: its derivative 1 - t**2 rounds to 0",
    "Softmax": "a softmax that has decided is flat: its derivative rounds to 0",
    "Round": "rounding is flat between its steps: its derivative is 0 everywhere",
    "Floor": "rounding is flat between its steps: its derivative is 0 everywhere",
    "Ceil": "rounding is flat between its steps: its derivative is 0 everywhere",
    "Sign": "the sign is flat on both sides of 0: its derivative is 0 everywhere",
    "Mul": "each factor gets the gradient times the other factor, which is 0",
    "Addmm": "the gradient is multiplied by the weights, which are 0",
    "Mm": "the gradient is multiplied by the other side, which is 0",
    "Pow": "the derivative of x**p is 0 at x = 0",
}


def zero_gradients(flow: Flow) -> list[Problem]:
    """Find the nodes where a gradient arrives and only zeros are passed on, so that a leaf gets nothing."""
    found: dict[str, tuple[Node, Edge, set[str]]] = {}
    for index, one in flow.passes:
        for node in flow.in_order(one):
            gradients = flow.gradients(node, index)
            if node.kind != "leaf" or not gradients or not all(map(is_zero, gradients)):
                continue
            for edge in _where_it_ends(flow, node, index):
                source = flow.nodes[edge.source]
                found.setdefault(source.id, (source, edge, set()))[2].add(flow.called(node))
    return [_zero_problem(flow, *entry) for entry in list(found.values())[:TOLD]]


def _where_it_ends(flow: Flow, leaf: Node, index: int) -> list[Edge]:
    """The edges, on the ways from a leaf to the root, before which a gradient was there and after which none is."""
    ends: list[Edge] = []
    seen = {leaf.id}
    pending = [leaf.id]
    while pending:
        for edge in flow.used[pending.pop()]:
            carried = edge.contributions[index] if index < len(edge.contributions) else None
            if carried is None or not is_zero(carried):
                continue
            if any(has_values(tensor) for tensor in flow.gradients(flow.nodes[edge.source], index)):
                ends.append(edge)
            elif edge.source not in seen:
                seen.add(edge.source)
                pending.append(edge.source)
    return ends


def _zero_problem(flow: Flow, node: Node, edge: Edge, leaves: set[str]) -> Problem:
    operation = node.op.split("Backward")[0].lstrip("_")
    value = flow.incoming(edge)
    names = sorted(leaves)
    told = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
    detail = f"A gradient arrives at {flow.operation(node)}, and it passes on only zeros"
    cause = _CAUSES.get(operation)
    detail += f": {cause}." if cause else "."
    if value is not None and value.stats.max is not None and value.stats.min is not None:
        name = flow.called(flow.nodes[edge.target])
        span = (
            f"is {value.stats.min:g}" if value.numel == 1 else f"goes from {value.stats.min:g} to {value.stats.max:g}"
        )
        detail += f" Here {name} {span}."
        if operation == "Relu" and value.numel > 1:
            detail += f" All {count(value.numel, 'unit')} are off for this data: they are dead."
    detail += f" So the gradient of {told} is zero, and a step of gradient descent will not change it."
    activation = operation in _CAUSES and operation not in ("Mul", "Addmm", "Mm", "Pow")
    return Problem(
        slug="zero-gradient",
        severity="warning" if activation else "notice",
        title=title_of("zero-gradient") or "",
        detail=detail,
        span=node.span,
        node=node.id,
    )


def depth_problems(flow: Flow) -> list[Problem]:
    """Compare the gradient at the root with that at the far end of the longest way back."""
    for index, _ in reversed(flow.passes):
        way = [node for node in _longest_way(flow, index) if _norm(flow, node, index) > 0]
        if len(way) < DEPTH or way[-1].kind != "leaf":
            continue
        ratio = _norm(flow, way[-1], index) / max(_norm(flow, node, index) for node in way[:3])
        if ratio <= RATIO or ratio >= 1 / RATIO:
            return [_depth_problem(flow, way, index, ratio)]
    return []


def _norm(flow: Flow, node: Node, index: int) -> float:
    norms = [tensor.stats.norm for tensor in flow.gradients(node, index) if tensor.stats.norm is not None]
    return math.hypot(*norms) if norms else 0.0


def _longest_way(flow: Flow, index: int) -> list[Node]:
    """The longest way back from a root through edges that carried a gradient, as nodes."""
    order = flow.graph.passes[index].order
    steps: dict[str, tuple[int, str | None]] = dict.fromkeys(order[:1], (0, None))
    place = {id: number for number, id in enumerate(order)}
    for id in order:
        if id not in flow.nodes:
            continue
        length, _ = steps.setdefault(id, (0, None))
        for edge, _ in flow.passed_on(flow.nodes[id], index):
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


def _depth_problem(flow: Flow, way: list[Node], index: int, ratio: float) -> Problem:
    slug = "gradient-vanishes" if ratio < 1 else "gradient-explodes"
    steps = len(way) - 1
    factor = ratio ** (1 / steps)
    picked = [way[0], way[len(way) // 3], way[2 * len(way) // 3], way[-1]]
    told = ", ".join(f"{_norm(flow, node, index):.3g} at {flow.called(node)}" for node in picked)
    detail = (
        f"On the longest way back, {count(steps, 'step')} from {flow.called(way[0])} to {flow.called(way[-1])}, "
        "the norm "
        f"of the gradient goes: {told}. That is a factor of {factor:.3g} for each step on the average, "
        f"{ratio:.2g} in all."
    )
    kinds = {node.op.split("Backward")[0] for node in way}
    if slug == "gradient-vanishes" and kinds & {"Sigmoid", "Tanh"}:
        name = "sigmoid" if "Sigmoid" in kinds else "tanh"
        most = "a quarter" if name == "sigmoid" else "1, and far less away from 0"
        detail += f" The derivative of {name} is at most {most}."
    return Problem(
        slug=slug,
        severity="warning",
        title=title_of(slug) or slug,
        detail=detail,
        span=way[-1].span,
        node=way[-1].id,
    )
