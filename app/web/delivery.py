"""How an answer that may be kept travels: validators, 304, cache headers, file names."""

import hashlib

from starlette.requests import Request
from starlette.responses import Response

CACHED = "public, max-age=3600, stale-while-revalidate=604800"
PINNED = "public, max-age=31536000, immutable"
NOT_KEPT = "no-store"


def make_etag(request: Request, *parts: object) -> str:
    """Return a strong validator over everything that an answer depends on, how it is packed included."""
    packing = "-gzip" if "gzip" in request.headers.get("accept-encoding", "") else ""
    return f'"{hashlib.sha256(repr(parts).encode()).hexdigest()[:32]}{packing}"'


def not_modified(request: Request, etag: str) -> bool:
    """Say whether the client already holds the answer that ``etag`` names."""
    held = request.headers.get("if-none-match")
    if held is None:
        return False
    if held.strip() == "*":
        return True
    return any(tag.strip().removeprefix("W/") == etag for tag in held.split(","))


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
