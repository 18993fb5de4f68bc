"""What is said of a program by how its run came out: its own answer, or why there is none."""

import signal

from chainrule.limits import Limits
from chainrule.protocol.frames import Outcome
from chainrule.protocol.messages import ExecutionAnswer, ExecutionRequest, Problem
from chainrule.protocol.trust import AnswerInvalidError, read_answer
from chainrule.words.saying import say


def conclude(outcome: Outcome, request: ExecutionRequest, limits: Limits) -> tuple[str, ExecutionAnswer]:
    """Return what a run is counted as, and its answer, which is checked before anyone trusts it."""
    if isinstance(outcome, bytes):
        try:
            answer = read_answer(outcome, request, limits)
        except AnswerInvalidError as error:
            return "invalid", ExecutionAnswer(problems=[invalid_problem(str(error))])
        failed = any(problem.severity == "error" for problem in answer.problems)
        return "problem" if failed else "ok", answer
    if outcome.kind == "overdue":
        return "overdue", ExecutionAnswer(problems=[overdue_problem(limits)])
    if outcome.kind == "forged":
        return "invalid", ExecutionAnswer(problems=[invalid_problem(outcome.reason)])
    if outcome.kind == "interrupted":
        return "lost", ExecutionAnswer(problems=[interrupted_problem()])
    return "lost", ExecutionAnswer(problems=[lost_problem(outcome.reason, outcome.status, limits)])


def overdue_problem(limits: Limits) -> Problem:
    """Return the problem of a program that had to be killed for its time."""
    return Problem(
        slug="time-limit",
        severity="error",
        title=say("The program took too long"),
        detail=say(
            "It did not stop after {wall_seconds} s, which is the limit, and had to be killed in the "
            "middle of an operation, so there is no graph. Use smaller tensors, or do fewer steps.",
            wall_seconds=f"{limits.wall_seconds:g}",
        ),
    )


def lost_problem(reason: str, status: int | None, limits: Limits) -> Problem:
    """Return the problem of a program whose process ended.

    Args:
        reason: what the web process saw.
        status: the exit code, or minus the number of a signal; None if it is not known.
        limits: what it had been given.
    """
    if status == -signal.SIGSYS:
        return Problem(
            slug="forbidden-call",
            severity="error",
            title=say("The program tried to leave the sandbox"),
            detail=say(
                "It asked the operating system for something that no program here may do (files, "
                "network, processes), and was ended for it."
            ),
        )
    if status == -signal.SIGXCPU:
        return Problem(
            slug="cpu-limit",
            severity="error",
            title=say("The program used too much processor time"),
            detail=say(
                "It used more than {cpu_seconds} s, which is the limit, and had to be killed in the "
                "middle of an operation, so there is no graph. Use smaller tensors, or do fewer steps.",
                cpu_seconds=limits.cpu_seconds,
            ),
        )
    ended = say("signal {name}", name=_name(-status)) if status is not None and status < 0 else reason
    return Problem(
        slug="crash",
        severity="error",
        title=say("The program crashed its process"),
        detail=say(
            "PyTorch itself failed in the middle of an operation, and the process ended without an "
            "answer. Only this program was harmed. Look at the last operation it did: its arguments "
            "may be out of range."
        ),
        message=ended,
    )


def interrupted_problem() -> Problem:
    """Return the problem of a program that ran while the sandbox itself ended."""
    return Problem(
        slug="interrupted",
        severity="error",
        title=say("The run was interrupted"),
        detail=say("The sandbox was restarted while the program ran. The program is not at fault: run it again."),
    )


def invalid_problem(reason: str) -> Problem:
    """Return the problem of an answer that cannot be trusted."""
    return Problem(
        slug="answer-invalid",
        severity="error",
        title=say("The result cannot be trusted"),
        detail=say("The program's process sent something that is not a proper answer, so nothing of it is shown."),
        message=reason,
    )


def _name(number: int) -> str:
    """Return the name of a signal; real-time signals have none."""
    try:
        return signal.Signals(number).name
    except ValueError:
        return str(number)
