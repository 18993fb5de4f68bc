"""Runs programs and tells their problems: what the tests of diagnosis share."""

from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import Program
from chainrule.run.execute import execute

# PyTorch imports parts of itself at first use, which may take seconds in a process that has not done so before.
LIMITS = Limits(wall_seconds=120.0, cpu_seconds=120, answer_seconds=120)


def run(source: str) -> ExecutionAnswer:
    """Check and execute a program."""
    program = check(Program(source), LIMITS).program
    return execute(program, LIMITS)


def problems(source: str) -> list[Problem]:
    """The problems of a program."""
    return run(source).problems


def slugs(source: str) -> list[str]:
    """The kinds of its problems."""
    return [problem.slug for problem in problems(source)]


def problem(source: str, slug: str) -> Problem:
    """Its one problem of a kind."""
    (found,) = [problem for problem in problems(source) if problem.slug == slug]
    return found


def place(source: str, found: Problem) -> str:
    """The text that a problem points at."""
    assert found.span is not None
    assert found.span.line == found.span.end_line
    return source.split("\n")[found.span.line - 1][found.span.column : found.span.end_column]
