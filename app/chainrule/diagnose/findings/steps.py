"""Optimizers whose steps change nothing."""

import ast
from collections.abc import Sequence

from chainrule.diagnose.source import SourceText, called
from chainrule.graph.model import Span
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.saying import say

IdleSteps = Sequence[tuple[Span | None, bool, bool]]
"""For each optimizer of which no step changed anything, where its last step was, whether backward had run by then, and
whether that had reached one of its parameters."""


def idle_steps(text: SourceText, idle: IdleSteps) -> list[Problem]:
    """Find steps without a backward before them, and steps before which the gradients were set back.

    Args:
        text: the program.
        idle: the optimizers.
    """
    for span, has_passes, is_reached in idle:
        if is_reached:
            detail = say(
                "No step of this optimizer changed anything: backward gave its parameters gradients, and they were set "
                "back before the step. The order is zero_grad, backward, step."
            )
            return [Problem.of("step-without-gradient", detail, span=span, fixes=_earlier(text, span))]
        if not has_passes:
            detail = say(
                "No step of this optimizer changed anything: no backward ran before it, so its parameters have no "
                "gradient."
            )
            return [Problem.of("step-without-gradient", detail, span=span)]
    return []


def _earlier(text: SourceText, span: Span | None) -> list[Fix]:
    """Return the edit that sets gradients back before backward, where it stands between that and the step."""
    step = text.statement(span)
    for node in text.nodes:
        block = getattr(node, "body", None)
        if step is None or not isinstance(block, list) or step not in block:
            continue
        before = block[: block.index(step)]
        resets = [one for one in before if isinstance(one, ast.Expr) and called(one.value) == "zero_grad"]
        passes = [one for one in before if isinstance(one, ast.Expr) and called(one.value) == "backward"]
        if len(resets) == 1 and len(passes) == 1 and passes[0].lineno < resets[0].lineno:
            first, last = text.span(passes[0]), text.span(resets[0])
            whole = Span(line=first.line, column=first.column, end_line=last.end_line, end_column=last.end_column)
            kept = text.cut(whole)[: -len(text.of(resets[0]))].rstrip()
            made = f"{text.of(resets[0])}\n{text.indent(first.line)}{kept}"
            return [Fix(title=say("Set the gradients back before backward"), span=whole, text=made)]
    return []
