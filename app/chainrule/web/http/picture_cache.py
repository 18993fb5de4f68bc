"""Pictures that were answered before, by address: sent again before anything looks at the address."""

from collections.abc import Hashable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from chainrule.cache import ByteCache
from chainrule.web.http.caching import ReadyAnswer
from chainrule.web.http.compression import choose_packing


class PictureCache:
    """ASGI middleware: answers what it remembers."""

    def __init__(self, app: ASGIApp, memory: ByteCache[tuple[object, ReadyAnswer]]) -> None:
        self.app = app
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            headers = dict(scope["headers"])
            known = self._memory.get(_address(scope, headers))
            if known is not None:
                scope["route"], ready = known
                held = headers.get(b"if-none-match")
                await ready.send(send, None if held is None else held.decode("latin-1"))
                return
        await self.app(scope, receive, send)


def keep(request: Request, ready: ReadyAnswer) -> None:
    """Remember the answer to a request."""
    memory: ByteCache[tuple[object, ReadyAnswer]] = request.app.state.ready
    memory.put(
        _address(request.scope, dict(request.scope["headers"])), (request.scope["route"], ready), ready.size_bytes
    )


def _address(scope: Scope, headers: dict[bytes, bytes]) -> Hashable:
    packing = choose_packing(headers.get(b"accept-encoding", b"").decode("latin-1"))
    return scope["scheme"], headers.get(b"host"), scope["path"], scope["query_string"], packing
