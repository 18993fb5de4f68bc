"""What is said of a run without an answer: only what is known of it."""

import signal

import pytest
from chainrule.limits import Limits
from chainrule.protocol.frames import Unanswered
from chainrule.protocol.program import Program
from chainrule.sandbox.outcomes import conclude

LIMITS = Limits(wall_seconds=7.0, cpu_seconds=5.0, answer_seconds=3.0)


@pytest.mark.parametrize(
    ("outcome", "slug", "words"),
    [
        (Unanswered(kind="overdue"), "time-limit", "after 7 s"),
        (Unanswered(kind="overdue", over=True), "graph-time-limit", "The program is over"),
        (Unanswered(kind="lost", status=-signal.SIGXCPU), "cpu-limit", "after 5 s"),
        (Unanswered(kind="lost", status=-signal.SIGXCPU, over=True), "graph-time-limit", "may take 3 s"),
        (Unanswered(kind="lost", status=-signal.SIGSYS), "forbidden-call", None),
        (Unanswered(kind="lost", status=-signal.SIGKILL), "crash", "signal SIGKILL"),
        (Unanswered(kind="lost", status=-60), "crash", "signal 60"),
        (Unanswered(kind="lost", status=3, reason="ended"), "crash", "ended"),
        (Unanswered(kind="lost", reason="ended"), "crash", "ended"),
        (Unanswered(kind="forged", reason="it lied"), "answer-invalid", "it lied"),
        (Unanswered(kind="interrupted"), "interrupted", None),
    ],
)
def test_a_run_without_an_answer_is_told_as_what_it_is(outcome: Unanswered, slug: str, words: str | None) -> None:
    (problem,) = conclude(outcome, Program("x"), LIMITS)[1].problems
    assert problem.slug == slug
    assert words is None or words in f"{problem.detail} {problem.message}"
    assert "in the middle of" not in f"{problem.detail} {problem.message}"
