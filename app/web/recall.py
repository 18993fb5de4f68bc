"""Pictures that were answered before, by address: sent again before anything looks at the address."""

from collections.abc import Hashable

from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.cache import ByteCache
from app.web.delivery import Ready


class Recall:
    """ASGI middleware: answers what it remembers."""

    def __init__(self, app: ASGIApp, memory: ByteCache[tuple[object, Ready]]) -> None:
        self.app = app
        self._memory = memory

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer from memory, or pass the request on."""
        if scope["type"] == "http" and scope["method"] == "GET":
            request = Request(scope)
            known = self._memory.get(_address(request))
            if known is not None:
                scope["route"], ready = known
                await ready.respond(request)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def keep(request: Request, ready: Ready) -> None:
    """Remember the answer to a request."""
    memory: ByteCache[tuple[object, Ready]] = request.app.state.ready
    memory.put(_address(request), (request.scope["route"], ready), ready.size_bytes)


def _address(request: Request) -> Hashable:
    scope = request.scope
    return scope["scheme"], request.headers.get("host"), scope["path"], scope["query_string"]
