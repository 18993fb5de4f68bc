"""Answers that were given before: sent again before anything looks at the address, or into the body."""

from collections.abc import Hashable
from dataclasses import dataclass, field
from hashlib import blake2b

from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chainrule.cache import ByteCache
from chainrule.web.http.caching import ReadyAnswer
from chainrule.web.http.compression import choose_packing

ASKED_BY_BODY = "/api/v1/graphs"
"""Where the body says what is wanted."""
LARGEST_BYTES = 1_000_000
"""An answer to a body that is larger than this is made anew: it costs more to keep than to make."""
_REPEATABLE = "repeatable"
_NEGOTIATED = (b"accept", b"content-type", b"accept-encoding")
_Headers = dict[bytes, bytes]


@dataclass(slots=True)
class GivenAnswer:
    """An answer as it was sent."""

    messages: list[Message] = field(default_factory=list)
    size_bytes: int = 2_000

    def add(self, message: Message) -> None:
        """Take in what is sent; of a large answer nothing stays."""
        self.size_bytes += len(message.get("body", b""))
        if self.size_bytes > LARGEST_BYTES:
            self.messages.clear()
        else:
            self.messages.append(message)

    async def send(self, send: Send, if_none_match: str | None) -> None:
        """Send it again; nobody holds a validator of it."""
        for message in self.messages:
            await send(message)


Memory = ByteCache[tuple[object, ReadyAnswer | GivenAnswer]]
"""Answers with the routes that they came from."""


class AnswerCache:
    """ASGI middleware: answers what it remembers.

    Args:
        app: gives the answers.
        memory: of pictures by their address, and of what bodies asked for, by the body.
    """

    def __init__(self, app: ASGIApp, memory: Memory) -> None:
        self.app = app
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
        elif scope["method"] == "GET":
            headers = dict(scope["headers"])
            if not await self._from_memory(_address(scope, headers), headers, scope, send):
                await self.app(scope, receive, send)
        elif scope["method"] == "POST" and scope["path"] == ASKED_BY_BODY:
            await self._asked_by_body(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _from_memory(self, key: Hashable, headers: _Headers, scope: Scope, send: Send) -> bool:
        known = self._memory.get(key)
        if known is None:
            return False
        scope["route"], answer = known
        held = headers.get(b"if-none-match")
        await answer.send(send, None if held is None else held.decode("latin-1"))
        return True

    async def _asked_by_body(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        first = await receive()
        if first["type"] != "http.request" or first.get("more_body", False):
            # A body in several parts is a long one, and asked for seldom.
            await self.app(scope, _again(first, receive), send)
            return
        kinds = (header for header in scope["headers"] if header[0] in _NEGOTIATED)
        key = *_address(scope, headers), *kinds, blake2b(first.get("body", b""), digest_size=20).digest()
        if await self._from_memory(key, {}, scope, send):
            return
        given = GivenAnswer()

        async def watch(message: Message) -> None:
            given.add(message)
            await send(message)

        await self.app(scope, _again(first, receive), watch)
        if given.messages and scope["state"].get(_REPEATABLE):
            self._memory.put(key, (scope["route"], given), given.size_bytes)


def keep(request: Request, ready: ReadyAnswer) -> None:
    """Remember the answer to an address."""
    memory: Memory = request.app.state.ready
    memory.put(
        _address(request.scope, dict(request.scope["headers"])), (request.scope["route"], ready), ready.size_bytes
    )


def may_repeat(request: Request) -> None:
    """Say that what is answered to a body is answered to the same body again."""
    request.scope["state"][_REPEATABLE] = True


def _again(first: Message, receive: Receive) -> Receive:
    """Return what receives a request whose first message was received already."""
    waiting = [first]

    async def next_message() -> Message:
        return waiting.pop() if waiting else await receive()

    return next_message


def _address(scope: Scope, headers: _Headers) -> tuple[Hashable, ...]:
    packing = choose_packing(headers.get(b"accept-encoding", b"").decode("latin-1"))
    return scope["method"], scope["scheme"], headers.get(b"host"), scope["path"], scope["query_string"], packing
