"""Which of the kinds of answer on offer a client likes best (RFC 9110, section 12.5.1)."""

from collections.abc import Sequence


def choose(accept: str | None, offers: Sequence[str]) -> str | None:
    """Return the offer that an ``Accept`` header prefers.

    Args:
        accept: the header; None or empty accepts anything.
        offers: media types, the server's own favourite first: it wins among equals.

    Returns:
        One of ``offers``, or None where the header accepts none of them.
    """
    if not accept or not accept.strip():
        return offers[0]
    ranges = [_parse(part) for part in accept.split(",")[:50] if part.strip()]
    best: str | None = None
    best_quality = 0.0
    for offer in offers:
        quality = _quality(offer, ranges)
        if quality > best_quality:
            best, best_quality = offer, quality
    return best


def _parse(text: str) -> tuple[str, float]:
    name, *parameters = (part.strip().lower() for part in text.split(";"))
    quality = 1.0
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                quality = min(max(float(parameter[2:]), 0.0), 1.0)
            except ValueError:
                quality = 0.0
    return name, quality


def _quality(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    """Return what the most specific range that covers ``offer`` gives it."""
    family = offer.partition("/")[0] + "/*"
    for pattern in (offer, family, "*/*"):
        for name, quality in ranges:
            if name == pattern:
                return quality
    return 0.0
