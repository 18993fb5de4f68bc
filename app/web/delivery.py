"""How an answer that may be kept travels: validators, 304, cache headers, file names."""

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from starlette.requests import Request
from starlette.responses import Response

CACHED = "public, max-age=3600, stale-while-revalidate=604800"
PINNED = "public, max-age=31536000, immutable"
NOT_KEPT = "no-store"


GZIP_LEVEL = 6
SMALLEST_PACKED = 1_000
"""Answers below this size are sent as they are [bytes]."""


def make_tag(*parts: object) -> str:
    """Return what tells one answer from every other: over everything that it depends on."""
    return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]


def takes_gzip(request: Request) -> bool:
    """Say whether the client takes packed answers."""
    return "gzip" in request.headers.get("accept-encoding", "")


def make_etag(request: Request, *parts: object) -> str:
    """Return a strong validator over everything that an answer depends on, how it is packed included."""
    return validator(make_tag(*parts), takes_gzip(request))


def validator(tag: str, packed: bool) -> str:
    """Return the strong validator of an answer, plain or packed."""
    return f'"{tag}-gzip"' if packed else f'"{tag}"'


@dataclass(frozen=True, slots=True)
class Ready:
    """An answer that only needs to be sent."""

    tag: str
    headers: Mapping[str, str]
    media_type: str
    content: bytes
    packed: bytes | None
    """The same with gzip; None where that would be no smaller."""

    @classmethod
    def of(cls, tag: str, headers: Mapping[str, str], media_type: str, content: bytes) -> Self:
        """Pack an answer."""
        packed = gzip.compress(content, GZIP_LEVEL, mtime=0) if len(content) >= SMALLEST_PACKED else content
        return cls(tag, headers, media_type, content, packed if len(packed) < 0.95 * len(content) else None)

    @property
    def size_bytes(self) -> int:
        """Return the memory that it takes, about."""
        return len(self.content) + len(self.packed or b"") + 2_000

    def respond(self, request: Request) -> Response:
        """Answer with it, or with 304 where the client holds it already."""
        packed = self.packed if takes_gzip(request) else None
        headers = {**self.headers, "ETag": validator(self.tag, takes_gzip(request)), "Vary": "Accept-Encoding"}
        if not_modified(request, headers["ETag"]):
            return kept(headers)
        if packed is None:
            return Response(self.content, media_type=self.media_type, headers=headers)
        return Response(packed, media_type=self.media_type, headers={**headers, "Content-Encoding": "gzip"})


def not_modified(request: Request, etag: str) -> bool:
    """Say whether the client already holds the answer that ``etag`` names."""
    held = request.headers.get("if-none-match")
    if held is None:
        return False
    return held.strip() == "*" or etag in (tag.strip().removeprefix("W/") for tag in held.split(","))


def cache_headers(etag: str, pinned: bool) -> dict[str, str]:
    """Return the headers of an answer that may be kept.

    Args:
        etag: its validator.
        pinned: the URL names the versions that made it, so that it never changes.
    """
    return {"ETag": etag, "Cache-Control": PINNED if pinned else CACHED}


def kept(headers: dict[str, str]) -> Response:
    """Return the answer 304, without a body."""
    return Response(status_code=304, headers=headers)
