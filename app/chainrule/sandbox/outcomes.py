"""What is said of a program by how its run came out: its own answer, or why there is none."""

import signal

from chainrule.limits import Limits
from chainrule.problems.limits import KINDS_OF_LIMITS, say_killed
from chainrule.protocol.frames import Outcome, Unanswered
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
        return "overdue", ExecutionAnswer(problems=[killed_problem("wall_seconds", outcome.over, limits)])
    if outcome.kind == "forged":
        return "invalid", ExecutionAnswer(problems=[Problem.of("answer-invalid", message=outcome.reason)])
    if outcome.kind == "interrupted":
        return "lost", ExecutionAnswer(problems=[Problem.of("interrupted")])
    return "lost", ExecutionAnswer(problems=[lost_problem(outcome, limits)])


def lost_problem(lost: Unanswered, limits: Limits) -> Problem:
    """Return the problem of a program whose process ended."""
    if lost.status == -signal.SIGSYS:
        return Problem.of("forbidden-call")
    if lost.status == -signal.SIGXCPU:
        return killed_problem("cpu_seconds", lost.over, limits)
    ended = say("signal {name}", name=_name(-lost.status)) if lost.status is not None and lost.status < 0 else None
    return Problem.of("crash", message=ended or lost.reason)


def killed_problem(name: str, over: bool, limits: Limits) -> Problem:
    """Return the problem of a process that was killed for its time.

    Args:
        name: the limit on the program, "wall_seconds" or "cpu_seconds".
        over: whether the program had kept it, and its answer was being made.
        limits: what it had been given.
    """
    met = "answer_seconds" if over else name
    return Problem.of(KINDS_OF_LIMITS[met].slug, say_killed(met, limits))


def _name(number: int) -> str:
    """Return the name of a signal; real-time signals have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
