"""The catalogue's own programs: each shows its problem, its mended form does not, and each fix mends it."""

from dataclasses import replace

import pytest
from chainrule.errors import ProgramRejectedError
from chainrule.problems import PROBLEMS, Kind
from chainrule.protocol.program import Program
from chainrule.protocol.proof import apply_fix
from chainrule.run.execute import execute

from tests.diagnose.diagnosed import LIMITS, problems

SHOWN = [kind for kind in PROBLEMS.values() if kind.example and kind.slug not in ("time-limit", "memory-limit")]
"""The two left out need a limit of the process; the sandbox's tests run into them."""


def slugs(source: str) -> list[str]:
    try:
        return [problem.slug for problem in problems(source)]
    except ProgramRejectedError as rejected:
        return [violation.slug for violation in rejected.violations]


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.slug)
def test_the_example_of_a_kind_of_problem_has_it(kind: Kind) -> None:
    assert kind.example is not None
    assert kind.slug in slugs(kind.example)


@pytest.mark.parametrize("kind", [kind for kind in SHOWN if kind.status is None], ids=lambda kind: kind.slug)
def test_the_example_of_a_kind_has_it_as_severe_as_the_catalogue_says(kind: Kind) -> None:
    assert kind.example is not None
    assert kind.severity in {problem.severity for problem in problems(kind.example) if problem.slug == kind.slug}


@pytest.mark.parametrize("kind", [kind for kind in SHOWN if kind.mended], ids=lambda kind: kind.slug)
def test_the_mended_form_does_not_have_it_and_does_not_fail(kind: Kind) -> None:
    assert kind.mended is not None
    found = problems(kind.mended)
    assert kind.slug not in [problem.slug for problem in found]
    assert [problem for problem in found if problem.severity == "error"] == []


@pytest.mark.parametrize("kind", SHOWN, ids=lambda kind: kind.slug)
def test_each_fix_makes_the_problem_go_away(kind: Kind) -> None:
    assert kind.example is not None
    try:
        found = problems(kind.example)
    except ProgramRejectedError:
        return  # suggestions for text that was not run are the policy's, and tested there
    for fix in next(problem for problem in found if problem.slug == kind.slug).fixes:
        after = problems(apply_fix(kind.example, fix))
        assert kind.slug not in [problem.slug for problem in after], fix
        assert [problem.slug for problem in after if problem.severity == "error"] == [], fix


def test_the_example_of_the_time_limit_runs_until_it() -> None:
    source = PROBLEMS["time-limit"].example
    assert source is not None
    answer = execute(Program(source), replace(LIMITS, wall_seconds=0.2))
    assert [problem.slug for problem in answer.problems] == ["time-limit"]
