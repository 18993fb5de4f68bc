"""A server on a real socket, in a thread of this process."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from chainrule.settings import Settings
from chainrule.web import create_app
from chainrule.web.app import StartedExecutor
from chainrule.web.http.listener import listen
from chainrule.web.http.server import Server, make_server

from tests.web.counting import CountingPool


@contextmanager
def running_server(settings: Settings, pool: StartedExecutor | None = None) -> Iterator[tuple[str, int]]:
    """Serve on a free port of the loopback; gives the address.

    Args:
        settings: of the server.
        pool: what runs programs; None for the sandbox.
    """
    listener = listen("127.0.0.1", 0)
    started = threading.Event()
    servers: list[Server] = []

    async def main() -> None:
        app = create_app(settings, pool or CountingPool())
        server = make_server(app, settings)
        server.on_started = started.set
        servers.append(server)
        async with app.router.lifespan_context(app):
            await server.serve(sockets=[listener])

    thread = threading.Thread(target=lambda: asyncio.run(main()))
    thread.start()
    assert started.wait(120)
    try:
        yield listener.getsockname()
    finally:
        servers[0].should_exit = True
        thread.join(60)
        listener.close()
    assert not thread.is_alive()
