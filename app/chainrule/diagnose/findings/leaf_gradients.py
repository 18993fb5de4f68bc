"""Gradients that were added up, or never came."""

import ast
from collections.abc import Mapping

import torch

from chainrule.diagnose.edits import optimizer_of
from chainrule.diagnose.findings.detached import cuts, plain_numbers
from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.requiring import freeze
from chainrule.diagnose.source import SourceText
from chainrule.graph.history import EMPTY
from chainrule.graph.index import in_pass
from chainrule.graph.model import Node, Span, Tensor
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import listed, say

TOLD = 4
"""How many names are listed at most."""


def accumulated(flow: GraphFlow) -> list[Problem]:
    """Find the first pass that added to gradients of an earlier one."""
    for one in flow.passes:
        leaves = sorted((id for id in one.accumulated if id in flow.nodes), key=flow.positions.__getitem__)
        added = [flow.nodes[id] for id in leaves if _added(flow.nodes[id], one.index)]
        if not added or one.span is None:
            continue
        names = [flow.called(node) for node in added]
        first = names[0]
        line = one.span.line
        detail = say(
            "Pass {number} (line {line}) added its gradient to what was in {gradients} already: "
            "{leaf}.grad is now the sum of several passes. Where that is not meant, set it back "
            "before.",
            number=one.index,
            line=line,
            gradients=_listed([f"{n}.grad" for n in names]),
            leaf=first,
        )
        made = optimizer_of(flow.text)
        optimizer = None if made is None else made[0]
        fixes: list[Fix] = []
        statement = flow.text.statement(one.span)
        if statement is not None:
            if optimizer is not None:
                reset = f"{optimizer}.zero_grad()"
            else:
                reset = "; ".join(f"{name}.grad = None" for name in names[:TOLD] if "`" not in name)
            if reset:
                fixes.append(flow.text.before_line(say("Set the gradient back first"), statement.lineno, reset))
        return [Problem.of("gradient-accumulated", detail, span=one.span, node=added[0].id, fixes=fixes)]
    return []


def _added(leaf: Node, pass_index: int) -> bool:
    own = leaf.outputs[0].gradients if leaf.outputs else EMPTY
    now, gradient = in_pass(leaf.accumulated, pass_index), in_pass(own, pass_index)
    if pass_index == 1 or now is None or gradient is None:
        return False
    return not _equal(now, gradient)


def _equal(one: Tensor, other: Tensor) -> bool:
    if one.values is not None and other.values is not None:
        return one.values == other.values
    return one.stats == other.stats


def without_gradient(flow: GraphFlow, parameters: Mapping[str, torch.Tensor]) -> list[Problem]:
    """Find leaves that no pass reached, and the places where the way to them is cut.

    Args:
        flow: the graph.
        parameters: those of the program's modules, by path.
    """
    if not any(one.call != "autograd.grad" for one in flow.passes):
        return cuts(flow, meant=True)
    lonely = _lonely(flow, parameters)
    found = cuts(flow, meant=not lonely)
    if not lonely:
        return found
    found = found or plain_numbers(flow)
    names = list(lonely)
    node = next((node for node in lonely.values() if node is not None), None)
    detail = say(
        "Backward ran, and {leaves} got no gradient: .grad is None. What backward started from "
        "does not depend on {pronoun}",
        leaves=_listed(names),
        pronoun="it" if len(names) == 1 else say("them"),
    )
    detail += say(", or only by a way that is cut (see the other problem).") if found else "."
    detail += _swallowed(flow)
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


def _listed(names: list[str]) -> str:
    shown = names[:TOLD]
    if len(names) > TOLD:
        return say("{names} and {count} more", names=", ".join(shown), count=len(names) - TOLD)
    return listed(shown)
