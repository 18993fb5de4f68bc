"""What the check lets through also runs in a confined child, and so does its diagnosis."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from chainrule.limits import Limits
from chainrule.problems import PROBLEMS
from chainrule.protocol.messages import ExecutionAnswer, ExecutionRequest
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
def confined() -> Iterator[Callable[[str], ExecutionAnswer]]:
    # Wide limits: this is about what a child may do, not about how busy the machine is.
    settings = Settings(limits=Limits(wall_seconds=60.0, cpu_seconds=60), workers=1)
    with asyncio.Runner() as runner:
        pool = Pool(settings)
        runner.run(pool.start())
        yield lambda source: runner.run(pool.execute(ExecutionRequest(source=source)))
        runner.run(pool.stop())


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
def test_an_idiom_runs_in_a_confined_child(confined: Callable[[str], ExecutionAnswer], source: str) -> None:
    answer = confined(source)
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []


@pytest.mark.parametrize("kind", TOLD_AFTER_RUNNING, ids=lambda kind: kind.slug)
def test_a_problem_is_explained_in_a_confined_child(confined: Callable[[str], ExecutionAnswer], kind) -> None:
    assert kind.slug in [problem.slug for problem in confined(kind.example).problems]
