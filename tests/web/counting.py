"""The sandbox, counted."""

from app.graph.wire import ExecutionAnswer, ExecutionRequest
from app.sandbox import Pool
from app.settings import Settings

SETTINGS = Settings(rate_limit=0, body_bytes=1_000_000)


class CountingPool:
    """The sandbox, with a count of what was run in it."""

    def __init__(self) -> None:
        self.executions = 0
        self._pool = Pool(SETTINGS)

    async def start(self) -> None:
        await self._pool.start()

    async def stop(self) -> None:
        await self._pool.stop()

    async def execute(self, request: ExecutionRequest) -> ExecutionAnswer:
        self.executions += 1
        return await self._pool.execute(request)
