"""Content codings of answers: which one a client takes, what is worth packing, and packing on the way out."""

import gzip
import zlib
from functools import lru_cache
from typing import Literal, Protocol

import anyio.to_thread
import brotli
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

Packing = Literal["br", "gzip"]
PACKINGS: tuple[Packing, ...] = ("br", "gzip")
"""The server's own favourite first: br is both smaller and quicker here."""

SMALLEST_PACKED_BYTES = 1_000
"""Answers below this size are sent as they are."""
LARGEST_PACKED_AT_ONCE_BYTES = 100_000
"""Answers above it are packed in a thread, so that nobody waits for them."""
WORTHWHILE = 0.95
"""What packing must come down to, as a part of the size before."""

BROTLI_QUALITY = 4
BROTLI_QUALITY_KEPT = 5
"""For what is packed once and sent often."""
GZIP_LEVEL = 5
LONGEST_HEADER = 300

PACKED_KINDS = ("application/json", "application/problem+json", "image/svg+xml", "text/")
"""Media types that packing makes smaller, or how they begin; a PNG or a font is packed already."""


@lru_cache(maxsize=256)
def choose_packing(accept_encoding: str) -> Packing | None:
    """Return how an answer is packed for a client, None for not at all (RFC 9110, section 12.5.3)."""
    given = [_coding(part) for part in accept_encoding[:LONGEST_HEADER].split(",")]
    qualities = dict(reversed(given))
    best: Packing | None = None
    best_quality = 0.0
    for packing in PACKINGS:
        quality = qualities.get(packing, qualities.get("*", 0.0))
        if quality > best_quality:
            best, best_quality = packing, quality
    return best


def _coding(text: str) -> tuple[str, float]:
    name, _, parameter = text.partition(";")
    key, _, value = parameter.partition("=")
    quality = 1.0
    if key.strip().lower() == "q":
        try:
            quality = float(value)
        except ValueError:
            quality = 0.0
    return {"x-gzip": "gzip"}.get(name.strip().lower(), name.strip().lower()), quality


def pays(media_type: str) -> bool:
    """Say whether answers of a kind become smaller by packing."""
    return media_type.startswith(PACKED_KINDS)


def pack(content: bytes, packing: Packing, *, kept: bool = False) -> bytes:
    """Return the content packed.

    Args:
        content: any bytes.
        packing: the coding.
        kept: it is sent often: a little more work is worth it.
    """
    if packing == "br":
        packed: bytes = brotli.compress(content, quality=BROTLI_QUALITY_KEPT if kept else BROTLI_QUALITY)
        return packed
    return gzip.compress(content, GZIP_LEVEL + kept, mtime=0)


class _Stream(Protocol):
    """What packs an answer part by part."""

    def add(self, part: bytes) -> bytes: ...

    def end(self) -> bytes: ...


class _Brotli:
    def __init__(self) -> None:
        self._packer = brotli.Compressor(quality=BROTLI_QUALITY)

    def add(self, part: bytes) -> bytes:
        packed: bytes = self._packer.process(part)
        return packed

    def end(self) -> bytes:
        packed: bytes = self._packer.finish()
        return packed


class _Gzip:
    def __init__(self) -> None:
        self._packer = zlib.compressobj(GZIP_LEVEL, zlib.DEFLATED, 31)

    def add(self, part: bytes) -> bytes:
        return self._packer.compress(part)

    def end(self) -> bytes:
        return self._packer.flush()


class PackedAnswers:
    """ASGI middleware: packs what a client takes packed, where that makes it smaller."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        packing = choose_packing(Headers(scope=scope).get("accept-encoding", ""))
        await self.app(scope, receive, _Out(send, packing))


class _Out:
    """Sends one answer on, packed."""

    def __init__(self, send: Send, packing: Packing | None) -> None:
        self._send = send
        self._packing = packing
        self._start: Message | None = None
        self._stream: _Stream | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message if self._may_be_packed(message) else None
            if self._start is None:
                await self._send(message)
        elif message["type"] != "http.response.body" or (self._start is None and self._stream is None):
            await self._send(message)
        elif self._start is not None:
            start, self._start = self._start, None
            await self._first(start, message)
        else:
            await self._next(message)

    def _may_be_packed(self, start: Message) -> bool:
        headers = MutableHeaders(raw=start.setdefault("headers", []))
        if start["status"] in (204, 206, 304) or not pays(headers.get("content-type", "")):
            return False
        if "accept-encoding" not in headers.get("vary", "").lower():
            headers.add_vary_header("Accept-Encoding")
        return self._packing is not None and "content-encoding" not in headers

    async def _first(self, start: Message, message: Message) -> None:
        assert self._packing is not None
        headers = MutableHeaders(raw=start["headers"])
        content, packing = message.get("body", b""), self._packing
        if message.get("more_body", False):
            self._stream = _Brotli() if packing == "br" else _Gzip()
            _tell(headers, packing)
            await self._send(start)
            await self._next(message)
            return
        if len(content) >= SMALLEST_PACKED_BYTES:
            packed = await _pack(content, packing)
            if len(packed) < WORTHWHILE * len(content):
                _tell(headers, packing, len(packed))
                message = {**message, "body": packed}
        await self._send(start)
        await self._send(message)

    async def _next(self, message: Message) -> None:
        assert self._stream is not None
        more = message.get("more_body", False)
        content = self._stream.add(message.get("body", b""))
        await self._send({**message, "body": content if more else content + self._stream.end()})


_pack_small = lru_cache(maxsize=128)(pack)
"""A picture that is kept is asked for again: the same bytes, packed already."""


async def _pack(content: bytes, packing: Packing) -> bytes:
    if len(content) <= LARGEST_PACKED_AT_ONCE_BYTES:
        return _pack_small(content, packing)
    return await anyio.to_thread.run_sync(pack, content, packing)


def _tell(headers: MutableHeaders, packing: Packing, length: int | None = None) -> None:
    headers["Content-Encoding"] = packing
    if length is None:
        del headers["Content-Length"]
    else:
        headers["Content-Length"] = str(length)
    tag = headers.get("etag", "")
    if tag.startswith('"'):
        headers["ETag"] = f"W/{tag}"  # the same answer in other bytes
