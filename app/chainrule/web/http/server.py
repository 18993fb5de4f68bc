"""The HTTP server: uvicorn, with a deadline for a request's head and problem details for what cannot be parsed."""

import asyncio
import math
import sys
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from socket import socket
from typing import Any

import h11
import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.h11_impl import H11Protocol

from chainrule.errors import TooManyConnectionsError
from chainrule.problems import BY_STATUS
from chainrule.settings import Settings
from chainrule.web.http.connections import Connections
from chainrule.web.http.descriptors import MissingDescriptors
from chainrule.web.problems import MEDIA_TYPE, ProblemResponse, from_domain, from_status

HEAD_BYTES_BEYOND_URL = 32_768
"""Room for a request's headers [bytes]."""

WRITE_SECONDS = 30.0
"""Time that a client may leave its answer untaken before the connection is cut [s]."""

AFTER_DRAIN_SECONDS = 5
"""How much longer than for its program an answer is waited for when the server stops: it is drawn, and sent [s]."""

ACCEPTED_AT_ONCE = 128
"""Connections that are taken before anything else is done, and that wait for it."""

HEAD_DETAILS = {
    400: "This is not HTTP as RFC 9112 has it",
    408: "The head of the request did not arrive within the time limit",
    431: BY_STATUS[431].summary,
}


class TimedProtocol(H11Protocol):
    """A connection that is closed where a request's head takes too long to arrive."""

    head_seconds = 10.0
    open_connections: Connections
    _client: str | None = None
    _head_timer: asyncio.TimerHandle | None = None
    _write_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start waiting for the first head, or turn one client too many away."""
        super().connection_made(transport)  # type: ignore[arg-type]  # uvicorn names the concrete transport
        self._client = self.open_connections.admit(self.client[0] if self.client else None)
        try:
            self.open_connections.check(self._client)
        except TooManyConnectionsError as error:
            self._send(from_domain(error))
        else:
            self._arm()

    def data_received(self, data: bytes) -> None:
        """Take in data; a head that is begun and not complete is being waited for."""
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._disarm()
        elif not self.transport.is_closing():
            self._arm()

    def pause_writing(self) -> None:
        """Start waiting for a client that does not take its answer."""
        super().pause_writing()
        if self._write_timer is None:
            self._write_timer = self.loop.call_later(WRITE_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop waiting: it took some of its answer."""
        self._stop_write_timer()
        super().resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop waiting."""
        if self._client is not None:
            self.open_connections.leave(self._client)
            self._client = None
        self._disarm()
        self._stop_write_timer()
        super().connection_lost(exc)

    def send_400_response(self, msg: str) -> None:
        """Answer what cannot be parsed."""
        error = sys.exc_info()[1]
        self._refuse(getattr(error, "error_status_hint", 400))

    def _arm(self) -> None:
        if self._head_timer is None:
            self._head_timer = self.loop.call_later(self.head_seconds, self._too_slow)

    def _disarm(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _stop_write_timer(self) -> None:
        if self._write_timer is not None:
            self._write_timer.cancel()
            self._write_timer = None

    def _too_slow(self) -> None:
        self._head_timer = None
        if self.transport.is_closing() or (self.cycle is not None and not self.cycle.response_complete):
            return
        self._refuse(408)

    def _refuse(self, status: int) -> None:
        status = status if status in HEAD_DETAILS else 400
        self._send(from_status(status, HEAD_DETAILS[status]))

    def _send(self, problem: ProblemResponse) -> None:
        content = problem.document().model_dump_json(exclude_none=True).encode()
        if self.conn.our_state in (h11.IDLE, h11.SEND_RESPONSE):
            headers = {
                "Content-Type": MEDIA_TYPE,
                "Content-Length": str(len(content)),
                "X-Content-Type-Options": "nosniff",
                "Connection": "close",
                **dict(problem.headers),
            }
            lines = [f"HTTP/1.1 {problem.status} {HTTPStatus(problem.status).phrase}"]
            lines += [f"{name}: {value}" for name, value in headers.items()]
            self.transport.write("\r\n".join([*lines, "", ""]).encode() + content)
        self.transport.close()


class Server(uvicorn.Server):
    """A server that tells when it answers."""

    on_started: Callable[[], object] = staticmethod(lambda: None)
    drain: Callable[[], Awaitable[None]] | None = None
    """Lets what was taken come to its end, and tells who cannot be served any more."""

    async def startup(self, sockets: list[socket] | None = None) -> None:
        """Start listening, then tell."""
        asyncio.get_running_loop().set_exception_handler(MissingDescriptors())
        await super().startup(sockets)
        if self.started:
            self.on_started()

    async def shutdown(self, sockets: list[socket] | None = None) -> None:
        """Stop listening, and wait until everybody has an answer."""
        draining = None if self.drain is None else asyncio.ensure_future(self.drain())
        try:
            await super().shutdown(sockets)
        finally:
            if draining is not None:
                draining.cancel()


def make_server(app: FastAPI, settings: Settings) -> Server:
    """Return a server of ``app``; the caller enters the app's lifespan, so that its errors reach the caller."""
    options: dict[str, Any] = {}
    if settings.trusted_proxies:
        options = {"proxy_headers": True, "forwarded_allow_ips": list(settings.trusted_proxies)}
    else:
        options = {"proxy_headers": False}
    protocol = type(
        "Protocol",
        (TimedProtocol,),
        {"head_seconds": settings.header_seconds, "open_connections": Connections(settings)},
    )
    server = Server(
        uvicorn.Config(
            app,
            http=protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            h11_max_incomplete_event_size=settings.url_bytes + HEAD_BYTES_BEYOND_URL,
            backlog=ACCEPTED_AT_ONCE,
            timeout_keep_alive=20,
            timeout_graceful_shutdown=math.ceil(settings.drain_seconds) + AFTER_DRAIN_SECONDS,
            **options,
        )
    )
    server.drain = getattr(app.state.pool, "drain", None)  # others than the sandbox may have nothing to drain
    return server
