"""Gradients that were added up, told where a sum was used that holds what was used before.

To add up is what `.grad` is for: parts of a batch and several losses share one step in that way. It goes wrong where a
gradient has served, in a step or to be read, and stays in what serves the next time.
"""

import ast
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from chainrule.diagnose.edits import optimizer_of
from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.findings.leaf_gradients import TOLD, some_of
from chainrule.graph.index import in_pass
from chainrule.graph.model import Node, Pass, Span, Tensor
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import say

_CONDITIONAL = ast.If | ast.IfExp | ast.For | ast.While | ast.Try | ast.FunctionDef | ast.Lambda | ast.BoolOp
"""What holds parts that may not run."""
_Homes = dict[ast.stmt, tuple[ast.AST, list[ast.stmt]]]
"""What holds each statement, and the block that it stands in."""


def accumulated(flow: GraphFlow) -> list[Problem]:
    """Find the first pass that added to gradients which had been used already, and were then used once more.

    A program that takes no step and reads the sum at its end is told of it as a notice.

    Args:
        flow: the graph.
    """
    leaves = [node for node in flow.graph.nodes if node.kind == "leaf"]
    read = _read_after_each(flow)
    added: dict[int, list[Node]] = {}
    for leaf in leaves:
        index = _used_again(flow, leaf, read)
        if index is not None:
            added.setdefault(index, []).append(leaf)
    if added:
        return [_problem(flow, min(added), added[min(added)], warns=True)]
    if any(flow.updates):
        return []
    for one in flow.passes:
        summed = [leaf for leaf in leaves if _added(leaf, one.index) and read[one.index].intersection(leaf.names)]
        if summed:
            return [_problem(flow, one.index, summed, warns=False)]
    return []


def _used_again(flow: GraphFlow, leaf: Node, read: dict[int, set[str]]) -> int | None:
    """Return the pass that added to a gradient which had been used, where the sum was used as well."""
    is_used, adding = False, None
    for one in flow.passes:
        if _added(leaf, one.index):
            adding = one.index if is_used and adding is None else adding
        elif _gradient(leaf, one.index) is not None:
            is_used, adding = False, None
        updated = one.index <= len(flow.updates) and leaf.id in flow.updates[one.index - 1]
        if updated or not read[one.index].isdisjoint(leaf.names):
            if adding is not None:
                return adding
            is_used = True
    return None


def _problem(flow: GraphFlow, index: int, added: list[Node], *, warns: bool) -> Problem:
    one = next(one for one in flow.passes if one.index == index)
    names = [flow.called(node) for node in added]
    detail = say(
        "Pass {number} (line {line}) added its gradient to what was in {gradients} already: "
        "{leaf}.grad is now the sum of several passes. Where that is not meant, set it back "
        "before.",
        number=index,
        line=one.span.line if one.span else 0,
        gradients=some_of([f"{name}.grad" for name in names]),
        leaf=names[0],
    )
    return Problem.of(
        "gradient-accumulated",
        detail,
        severity=None if warns else "notice",
        span=one.span,
        node=added[0].id,
        fixes=_fixes(flow, one, names) if warns else [],
    )


def _fixes(flow: GraphFlow, one: Pass, names: list[str]) -> list[Fix]:
    """Return the edit that sets gradients back before the only place that runs backward, or for a leaf by itself."""
    statement = flow.text.statement(one.span)
    made = optimizer_of(flow.text)
    if statement is None:
        return []
    if made is None:
        reset = "; ".join(f"{name}.grad = None" for name in names[:TOLD] if "`" not in name)
    else:
        # Where several losses share a step, only the person knows which of them is the first.
        reset = f"{made[0]}.zero_grad()" if len({other.span for other in flow.passes}) == 1 else ""
    return [flow.text.before_line(say("Set the gradient back first"), statement.lineno, reset)] if reset else []


def _gradient(leaf: Node, pass_index: int) -> Tensor | None:
    return in_pass(leaf.outputs[0].gradients, pass_index) if leaf.outputs else None


def _added(leaf: Node, pass_index: int) -> bool:
    """Return whether `.grad` holds more after a pass than what came in it."""
    now, gradient = in_pass(leaf.accumulated, pass_index), _gradient(leaf, pass_index)
    if pass_index == 1 or now is None or gradient is None:
        return False
    return not _equal(now, gradient)


def _equal(one: Tensor, other: Tensor) -> bool:
    if one.values is not None and other.values is not None:
        return one.values == other.values
    return one.stats == other.stats


def _read_after_each(flow: GraphFlow) -> dict[int, set[str]]:
    """Return whose `.grad` the program surely reads after each pass and before the next: by what always runs.

    The passes of a loop are at one place, and what is read between two places is looked for once.
    """
    homes: _Homes = {one: (owner, block) for owner, block in flow.text.blocks() for one in block}

    @cache
    def read(start: Span | None, end: Span | None) -> set[str]:
        between = _between(homes, flow.text.statement(start), flow.text.statement(end))
        return {ast.unparse(node.value) for statement in between for node in _reads(statement)}

    spans = [one.span for one in flow.passes]
    return {
        one.index: read(start, end) for one, (start, end) in zip(flow.passes, pairwise([*spans, None]), strict=True)
    }


def _between(homes: "_Homes", first: ast.AST | None, last: ast.stmt | None) -> Iterator[ast.stmt]:
    """Yield the statements that run after one and before another, as far as that is sure.

    Both stand in one block; without an end it is all that comes after, also after the loops around.
    """
    while isinstance(first, ast.stmt) and first in homes and not isinstance(first, ast.FunctionDef):
        owner, block = homes[first]
        at = block.index(first)
        if last is None:
            yield from block[at + 1 :]
            first = owner
            continue
        if last in block:
            until = block.index(last)
            yield from block[at + 1 : until] if until > at else [*block[at + 1 :], *block[:until]]
        return


def _reads(statement: ast.stmt) -> Iterator[ast.Attribute]:
    """Yield where a statement reads a `.grad`, whatever its conditions come to."""
    waiting: list[ast.AST] = [statement]
    while waiting:
        node = waiting.pop()
        if isinstance(node, _CONDITIONAL):
            continue
        if isinstance(node, ast.Attribute) and node.attr == "grad" and isinstance(node.ctx, ast.Load):
            yield node
        waiting += ast.iter_child_nodes(node)
