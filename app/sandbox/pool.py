"""The pool: takes requests in order, as many at once as there are cores, each in a child of its own."""

import asyncio
import os

from pydantic import ValidationError

from app.errors import BusyError, SandboxError
from app.graph.pipe import Layer, Order
from app.graph.wire import ExecutionAnswer, ExecutionRequest
from app.sandbox.child import Child, ChildLostError
from app.sandbox.outcomes import lost_problem, overdue_problem
from app.sandbox.zygote import Zygote, ZygoteGoneError
from app.settings import Settings

GRACE_SECONDS = 2.0
"""How much longer than the program may run its answer is awaited [s]."""
ATTEMPTS = 3
"""How often a request is given to another child when one was lost before it had started."""
QUEUE = 64


class Pool:
    """Executes programs, each in a confined child.

    Args:
        settings: the limits of each execution, and how many run at once.
    """

    def __init__(self, settings: Settings) -> None:
        self._limits = settings.limits
        self._workers = len(os.sched_getaffinity(0))
        self._slots = asyncio.Semaphore(self._workers)
        self._waiting = 0
        self._zygote: Zygote | None = None

    async def start(self) -> None:
        """Start the zygote, and return once a program can be executed.

        Raises:
            SandboxError: the sandbox cannot run here; the message says why.
        """
        self._zygote = Zygote(Order.of(self._limits), spare=self._workers + 1)
        await self._zygote.start()

    async def stop(self) -> None:
        """End everything."""
        if self._zygote is not None:
            self._zygote.close()

    def report(self) -> list[Layer]:
        """Return the layers of confinement as the children have them."""
        return list(self._zygote.layers) if self._zygote else []

    async def execute(self, request: ExecutionRequest) -> ExecutionAnswer:
        """Execute one program.

        Returns:
            Its answer; a limit that it hit or a crash is a problem in there.

        Raises:
            BusyError: too many requests wait already.
            SandboxError: no child could be had.
        """
        if self._waiting >= QUEUE:
            raise BusyError(f"{self._waiting} programs are waiting already.", retry_after_seconds=5)
        self._waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self._waiting -= 1
        try:
            return await self._attempts(request.model_dump_json().encode())
        finally:
            self._slots.release()

    async def _attempts(self, request: bytes) -> ExecutionAnswer:
        for _ in range(ATTEMPTS):
            try:
                child = await self._lease()
            except ZygoteGoneError:
                await self.start()
                continue
            try:
                return await self._run(child, request)
            except ChildLostError as lost:
                if lost.started:
                    return await self._explain(child, lost)
            finally:
                child.kill()
        raise SandboxError(f"{ATTEMPTS} children were lost before the program started.")

    async def _lease(self) -> Child:
        if self._zygote is None:
            raise SandboxError("the pool is not started")
        return await self._zygote.lease()

    async def _run(self, child: Child, request: bytes) -> ExecutionAnswer:
        try:
            async with asyncio.timeout(self._limits.wall_seconds + GRACE_SECONDS):
                content = await child.run(request, self._limits.answer_bytes)
        except TimeoutError:
            return ExecutionAnswer(problems=[overdue_problem(self._limits)])
        try:
            return ExecutionAnswer.model_validate_json(content)
        except ValidationError as error:
            raise ChildLostError(f"sent an answer that is none: {error.error_count()} faults", started=True) from error

    async def _explain(self, child: Child, lost: ChildLostError) -> ExecutionAnswer:
        try:
            status = await asyncio.wait_for(asyncio.shield(child.ended), 1)
        except TimeoutError:
            status = None
        return ExecutionAnswer(problems=[lost_problem(str(lost), status, self._limits)])
