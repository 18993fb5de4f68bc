"""The graphs of the examples, each traced in a confined child of its own, as a server does it."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from chainrule import assets
from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.limits import Limits
from chainrule.program import check
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions, draw
from chainrule.sandbox import Pool
from chainrule.settings import Settings

FOLDER = Path(__file__).parent
NAMES = tuple(sorted(path.stem for path in assets.EXAMPLES.glob("*.py")))
LIMITS = Limits(wall_seconds=60, cpu_seconds=60, answer_seconds=100)


def source_of(name: str) -> str:
    return (assets.EXAMPLES / f"{name}.py").read_text(encoding="utf-8")


def graph_of(name: str) -> Graph:
    return _graphs()[name]


def picture_of(name: str, engine: Engine) -> bytes:
    return draw(graph_of(name), "svg", ViewOptions(theme="light"), engine, source_of(name)).content


@cache
def _graphs() -> dict[str, Graph]:
    # In a thread, because a browser test has an event loop of its own in this one.
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(lambda: asyncio.run(_trace_all())).result()


async def _trace_all() -> dict[str, Graph]:
    pool = Pool(Settings(limits=LIMITS))
    await pool.start()
    try:
        return {name: await _trace(pool, source_of(name)) for name in NAMES}
    finally:
        await pool.stop()


async def _trace(pool: Pool, source: str) -> Graph:
    program = check(Program(source), LIMITS).program
    answer = await pool.execute(program)
    return answer.graph
