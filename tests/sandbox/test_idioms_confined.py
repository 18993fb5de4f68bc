"""What the check lets through also runs in a confined child, and so does its diagnosis."""

from collections.abc import AsyncIterator

import pytest
from chainrule.limits import Limits
from chainrule.problems import PROBLEMS
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

from tests.program.idioms import IDIOMS

TOLD_AFTER_RUNNING = [
    kind
    for kind in PROBLEMS.values()
    if kind.example
    and not kind.slug.endswith(("-limit", "-refused"))
    and kind.slug not in ("name-unknown", "syntax-error")
]


@pytest.fixture(scope="module")
async def confined() -> AsyncIterator[Pool]:
    # Wide limits: this is about what a child may do, not about how busy the machine is.
    settings = Settings(limits=Limits(wall_seconds=60.0, cpu_seconds=60, answer_seconds=100), workers=1)
    pool = Pool(settings)
    await pool.start()
    yield pool
    await pool.stop()


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
async def test_an_idiom_runs_in_a_confined_child(confined: Pool, source: str) -> None:
    answer = await confined.execute(Program(source))
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []


@pytest.mark.parametrize("kind", TOLD_AFTER_RUNNING, ids=lambda kind: kind.slug)
async def test_a_problem_is_explained_in_a_confined_child(confined: Pool, kind) -> None:
    answer = await confined.execute(Program(kind.example))
    assert kind.slug in [problem.slug for problem in answer.problems]
