"""The queue in front of the children: first come, first served, and no longer than it may be."""

import asyncio
from collections import deque
from types import TracebackType


class QueueFullError(Exception):
    """As many wait as may."""


class QueueClosedError(Exception):
    """Whoever waits is not let in any more."""


class Queue:
    """Lets so many in at once, and keeps the others in their order.

    Args:
        at_once: how many may be inside.
        waiting: how many may wait.
    """

    def __init__(self, at_once: int, waiting: int) -> None:
        self._at_once = self._free = at_once
        self._most = waiting
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """Return how many wait now."""
        return sum(not turn.done() for turn in self._waiting)

    @property
    def empty(self) -> bool:
        """Return whether nobody is inside, or about to be: a turn that was given is taken a moment later."""
        return self._free == self._at_once

    async def __aenter__(self) -> None:
        """Wait for one's turn.

        Raises:
            QueueFullError: too many wait already.
            QueueClosedError: those who wait were turned away meanwhile.
        """
        if self._free:
            self._free -= 1
            return
        if self.waiting >= self._most:
            raise QueueFullError
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():  # the turn came in the same moment: hand it on
                self._leave()
            raise

    def turn_away(self, keep: int = 0) -> None:
        """Tell those who wait that their turn will not come, but for the first ones."""
        for turn in [turn for turn in self._waiting if not turn.done()][keep:]:
            turn.set_exception(QueueClosedError())

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Let the next one in."""
        self._leave()

    def _leave(self) -> None:
        while self._waiting:
            turn = self._waiting.popleft()
            if not turn.done():  # whoever waited for it has not gone away
                turn.set_result(None)
                return
        self._free += 1
