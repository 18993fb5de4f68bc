"""Keeps a stem warm, so that a zygote that ends is followed by the next one at once."""

import asyncio

from chainrule.errors import SandboxError
from chainrule.protocol.frames import SetupOrder
from chainrule.sandbox.processes.stem import ForkedProcess, Stem

BACK_OFF_SECONDS = (0.0, 1.0, 5.0, 30.0)
"""Pauses before what ended is started again, the last one for ever [s]."""


class StemStandby:
    """The stem in use, and the next one when it ends or grows old.

    Args:
        order: what each is told.
    """

    def __init__(self, order: SetupOrder) -> None:
        self._order = order
        self._stem: Stem | None = None
        self._keeping: asyncio.Task[None] | None = None

    def current(self) -> Stem:
        """Return the stem in use; it may be starting still."""
        if self._stem is None or self._stem.gone.is_set():
            self._stem = Stem(self._order)
        if self._keeping is None:
            self._keeping = asyncio.get_running_loop().create_task(self._keep())
        return self._stem

    async def fork(self) -> tuple[Stem, ForkedProcess]:
        """Return a stem and a new zygote of it; where the one in use has just ended, of the next one.

        Raises:
            SandboxError: the stem ended before it was warm, or two did in a row; the message says why.
            OSError: it cannot be started.
        """
        stem = self.current()
        try:
            return stem, await stem.fork()
        except SandboxError:
            if not stem.warm_since:  # it never came to be, and no more would the next
                raise
        stem = self.current()
        return stem, await stem.fork()

    async def renew(self) -> None:
        """Put a new stem in place of the one in use, which stays where that fails.

        Raises:
            SandboxError: the new one ended before it was warm; the message says why.
            OSError: it cannot be started.
        """
        fresh = Stem(self._order)
        try:
            await fresh.start()
        except BaseException:
            fresh.close()
            raise
        old, self._stem = self._stem, fresh
        if old is not None:
            old.close()

    def close(self) -> None:
        """End the stem, and start no other."""
        if self._keeping is not None:
            self._keeping.cancel()
        if self._stem is not None:
            self._stem.close()

    async def _keep(self) -> None:
        """Start another one whenever one ends, so that the next zygote does not have to wait for it."""
        failures = 0
        while True:
            stem = self.current()
            try:
                await stem.start()
                failures = 0
                await stem.gone.wait()
            except (SandboxError, OSError):
                stem.close()
                failures += 1
            await asyncio.sleep(BACK_OFF_SECONDS[min(failures, len(BACK_OFF_SECONDS) - 1)])
