"""A program that was traced raised."""

from collections.abc import Sequence

from chainrule.errors import ChainruleError
from chainrule.graph.model import Graph, Span
from chainrule.graph.source_text import lines_of
from chainrule.protocol.messages import Fix, Problem


class TraceError(ChainruleError):
    """A program or a function raised while it was traced; its graph until then is kept.

    Args:
        problems: what went wrong, the first first.
        graph: what was done until then; can be drawn.
        source: the program's text, or that of the file that the function stands in.
    """

    slug = "exception"

    def __init__(self, problems: Sequence[Problem], graph: Graph, source: str) -> None:
        super().__init__("\n".join(_told(problem, source) for problem in problems))
        self.problems = tuple(problems)
        self.graph = graph
        self.source = source


def _told(problem: Problem, source: str) -> str:
    """Return where and what went wrong, in whose words, why, and what helps: a line for each."""
    lines = lines_of(source)
    parts = [_place(problem.span, lines) + problem.title, problem.message, problem.detail]
    parts += [_mended(fix, lines) for fix in problem.fixes]
    return "\n".join(part for part in parts if part)


def _place(span: Span | None, lines: Sequence[str]) -> str:
    if span is None or span.line > len(lines):
        return ""
    return f"line {span.line}, column {span.column + 1}, `{lines[span.line - 1].strip()}`: "


def _mended(fix: Fix, lines: Sequence[str]) -> str:
    """Return what a fix does, with the line as it would be where it changes one alone."""
    span = fix.span
    if span.line != span.end_line or span.line > len(lines):
        return f"- {fix.title}"
    line = lines[span.line - 1]
    changed = line[: span.column] + fix.text + line[span.end_column :]
    return f"- {fix.title}: `{changed.strip()}`" if len(changed.splitlines()) == 1 else f"- {fix.title}"
