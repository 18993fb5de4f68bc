"""What is said of a program by how its run came out: its own answer, or why there is none."""

import signal

from chainrule.limits import Limits
from chainrule.problems.limits import say_killed
from chainrule.protocol.frames import Outcome
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import Program
from chainrule.protocol.trust import AnswerInvalidError, read_answer
from chainrule.words.saying import say


def conclude(outcome: Outcome, program: Program, limits: Limits) -> tuple[str, ExecutionAnswer]:
    """Return what a run is counted as, and its answer, which is checked before anyone trusts it."""
    if isinstance(outcome, bytes):
        try:
            answer = read_answer(outcome, program, limits)
        except AnswerInvalidError as error:
            return "invalid", ExecutionAnswer(problems=[Problem.of("answer-invalid", message=str(error))])
        failed = any(problem.severity == "error" for problem in answer.problems)
        return "problem" if failed else "ok", answer
    if outcome.kind == "overdue":
        return "overdue", ExecutionAnswer(problems=[Problem.of("time-limit", say_killed("wall_seconds", limits))])
    if outcome.kind == "forged":
        return "invalid", ExecutionAnswer(problems=[Problem.of("answer-invalid", message=outcome.reason)])
    if outcome.kind == "interrupted":
        return "lost", ExecutionAnswer(problems=[Problem.of("interrupted")])
    return "lost", ExecutionAnswer(problems=[lost_problem(outcome.reason, outcome.status, limits)])


def lost_problem(reason: str, status: int | None, limits: Limits) -> Problem:
    """Return the problem of a program whose process ended.

    Args:
        reason: what the web process saw.
        status: the exit code, or minus the number of a signal; None if it is not known.
        limits: what it had been given.
    """
    if status == -signal.SIGSYS:
        return Problem.of("forbidden-call")
    if status == -signal.SIGXCPU:
        return Problem.of("cpu-limit", say_killed("cpu_seconds", limits))
    ended = say("signal {name}", name=_name(-status)) if status is not None and status < 0 else reason
    return Problem.of("crash", message=ended)


def _name(number: int) -> str:
    """Return the name of a signal; real-time signals have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
