"""The problem of a program that raised."""

from dataclasses import replace

from app.graph.model import Graph, Span
from app.graph.problems import title_of
from app.graph.saying import say
from app.graph.wire import Problem
from app.tracing.late import LateChanges
from app.worker.diagnose import (
    backward_rules,
    gradient_rules,
    index_rules,
    join_rules,
    layer_rules,
    leaf_rules,
    module_rules,
    number_rules,
    python_rules,
    reshape_rules,
    shape_rules,
    version_rules,
)
from app.worker.diagnose.moment import Moment
from app.worker.diagnose.rule import Diagnosis, Rule
from app.worker.diagnose.text import Text

RULES: tuple[Rule, ...] = (
    *backward_rules.RULES,
    *gradient_rules.RULES,
    *version_rules.RULES,
    *leaf_rules.RULES,
    *module_rules.RULES,
    *shape_rules.RULES,
    *reshape_rules.RULES,
    *join_rules.RULES,
    *layer_rules.RULES,
    *number_rules.RULES,
    *index_rules.RULES,
    *python_rules.RULES,
)
"""The first that applies is taken."""


def diagnose_exception(
    error: BaseException, source: str, graph: Graph, span: Span | None = None, late: LateChanges | None = None
) -> Problem:
    """Explain an exception of the program.

    Args:
        error: with its traceback, whose frames still hold the program's variables.
        source: the program.
        graph: what was recorded until then.
        span: where it came from, if no frame of the program is in the traceback.
        late: the changes in place for which backward refused to go on, where it did.

    Returns:
        A problem of severity "error" with PyTorch's words in ``message``; never raises.
    """
    moment = replace(Moment.of(error, Text(source), graph, span), late=late)
    slug, diagnosis = _diagnosis(moment)
    name = type(error).__name__
    return Problem(
        slug=slug,
        severity="error",
        title=title_of(slug) or say("The program raised {name}", name=name),
        detail=diagnosis.detail,
        message=f"{name}: {moment.words}" if moment.words else name,
        span=diagnosis.span or moment.span,
        node=diagnosis.node,
        fixes=list(diagnosis.fixes),
    )


def _diagnosis(moment: Moment) -> tuple[str, Diagnosis]:
    for rule in RULES:
        try:
            found = rule(moment)
        except Exception:  # objects of the program's own classes may misbehave when looked at; its words remain
            continue
        if found is not None:
            return found
    return "exception", Diagnosis(_plain(moment))


def _plain(moment: Moment) -> str:
    where = say(" in line {line}", line=moment.line) if moment.line else ""
    said = say(" It says: {strip}", strip=moment.words.strip()) if moment.words.strip() else ""
    if isinstance(moment.error, AssertionError):
        return say("An assertion of the program did not hold{where}.{said}", where=where, said=said)
    return say("Nothing in the program caught it{where}.{said}", where=where, said=said)
