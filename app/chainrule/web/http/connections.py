"""How many connections are open, and how many of them to one client."""

import ipaddress
from collections import Counter

from chainrule.errors import TooManyConnectionsError
from chainrule.settings import Settings
from chainrule.web.http.descriptors import most_connections
from chainrule.web.http.rate_limits import name_client

RETRY_SECONDS = 5
"""When somebody who was turned away should try again [s]."""


class Connections:
    """Counts open connections, and turns away those beyond the limits.

    Args:
        settings: how many there may be, and whose are not counted by client because others are behind them.
    """

    def __init__(self, settings: Settings) -> None:
        self._most = most_connections(settings.connections)
        self._most_of_one = settings.client_connections
        self._proxies = tuple(
            ipaddress.ip_network(name, strict=False) for name in settings.trusted_proxies if _is_network(name)
        )
        self._everyone_is_a_proxy = "*" in settings.trusted_proxies
        self._open = 0
        self._of_client: Counter[str] = Counter()

    def admit(self, address: str | None) -> str:
        """Count a new connection, which is to be given back by `leave` also where it is turned away.

        Returns:
            The name of the client, for `leave`.
        """
        client = name_client(address)
        self._open += 1
        self._of_client[client] += 1
        return client

    def check(self, client: str) -> None:
        """Say whether the connection that was just admitted is one too many.

        Raises:
            TooManyConnectionsError: it is.
        """
        if self._open > self._most:
            raise TooManyConnectionsError(
                f"This server holds {self._most} connections, as many as it may; try again in {RETRY_SECONDS} s",
                RETRY_SECONDS,
            )
        if self._most_of_one and self._of_client[client] > self._most_of_one and not self._is_proxy(client):
            raise TooManyConnectionsError(
                f"This server holds {self._most_of_one} connections of one client, as many as it may; close some",
                RETRY_SECONDS,
            )

    def leave(self, client: str) -> None:
        """Count a connection that has ended."""
        self._open -= 1
        self._of_client[client] -= 1
        if not self._of_client[client]:
            del self._of_client[client]

    def _is_proxy(self, client: str) -> bool:
        if self._everyone_is_a_proxy:
            return True
        try:
            network = ipaddress.ip_network(client)
        except ValueError:  # not an address: a Unix socket
            return True
        return any(network.version == proxy.version and network.overlaps(proxy) for proxy in self._proxies)


def _is_network(name: str) -> bool:
    try:
        ipaddress.ip_network(name, strict=False)
    except ValueError:
        return False
    return True
