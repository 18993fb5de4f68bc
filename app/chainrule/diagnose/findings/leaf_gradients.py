"""Gradients that never came."""

import ast
from collections.abc import Callable, Mapping

import torch

from chainrule.diagnose.findings.detached import cuts, plain_numbers
from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.requiring import freeze
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Node, Span
from chainrule.protocol.messages import Problem
from chainrule.words.saying import listed, say

TOLD = 4
"""How many names are listed at most."""


def without_gradient(
    flow: GraphFlow,
    namespace: Mapping[str, object],
    parameters: Mapping[str, torch.Tensor],
    is_optimized: Callable[[torch.Tensor], bool],
) -> list[Problem]:
    """Find leaves that no pass reached, and the places where the way to them is cut.

    Where optimizers took steps, what none of them holds is not meant to learn: teachers, targets, features.

    Args:
        flow: the graph.
        namespace: the program's variables.
        parameters: those of the program's modules, by path.
        is_optimized: whether an optimizer holds a tensor.
    """
    if not any(one.call != "autograd.grad" for one in flow.passes):
        return cuts(flow, meant=True)
    lonely = _lonely(flow, parameters)
    tensors = {name: parameters.get(name, namespace.get(name)) for name in lonely}
    lonely = {
        name: node
        for name, node in lonely.items()
        if not isinstance(tensors[name], torch.Tensor) or is_optimized(tensors[name])
    }
    found = cuts(flow, meant=not lonely)
    if not lonely:
        return found
    found = found or plain_numbers(flow)
    names = list(lonely)
    node = next((node for node in lonely.values() if node is not None), None)
    swallowed = _swallowed(flow)
    if swallowed:
        detail = say("Backward ran, and {leaves} got no gradient: .grad is None.", leaves=some_of(names)) + swallowed
    else:
        detail = say(
            "Backward ran, and {leaves} got no gradient: .grad is None. What backward started from "
            "does not depend on {pronoun}",
            leaves=some_of(names),
            pronoun="it" if len(names) == 1 else say("them"),
        )
        detail += say(", or only by a way that is cut (see the other problem).") if found else "."
    detail += (
        say(" An optimizer will leave it as it is.")
        if len(names) == 1
        else say(" An optimizer will leave them as they are.")
    )
    span = _where_bound(flow.text, names[0].split(".")[0])
    fixes = [] if found else freeze(flow.text, names, parameters)
    own = Problem.of("parameter-without-gradient", detail, span=span, node=node.id if node else None, fixes=fixes)
    return [*found, own]


def _swallowed(flow: GraphFlow) -> str:
    """Return what custom Functions kept to themselves: gradients that arrived and for which they returned None."""
    for one in flow.passes:
        for node in flow.in_order(one):
            if "custom" not in node.flags or not flow.gradients(node, one.index):
                continue
            carried = {edge.id for edge, _ in flow.passed_on(node, one.index)}
            for edge in flow.inputs[node.id]:
                if edge.kind == "gradient" and edge.id not in carried:
                    name = node.op.removesuffix("Backward")
                    return say(
                        " {name}.backward got a gradient and returned None for its input number {slot}.",
                        name=name,
                        slot=edge.slot,
                    )
    return ""


def _lonely(flow: GraphFlow, parameters: Mapping[str, torch.Tensor]) -> dict[str, Node | None]:
    """Leaves that require a gradient and have none after all passes, by name."""
    reached = {name for node in flow.graph.nodes if node.kind == "leaf" and _reached(node) for name in node.names}
    found: dict[str, Node | None] = {}
    for variable in flow.graph.variables:
        tensor = variable.tensor
        if tensor is None or not (tensor.requires_grad and tensor.is_leaf) or variable.gradient is not None:
            continue
        if variable.name not in reached:
            found[variable.name] = flow.nodes.get(variable.node) if variable.node else None
    same: dict[torch.Tensor, list[str]] = {}
    for name, parameter in parameters.items():
        same.setdefault(parameter, []).append(name)
    for parameter, names in same.items():
        if _is_pattern(flow.text, {name.split(".")[0] for name in names}):
            continue
        if parameter.requires_grad and parameter.grad is None and reached.isdisjoint(names):
            found[names[0]] = next((node for node in flow.graph.nodes if names[0] in node.names), None)
    return found


def _is_pattern(text: SourceText, modules: set[str]) -> bool:
    """Return whether a module is only there to be copied, as the layer that a TransformerEncoder is given."""
    calls = text.calls(None, "TransformerEncoder", "TransformerDecoder", "deepcopy")
    return any(isinstance(given, ast.Name) and given.id in modules for call in calls for given in call.args)


def _reached(node: Node) -> bool:
    return any(output.gradients for output in node.outputs)


def _where_bound(text: SourceText, name: str) -> Span | None:
    bound = text.bindings(name)
    return text.span(bound[-1]) if bound else None


def some_of(names: list[str]) -> str:
    """Return names in a sentence: a few of them, and how many more there are."""
    shown = names[:TOLD]
    if len(names) > TOLD:
        return say("{names} and {count} more", names=", ".join(shown), count=len(names) - TOLD)
    return listed(shown)
