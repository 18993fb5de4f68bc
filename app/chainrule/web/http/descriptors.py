"""What a server does where the system gives it few descriptors: fewer connections, and one line in the log."""

import asyncio
import errno
import logging
import resource
import time
from collections.abc import Callable
from typing import Any

LOG = logging.getLogger(__name__)

KEPT = 48
"""Descriptors that are kept from connections: for the sandbox, files and whoever is turned away."""
FEWEST = 8
"""Connections that are taken all the same."""
QUIET_SECONDS = 60.0
"""How long nothing more is said of descriptors that are missing [s]."""


def most_connections(wanted: int) -> int:
    """Return how many connections there is room for, and no more than are wanted."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else min(wanted, max(FEWEST, soft - KEPT))


class MissingDescriptors:
    """Handles errors of an event loop: a connection that has no descriptor is told once a minute.

    asyncio itself writes a traceback for each attempt, which are as many a second as connections may wait.

    Args:
        clock: seconds that never go back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._quiet_until = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of an error, or keep quiet."""
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in (errno.EMFILE, errno.ENFILE)):
            loop.default_exception_handler(context)
        elif self._clock() >= self._quiet_until:
            self._quiet_until = self._clock() + QUIET_SECONDS
            LOG.error("There are no descriptors for more connections (%s); they wait. ulimit -n gives more", error)
