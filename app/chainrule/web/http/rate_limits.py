"""Who asks, and how many executions each client has left: a token bucket for each."""

import ipaddress
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from contextvars import ContextVar

from chainrule.errors import RateLimitedError

CLIENT: ContextVar[str] = ContextVar("client", default="")
"""The client of the request under way, set before anything answers it."""

REQUEST_ID: ContextVar[str] = ContextVar("request_id", default="")
"""The id of the request under way."""

MOST_CLIENTS = 50_000


def name_client(address: str | None) -> str:
    """Return the name that a client counts under: its IPv4 address, or its IPv6 network of 64 bits."""
    try:
        parsed = ipaddress.ip_address(address or "")
    except ValueError:
        return address or ""
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return str(parsed)


class Buckets:
    """A token bucket for each client: a minute's executions at once, refilled evenly.

    Args:
        per_minute: executions a minute; 0 for no limit.
        doing: what the server does that often, for the refusal.
        clock: seconds that never go back.
    """

    def __init__(
        self, per_minute: int, doing: str = "runs {} programs", clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._doing = doing
        self._per_minute = per_minute
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def admit(self, tokens: int = 1) -> None:
        """Take from the client of the request under way.

        Args:
            tokens: how much it asks for, in executions; never more than a minute's. With 0 it only must not have spent
                more than it had.

        Raises:
            RateLimitedError: it has not that much left.
        """
        if self._per_minute == 0:
            return
        tokens = min(tokens, self._per_minute)
        client = CLIENT.get()
        level, now = self._level()
        if level < tokens:
            self._keep(client, level, now)
            wait = math.ceil((tokens - level) / (self._per_minute / 60))
            raise RateLimitedError(
                f"This server {self._doing.format(self._per_minute)} a minute for one client; try again in {wait} s",
                wait,
            )
        self._keep(client, level - tokens, now)

    def spend(self, tokens: float) -> None:
        """Take from the client of the request under way what it has used already, also where that is more than it had.

        Args:
            tokens: how much that was, in executions.
        """
        if self._per_minute:
            level, now = self._level()
            self._keep(CLIENT.get(), level - tokens, now)

    def _level(self) -> tuple[float, float]:
        """Return what the client has left now, and the time."""
        now = self._clock()
        level, since = self._levels.pop(CLIENT.get(), (float(self._per_minute), now))
        return min(level + (now - since) * self._per_minute / 60, float(self._per_minute)), now

    def _keep(self, client: str, level: float, now: float) -> None:
        self._levels[client] = (level, now)
        if len(self._levels) > MOST_CLIENTS:
            self._levels.popitem(last=False)
