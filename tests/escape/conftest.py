"""One pool with small limits for all hostile programs, and the canaries."""

import asyncio
import sys
from collections.abc import Callable, Iterator

import pytest
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

from tests.escape.canaries import Canaries

LIMITS = Limits(
    wall_seconds=0.8,
    cpu_seconds=1,
    memory_bytes=160 * 2**20,
    stdout_bytes=10_000,
    answer_bytes=2_000_000,
    nodes=2_000,
    records=20_000,
)

Execute = Callable[[str], ExecutionAnswer]


@pytest.fixture(scope="session")
def canaries() -> Iterator[Canaries]:
    if sys.platform != "linux":
        pytest.skip("programs are confined on Linux only")
    canaries = Canaries()
    yield canaries
    canaries.close()


@pytest.fixture(scope="session")
def pool_and_runner(canaries: Canaries) -> Iterator[tuple[Pool, asyncio.Runner]]:
    with asyncio.Runner() as runner:
        pool = Pool(Settings(limits=LIMITS, workers=2), grace_seconds=0.6)
        runner.run(pool.start())
        runner.run(pool.execute(Program(f"victim = torch.full((3,), 1234567.0)\nprint('{canaries.secret}')")))
        yield pool, runner
        runner.run(pool.stop())


@pytest.fixture(scope="session")
def execute(pool_and_runner: tuple[Pool, asyncio.Runner]) -> Execute:
    pool, runner = pool_and_runner
    return lambda source: runner.run(pool.execute(Program(source)))
