"""What the check lets through also runs in a confined child, and so does its diagnosis."""

from collections.abc import AsyncIterator

import pytest
import torch
import torch.nn.functional as F  # noqa: N812  # as everybody calls it
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


@pytest.mark.parametrize("mode", ["sum", "mean", "max"])
@pytest.mark.parametrize("width", [1, 2, 3, 16, 200])
async def test_bags_of_embeddings_need_no_code_that_is_written_while_they_run(
    confined: Pool, width: int, mode: str
) -> None:
    source = (
        f"table = torch.arange(5.0 * {width}).reshape(5, {width}).requires_grad_()\n"
        f"F.embedding_bag(torch.tensor([[0, 1], [1, 4]]), table, mode={mode!r}).sum()"
    )
    answer = await confined.execute(Program(source))
    table = torch.arange(5.0 * width).reshape(5, width).requires_grad_()
    F.embedding_bag(torch.tensor([[0, 1], [1, 4]]), table, mode=mode).sum().backward()
    (leaf,) = [node for node in answer.graph.nodes if node.kind == "leaf"]
    assert table.grad is not None
    assert leaf.accumulated[0].values == table.grad.tolist()


@pytest.mark.parametrize("kind", TOLD_AFTER_RUNNING, ids=lambda kind: kind.slug)
async def test_a_problem_is_explained_in_a_confined_child(confined: Pool, kind) -> None:
    answer = await confined.execute(Program(kind.example))
    assert kind.slug in [problem.slug for problem in answer.problems]
