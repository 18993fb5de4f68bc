"""A pool that starts with its first program."""

import asyncio

from chainrule.protocol.program import Program
from chainrule.sandbox import LazyPool
from chainrule.settings import Settings


async def test_it_runs_programs_and_starts_once() -> None:
    pool = LazyPool(Settings(workers=1))
    await pool.start()
    try:
        source = "x = tensor(2., requires_grad=True)\ny = x * 3\n"
        answers = await asyncio.gather(*(pool.execute(Program(source)) for _ in range(2)))
    finally:
        await pool.stop()
    assert [sum(node.op == "MulBackward0" for node in answer.graph.nodes) for answer in answers] == [1, 1]


async def test_one_that_never_ran_a_program_has_nothing_to_stop() -> None:
    pool = LazyPool(Settings())
    await pool.start()
    await pool.stop()
