"""A pool that is started with its first program: for a server that may never need one."""

import asyncio

from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox.pool import Pool
from chainrule.settings import Settings


class LazyPool:
    """Executes programs as `Pool` does, and starts with the first."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._pool: Pool | None = None
        self._starting = asyncio.Lock()

    async def start(self) -> None:
        """Do nothing yet."""

    async def drain(self) -> None:
        """Take no more programs, and let those that were taken come to their end."""
        if self._pool is not None:
            await self._pool.drain()

    async def stop(self) -> None:
        """End everything that was started."""
        if self._pool is not None:
            await self._pool.stop()

    async def execute(self, program: Program) -> ExecutionAnswer:
        """Run a program and return its answer; raises as `Pool.start` and `Pool.execute` do."""
        async with self._starting:
            if self._pool is None:
                pool = Pool(self._settings)
                await pool.start()
                self._pool = pool
        return await self._pool.execute(program)
