"""A second nursery, started and warm, for the moment in which the one in use dies."""

import asyncio
from collections.abc import Awaitable, Callable

from app.errors import SandboxError
from app.sandbox.nursery import Nursery

PAUSE_SECONDS = 5.0
"""Pause before another is started where one could not be [s]."""


class Standby:
    """Keeps one nursery ready.

    Args:
        make: starts a nursery.
    """

    def __init__(self, make: Callable[[], Awaitable[Nursery]]) -> None:
        self._make = make
        self._ready: asyncio.Future[Nursery] = asyncio.get_running_loop().create_future()
        self._keeping: asyncio.Task[None] | None = None

    def keep(self) -> None:
        """See to it that one is there from now on, until it is taken."""
        if self._keeping is None:
            self._keeping = asyncio.get_running_loop().create_task(self._keep())

    async def take(self) -> Nursery:
        """Return the one that is kept, or will be ready soonest; without one, start one.

        Raises:
            SandboxError: there is none, and none could be started.
        """
        if self._keeping is None:
            return await self._make()
        nursery = await asyncio.shield(self._ready)
        self._let_go()
        return nursery

    @property
    def is_ready(self) -> bool:
        """Whether one is there."""
        return self._ready.done() and not self._ready.exception() and not self._ready.result().gone.is_set()

    def close(self) -> None:
        """End the one that is kept."""
        if self._ready.done() and not self._ready.exception():
            self._ready.result().close()
        self._let_go()

    def _let_go(self) -> None:
        if self._keeping is not None:
            self._keeping.cancel()
        self._keeping = None
        self._ready = asyncio.get_running_loop().create_future()

    async def _keep(self) -> None:
        while True:
            try:
                nursery = await self._make()
            except SandboxError as error:
                self._ready.set_exception(error)
                self._ready.exception()  # seen: there may be nobody who waits for it
                await asyncio.sleep(PAUSE_SECONDS)
            else:
                self._ready.set_result(nursery)
                await nursery.gone.wait()
            self._ready = asyncio.get_running_loop().create_future()
