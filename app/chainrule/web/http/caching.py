"""How an answer that may be kept travels: validators, 304, cache headers, file names."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from starlette.responses import Response
from starlette.types import Send

from chainrule.web.http.compression import PACKINGS, SMALLEST_PACKED_BYTES, WORTHWHILE, Packing, pack, pays

CACHED = "public, max-age=3600, stale-while-revalidate=604800"
PINNED = "public, max-age=31536000, immutable"
NOT_KEPT = "no-store"


def make_tag(*parts: object) -> str:
    """Return what tells one answer from every other: over everything that it depends on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def validator(tag: str, packing: Packing | None = None) -> str:
    """Return the strong validator of an answer: other bytes have another one, so how it is packed is part of it."""
    return f'"{tag}"' if packing is None else f'"{tag}-{packing}"'


def held_validator(tag: str, if_none_match: str | None) -> str | None:
    """Return the validator under which a client holds an answer already, however it was packed; else None."""
    if if_none_match is None:
        return None
    if if_none_match.strip() == "*":
        return validator(tag)
    given = {one.strip().removeprefix("W/") for one in if_none_match.split(",")}
    return next((one for one in (validator(tag, packing) for packing in (None, *PACKINGS)) if one in given), None)


@dataclass(frozen=True, slots=True)
class ReadyAnswer:
    """An answer that only needs to be sent."""

    tag: str
    headers: tuple[tuple[bytes, bytes], ...]
    """Those that a 304 has too, but for the validator."""
    body_headers: tuple[tuple[bytes, bytes], ...]
    content: bytes

    @classmethod
    def of(cls, tag: str, headers: Mapping[str, str], kind: str, content: bytes, packing: Packing | None) -> Self:
        """Put an answer together.

        Args:
            tag: of `make_tag`.
            headers: its own.
            kind: its media type.
            content: its bytes.
            packing: how the client takes it; where that makes it no smaller it stays as it is.
        """
        packed = content
        if packing is not None and pays(kind) and len(content) >= SMALLEST_PACKED_BYTES:
            packed = pack(content, packing, kept=True)
        if len(packed) >= WORTHWHILE * len(content):
            packed, packing = content, None
        response = Response(media_type=kind)
        body = {"content-type": response.headers["content-type"], "content-length": str(len(packed))}
        if packing is not None:
            body["content-encoding"] = packing
        body["etag"] = validator(tag, packing)
        return cls(tag, _raw({**headers, "vary": "Accept-Encoding"}), _raw(body), packed)

    @property
    def size_bytes(self) -> int:
        """Return the memory that it takes, about."""
        return len(self.content) + 2_000

    def respond(self, if_none_match: str | None) -> Response:
        """Return it as a response, or 304 where the client holds it already."""
        status, headers, content = self._answer(if_none_match)
        response = Response(content, status)
        response.raw_headers = headers
        return response

    async def send(self, send: Send, if_none_match: str | None) -> None:
        """Send what `respond` returns, without more ado."""
        status, headers, content = self._answer(if_none_match)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    def _answer(self, if_none_match: str | None) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        held = held_validator(self.tag, if_none_match)
        if held is None:
            return 200, [*self.headers, *self.body_headers], self.content
        return 304, [*self.headers, (b"etag", held.encode())], b""


def _raw(headers: Mapping[str, str]) -> tuple[tuple[bytes, bytes], ...]:
    return tuple((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in headers.items())


def kept(headers: Mapping[str, str], etag: str) -> Response:
    """Return the answer 304, without a body."""
    return Response(status_code=304, headers={**headers, "ETag": etag})
