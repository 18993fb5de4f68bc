"""The problem of a program that raised."""

from collections.abc import Sequence, Set
from dataclasses import replace

from chainrule.diagnose.exceptions import (
    backward,
    combining,
    gradient,
    in_place,
    index,
    layer,
    leaf,
    module,
    number,
    python,
    reshape,
    shape,
)
from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.rule import Diagnosis, Rule
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Graph, Span
from chainrule.protocol.messages import Problem
from chainrule.tape.graph.ancestry import NO_ANCESTRY, Ancestry
from chainrule.tape.graph.stale_saves import StaleSaves
from chainrule.words.saying import say

RULES: tuple[Rule, ...] = (
    *backward.RULES,
    *gradient.RULES,
    *in_place.RULES,
    *leaf.RULES,
    *module.RULES,
    *shape.RULES,
    *reshape.RULES,
    *combining.RULES,
    *layer.RULES,
    *number.RULES,
    *index.RULES,
    *python.RULES,
)
"""The first that applies is taken."""


def diagnose_exception(
    error: BaseException,
    text: SourceText,
    graph: Graph,
    span: Span | None = None,
    stale_saves: StaleSaves | None = None,
    ancestry: Ancestry = NO_ANCESTRY,
    updates: Sequence[Set[str]] = (),
) -> Problem:
    """Explain an exception of the program.

    Args:
        error: with its traceback, whose frames still hold the program's variables.
        text: the program.
        graph: what was recorded until then.
        span: where it came from, if no frame of the program is in the traceback.
        stale_saves: the changes in place for which backward refused to go on, where it did.
        ancestry: where what backward should have started from left the graph, where it has none.
        updates: for each pass, the leaves that were changed in place before the next one began.

    Returns:
        A problem of severity "error" with PyTorch's words in ``message``; never raises.
    """
    moment = RaiseContext.of(error, text, graph, span)
    moment = replace(moment, stale_saves=stale_saves, ancestry=ancestry, updates=updates)
    slug, diagnosis = _diagnosis(moment)
    name = type(error).__name__
    return Problem.of(
        slug,
        diagnosis.detail,
        severity="error",  # it ended the program, whatever kind it is of
        message=f"{name}: {moment.words}" if moment.words else name,
        span=diagnosis.span or moment.span,
        node=diagnosis.node,
        fixes=diagnosis.fixes,
    )


def _diagnosis(moment: RaiseContext) -> tuple[str, Diagnosis]:
    for rule in RULES:
        try:
            found = rule(moment)
        except Exception:  # objects of the program's own classes may misbehave when looked at; its words remain
            continue
        if found is not None:
            return found
    return "exception", Diagnosis(_plain(moment))


def _plain(moment: RaiseContext) -> str:
    where = say(" in line {line}", line=moment.line) if moment.line else ""
    said = say(" It says: {message}", message=moment.words.strip()) if moment.words.strip() else ""
    if isinstance(moment.error, AssertionError):
        return say("An assertion of the program did not hold{place}.{message}", place=where, message=said)
    return say("Nothing in the program caught it{place}.{message}", place=where, message=said)
