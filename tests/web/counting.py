"""The sandbox, counted."""

from app.graph.wire import ExecutionAnswer, ExecutionRequest
from app.sandbox import Pool
from app.settings import Settings

SETTINGS = Settings(rate_limit=0, body_bytes=1_000_000)


class CountingPool(Pool):
    """The sandbox, with a count of what was run in it."""

    def __init__(self) -> None:
        super().__init__(SETTINGS)
        self.executions = 0

    async def execute(self, request: ExecutionRequest) -> ExecutionAnswer:
        self.executions += 1
        return await super().execute(request)
