"""The sandbox, counted."""

from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.sandbox import Pool
from chainrule.settings import Settings

SETTINGS = Settings(rate_limit=0, body_bytes=1_000_000)


class CountingPool(Pool):
    """The sandbox, with a count of what was run in it."""

    def __init__(self) -> None:
        super().__init__(SETTINGS)
        self.executions = 0

    async def execute(self, request: Program) -> ExecutionAnswer:
        self.executions += 1
        return await super().execute(request)
