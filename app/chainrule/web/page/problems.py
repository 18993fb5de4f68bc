"""Everything that can be wrong with a program, in the one shape that the page shows."""

from collections.abc import Callable
from dataclasses import asdict, dataclass

from chainrule.errors import ChainruleError, ProgramRejectedError, Violation
from chainrule.graph import Span
from chainrule.graph.source_text import SourceLines
from chainrule.problems import PROBLEMS
from chainrule.protocol.messages import Fix, Problem


@dataclass(frozen=True, slots=True)
class FixShown:
    """A change that one click makes; before and after are shown."""

    title: str
    line: int
    column: int
    end_line: int
    end_column: int
    before: str
    text: str


@dataclass(frozen=True, slots=True)
class ProblemShown:
    """One problem card, and one mark in the editor."""

    slug: str
    severity: str
    title: str
    detail: str
    message: str | None
    line: int | None
    column: int | None
    end_line: int | None
    end_column: int | None
    code: str | None
    node: str | None
    fixes: tuple[FixShown, ...]
    pass_index: int | None = None
    """The pass of a training loop whose picture shows the node; None where every picture does."""

    def as_json(self, tell: Callable[[str], str]) -> dict[str, object]:
        """Return what the scripts get of it.

        Args:
            tell: says a text in the page's language.
        """
        data = asdict(self)
        fixes = [asdict(fix) | {"title": tell(fix.title)} for fix in self.fixes]
        return data | {"title": tell(self.title), "detail": tell(self.detail), "fixes": fixes}


def of_problem(problem: Problem, source: str, restore: Callable[[str], str], is_tried: bool) -> ProblemShown:
    """Return a problem of an execution.

    Args:
        problem: from the answer.
        source: the program, from which the places are cut.
        restore: from the answer's book, turns its texts back into sayings.
        is_tried: whether its fixes were tried; else nobody is shown one.
    """
    span = problem.span
    return ProblemShown(
        problem.slug,
        problem.severity,
        restore(problem.title),
        restore(problem.detail),
        problem.message,
        *_place(span),
        code=SourceLines(source).one_line(span),
        node=problem.node,
        fixes=tuple(_fix(fix, source, restore(fix.title)) for fix in problem.fixes if is_tried),
    )


def of_error(error: ChainruleError, source: str) -> tuple[ProblemShown, ...]:
    """Return the problems of a request that was not run: one for each violation, or the error itself.

    Args:
        error: what the pipeline raised.
        source: the program.
    """
    if isinstance(error, ProgramRejectedError):
        return tuple(_of_violation(violation, source) for violation in error.violations)
    kind = PROBLEMS[error.slug]
    nowhere = _place(None)
    return (
        ProblemShown(kind.slug, kind.severity, kind.title, str(error), None, *nowhere, code=None, node=None, fixes=()),
    )


def _of_violation(violation: Violation, source: str) -> ProblemShown:
    span = Span(
        line=violation.line,
        column=violation.column,
        end_line=violation.end_line,
        end_column=violation.end_column,
    )
    fixes: tuple[FixShown, ...] = ()
    if violation.suggestion is not None:
        fixes = (
            _fix(Fix(title=violation.suggestion, span=span, text=violation.suggestion), source, violation.suggestion),
        )
    if violation.fix is not None:
        fix = violation.fix
        place = Span(line=fix.line, column=fix.column, end_line=fix.end_line, end_column=fix.end_column)
        fixes += (_fix(Fix(title=fix.title, span=place, text=fix.text), source, fix.title),)
    return ProblemShown(
        violation.slug,
        "error",
        violation.message,
        "",
        None,
        *_place(span),
        code=SourceLines(source).one_line(span),
        node=None,
        fixes=fixes,
    )


def _place(span: Span | None) -> tuple[int | None, int | None, int | None, int | None]:
    return (None, None, None, None) if span is None else (span.line, span.column, span.end_line, span.end_column)


def _fix(fix: Fix, source: str, title: str) -> FixShown:
    return FixShown(
        title,
        fix.span.line,
        fix.span.column,
        fix.span.end_line,
        fix.span.end_column,
        SourceLines(source).one_line(fix.span) or "",
        fix.text,
    )
