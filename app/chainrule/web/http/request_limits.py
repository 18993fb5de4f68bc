"""What is turned away before anything looks at it: wrong hosts, long addresses, large or slow bodies."""

import asyncio
from dataclasses import dataclass, replace

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chainrule.errors import BusyError
from chainrule.settings import Settings
from chainrule.web.http.held_memory import HeldMemory, PartedAnswer
from chainrule.web.problems import ProblemResponse, from_domain, from_status, respond
from chainrule.words.numbers import say_count, say_number

LOOPBACK_NAMES = ("localhost", "127.0.0.1", "[::1]", "*.localhost")


def names_of(settings: Settings) -> tuple[str, ...]:
    """Return the host names that a server answers for; empty for any.

    A server bound to loopback answers for loopback names only, so that no page of another site reaches it under a
    name of its own that it lets point here.
    """
    if settings.allowed_hosts:
        return () if "*" in settings.allowed_hosts else settings.allowed_hosts
    return LOOPBACK_NAMES if settings.host in ("localhost", "127.0.0.1", "::1") else ()


def is_allowed(host: str, names: tuple[str, ...]) -> bool:
    """Say whether a ``Host`` header names this server."""
    if not names:
        return True
    bare = host.lower()
    if not bare.endswith("]"):
        head, colon, port = bare.rpartition(":")
        if colon and port.isdigit():
            bare = head
    return any(bare == name or (name.startswith("*.") and bare.endswith(name[1:])) for name in names)


class BodyTooLargeError(Exception):
    """A body grew past its limit while it arrived."""


class BodyTooSlowError(Exception):
    """A body did not arrive in time."""


@dataclass(slots=True)
class Meter:
    """Receives a body, counting and timing it."""

    receive: Receive
    held: HeldMemory
    most_bytes: int
    seconds: float
    deadline: float | None = None
    seen: int = 0
    complete: bool = False

    async def __call__(self) -> Message:
        """Receive the next part."""
        if self.complete:
            return await self.receive()
        loop = asyncio.get_running_loop()
        if self.deadline is None:
            self.deadline = loop.time() + self.seconds
        try:
            async with asyncio.timeout_at(self.deadline):
                message = await self.receive()
        except TimeoutError:
            raise BodyTooSlowError from None
        if message["type"] == "http.request":
            length = len(message.get("body", b""))
            self.held.take_body(length)
            self.seen += length
            self.complete = not message.get("more_body", False)
            if self.seen > self.most_bytes:
                raise BodyTooLargeError
        return message


class RequestLimits:
    """ASGI middleware: the limits of a request's outer form."""

    def __init__(self, app: ASGIApp, settings: Settings, held: HeldMemory) -> None:
        self.app = app
        self._settings = settings
        self._held = held
        self._names = names_of(settings)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or turn it away."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        problem = self._objection(scope)
        if problem is not None:
            await respond(problem, Request(scope))(scope, receive, send)
            return

        async def refuse(error: BusyError) -> None:
            full = from_domain(error)
            closing = replace(full, headers=(*full.headers, ("Connection", "close")))
            await respond(closing, Request(scope))(scope, receive, send)

        body = Meter(receive, self._held, self._settings.body_bytes, self._settings.body_seconds)
        try:
            await self.app(scope, body, PartedAnswer(send, self._held, refuse))
        except BusyError as error:
            await refuse(error)
        except BodyTooLargeError:
            await respond(self._too_large(), Request(scope))(scope, receive, send)
        except BodyTooSlowError:
            detail = f"The body did not arrive within {say_number(self._settings.body_seconds)} s, the limit"
            late = from_status(408, detail, [("Connection", "close")])
            await respond(late, Request(scope))(scope, receive, send)
        finally:
            self._held.leave_body(body.seen)

    def _objection(self, scope: Scope) -> ProblemResponse | None:
        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not is_allowed(host, self._names):
            return from_status(421, f"This server does not answer for {host[:100]!r}")
        length = len(scope.get("raw_path") or scope["path"].encode()) + len(scope["query_string"])
        if length > self._settings.url_bytes:
            return from_status(
                414,
                f"The address has {say_count(length)} bytes, the limit is {say_count(self._settings.url_bytes)}; "
                "send a long program with POST /api/v1/graphs, as the body",
            )
        if not scope["query_string"].isascii():
            return from_status(400, "The query has bytes that no address may have: write them as %XX")
        coding = ", ".join(headers.getlist("content-encoding")).strip()
        if coding.lower() not in ("", "identity"):
            detail = f"Send the body as it is, without Content-Encoding: {coding[:40]!r} is not taken"
            return from_status(415, detail, [("Accept-Encoding", "identity")])
        declared = headers.get("content-length", "")
        if declared.isdigit() and int(declared) > self._settings.body_bytes:
            return self._too_large()
        return None

    def _too_large(self) -> ProblemResponse:
        return from_status(
            413, f"The body is over {say_count(self._settings.body_bytes)} bytes, the limit", [("Connection", "close")]
        )
