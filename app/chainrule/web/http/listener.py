"""A server on a socket: where it listens, and why it cannot."""

import errno
import os
import socket
from collections.abc import Callable

from fastapi import FastAPI

from chainrule.settings import Settings
from chainrule.web.http.server import make_server


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Raises:
        OSError: the address does not exist or is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named: without it a small answer waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def why_not(error: OSError, settings: Settings) -> str:
    """Say why a server cannot listen where its settings tell it to."""
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} of {settings.host} is taken; choose another with --port or CHAINRULE_PORT"
    if error.errno == errno.EACCES:
        return f"this user may not listen on port {settings.port}; choose one above 1023 with --port"
    return f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}"


def url_of(listener: socket.socket) -> str:
    """Return the address of a server that listens there."""
    host, port = listener.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def serve_app(app: FastAPI, settings: Settings, listener: socket.socket, tell: Callable[[], object]) -> None:
    """Serve until told to stop.

    Args:
        app: the server, which starts and stops with this.
        settings: of the server.
        listener: where it listens.
        tell: called once it answers.
    """
    server = make_server(app, settings)
    server.on_started = tell
    async with app.router.lifespan_context(app):
        await server.serve(sockets=[listener])
