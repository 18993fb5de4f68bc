"""Whether a fix mends what it is for: the answer of the program with it, held against that of the program without."""

from collections import Counter
from collections.abc import Mapping

from chainrule.graph.history import History
from chainrule.graph.model import Graph
from chainrule.graph.source_text import SourceLines
from chainrule.protocol.messages import ExecutionAnswer, Fix, Problem

_SAID = "warning"
"""The kind of PyTorch's own warnings: a program that comes farther may meet more of them."""


def apply_fix(source: str, fix: Fix) -> str:
    """Return the program with a fix made."""
    text, span = SourceLines(source), fix.span
    return (
        source[: text.offset(span.line, span.column)] + fix.text + source[text.offset(span.end_line, span.end_column) :]
    )


def is_mended(before: ExecutionAnswer, problem: Problem, after: ExecutionAnswer) -> bool:
    """Return whether a program with a fix runs, without the problem and without another, and still learns.

    What got a gradient without the fix must not end with zeros or without one, if it still asks for it. Where passes
    ran, something must have got a gradient.

    Args:
        before: the answer of the program that has the problem.
        problem: one of its problems.
        after: the answer of the program with the fix.
    """
    if after.rejection is not None or any(one.severity == "error" for one in after.problems):
        return False
    kinds, left = Counter(one.slug for one in before.problems), Counter(one.slug for one in after.problems)
    if left[problem.slug] >= kinds[problem.slug]:
        return False
    told = Counter(one.slug for one in after.problems if one.severity == "warning" and one.slug != _SAID)
    if any(count > kinds[slug] for slug, count in told.items()):
        return False
    had, has = _last_gradients(before.graph), _last_gradients(after.graph)
    if any(is_there and has.get(name) is False for name, is_there in had.items()):
        return False
    return not after.graph.passes or any(has.values())


def _last_gradients(graph: Graph) -> Mapping[str, bool]:
    """Return for each leaf, by each of its names, whether the last gradient that came to it is not all zeros."""
    found: dict[str, bool] = {}
    for node in graph.nodes:
        if node.kind != "leaf" or not node.outputs:
            continue
        value = node.outputs[0].value
        if value is None or value.requires_grad:
            found |= dict.fromkeys(node.names, _is_there(node.outputs[0].gradients))
    return found


def _is_there(gradients: History) -> bool:
    last = gradients.in_pass(gradients.passes[-1]) if gradients.passes else None
    return last is not None and not last.is_zero
