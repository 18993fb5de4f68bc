"""A pool that starts with its first program."""

import asyncio

from chainrule.protocol.messages import ExecutionRequest
from chainrule.sandbox import LazyPool
from chainrule.settings import Settings


def test_it_runs_programs_and_starts_once() -> None:
    async def work() -> list[int]:
        pool = LazyPool(Settings(workers=1))
        await pool.start()
        try:
            source = "x = tensor(2., requires_grad=True)\ny = x * 3\n"
            answers = await asyncio.gather(*(pool.execute(ExecutionRequest(source=source)) for _ in range(2)))
        finally:
            await pool.stop()
        return [sum(node.op == "MulBackward0" for node in answer.graph.nodes) for answer in answers]

    assert asyncio.run(work()) == [1, 1]


def test_one_that_never_ran_a_program_has_nothing_to_stop() -> None:
    async def work() -> None:
        pool = LazyPool(Settings())
        await pool.start()
        await pool.stop()

    asyncio.run(work())
