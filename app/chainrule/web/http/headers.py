"""What every response carries, whatever answered it: a request id, and the headers that keep browsers careful."""

import json
import logging
import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from time import perf_counter

from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chainrule.render.formats.registry import FORMATS
from chainrule.web.http.disconnects import CLIENT_GONE
from chainrule.web.http.metrics import Metrics
from chainrule.web.http.rate_limits import CLIENT, REQUEST_ID, name_client
from chainrule.web.problems import from_status, respond

LOG = logging.getLogger("chainrule.requests")
"""One line for each request, as JSON, without the address: programs stand in addresses."""

GIVEN_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "font-src 'self' data:; connect-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Styles and fonts may stand inline: a drawn graph brings its own."""

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; font-src data:; sandbox"
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"

OPEN_PATHS = ("/api/v1", "/oembed", "/openapi.json", "/healthz")
"""What other origins may read beside pictures; nothing there keeps state or looks at cookies."""

OPEN_METHODS = "GET, HEAD, POST, OPTIONS"
OPEN_HEADERS = "Content-Type, Accept, If-None-Match, X-Request-ID"
READABLE_HEADERS = "ETag, Link, Retry-After, X-Request-ID"


def is_open(path: str) -> bool:
    """Say whether other origins may read what stands at ``path``."""
    first = path.split("/", 2)[1] if path.startswith("/") else ""
    return first in FORMATS or any(path == prefix or path.startswith(prefix + "/") for prefix in OPEN_PATHS)


class ResponseHeaders:
    """ASGI middleware: headers and a line in the log on the way out, a request id on the way in, CORS preflights."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope)
        request_id = given.get("x-request-id", "")
        if not GIVEN_ID.fullmatch(request_id):
            request_id = secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        REQUEST_ID.set(request_id)
        open_path = is_open(scope["path"])
        static = scope["path"].startswith("/static/")  # a sandboxed frame of ours has no origin of its own
        client = scope.get("client")
        CLIENT.set(name_client(client[0] if client else None))
        started, status = perf_counter(), 0

        method, headless = scope["method"], scope["method"] == "HEAD"
        if headless:  # what answers GET answers HEAD
            scope = {**scope, "method": "GET"}

        async def seal(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message = {**message, "headers": _dress(message.get("headers", ()), request_id, open_path, static)}
            elif headless and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        if open_path and scope["method"] == "OPTIONS" and "access-control-request-method" in given:
            await seal({"type": "http.response.start", "status": 204, "headers": _preflight()})
            await send({"type": "http.response.body", "body": b""})
            return
        try:
            await self.app(scope, receive, seal)
        except ClientDisconnect:
            status = CLIENT_GONE  # in the middle of its body: there is nobody to answer
        except Exception:
            LOG.exception("request %s failed", request_id)
            if status:
                raise
            await respond(from_status(500), Request(scope))(scope, receive, seal)
        finally:
            route = getattr(scope.get("route"), "path", "none")
            self._metrics.count_request(method, route, status)
            if LOG.isEnabledFor(logging.INFO):
                seconds = round(perf_counter() - started, 6)
                line = {"request_id": request_id, "method": method, "route": route, "status": status}
                LOG.info(json.dumps(line | {"seconds": seconds}))


def _preflight() -> list[tuple[bytes, bytes]]:
    return [
        (b"access-control-allow-methods", OPEN_METHODS.encode()),
        (b"access-control-allow-headers", OPEN_HEADERS.encode()),
        (b"access-control-max-age", b"86400"),
    ]


@lru_cache(maxsize=64)
def _usual(kind: str, open_path: bool, static: bool) -> tuple[tuple[bytes, bytes], ...]:
    """Return the headers that an answer of some kind has where it does not say otherwise itself."""
    headers = {"referrer-policy": "strict-origin-when-cross-origin"}
    if kind == "text/html":
        headers["content-security-policy"] = PAGE_POLICY
        headers["cross-origin-opener-policy"] = "same-origin"
        headers["permissions-policy"] = "camera=(), geolocation=(), microphone=(), payment=()"
    elif kind == "image/svg+xml":
        headers["content-security-policy"] = PICTURE_POLICY
    elif kind.endswith("json"):
        headers["content-security-policy"] = DATA_POLICY
    if open_path:
        headers["access-control-expose-headers"] = READABLE_HEADERS
        headers["cross-origin-resource-policy"] = "cross-origin"
    else:
        headers["cross-origin-resource-policy"] = "cross-origin" if static else "same-origin"
    return tuple((name.encode(), value.encode()) for name, value in headers.items())


def _dress(
    own: Iterable[tuple[bytes, bytes]], request_id: str, open_path: bool, static: bool
) -> list[tuple[bytes, bytes]]:
    """Return the headers of an answer: its own, those that it leaves to us, and those that are ours alone."""
    always = [(b"x-request-id", request_id.encode()), (b"x-content-type-options", b"nosniff")]
    if open_path:
        always.append((b"access-control-allow-origin", b"*"))
    ours = {name for name, _ in always}
    headers = [one for one in own if one[0] not in ours]
    given = dict(headers)
    kind = given.get(b"content-type", b"").partition(b";")[0].decode("latin-1")
    return headers + always + [one for one in _usual(kind, open_path, static) if one[0] not in given]
