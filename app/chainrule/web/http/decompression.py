"""Bodies that arrive packed: unpacked part by part, and never further than the limit."""

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Protocol

import brotli
from starlette.types import Message, Receive

PART_BYTES = 65_536
"""What is unpacked at once."""


class BodyTooLargeError(Exception):
    """A body grew past its limit while it arrived."""


class BodyBrokenError(Exception):
    """A body is not packed as its head says."""


class _Unpacker(Protocol):
    complete: bool

    def feed(self, packed: bytes) -> Iterator[bytes]: ...


class _Zlib:
    """Unpacks gzip (RFC 1952) or zlib (RFC 1950), which HTTP calls deflate."""

    def __init__(self, window_bits: int) -> None:
        self._stream = zlib.decompressobj(window_bits)
        self.complete = False

    def feed(self, packed: bytes) -> Iterator[bytes]:
        while packed and not self._stream.eof:
            try:
                part = self._stream.decompress(packed, PART_BYTES)
            except zlib.error:
                raise BodyBrokenError from None
            packed = self._stream.unconsumed_tail
            yield part
        self.complete = self._stream.eof
        if self._stream.unused_data or packed:
            raise BodyBrokenError


class _Brotli:
    """Unpacks Brotli (RFC 7932)."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()
        self.complete = False

    def feed(self, packed: bytes) -> Iterator[bytes]:
        if self.complete and not packed:
            return
        try:
            part = self._stream.process(packed, output_buffer_limit=PART_BYTES)
            while part:
                yield part
                part = b"" if self._stream.is_finished() else self._more()
        except brotli.error:
            raise BodyBrokenError from None
        self.complete = self._stream.is_finished()

    def _more(self) -> bytes:
        part: bytes = self._stream.process(b"", output_buffer_limit=PART_BYTES)
        return part


UNPACKERS: dict[str, Callable[[], _Unpacker]] = {
    "br": _Brotli,
    "gzip": lambda: _Zlib(31),
    "x-gzip": lambda: _Zlib(31),
    "deflate": lambda: _Zlib(15),
}
"""By the name that ``Content-Encoding`` has for it."""

TAKEN = "br, gzip, deflate"
"""What is told to a client that packs otherwise."""


@dataclass(slots=True)
class Unpacked:
    """Receives a packed body and gives it unpacked."""

    receive: Receive
    packing: str
    most_bytes: int
    seen: int = 0
    _unpacker: _Unpacker = field(init=False)

    def __post_init__(self) -> None:
        self._unpacker = UNPACKERS[self.packing]()

    async def __call__(self) -> Message:
        """Receive the next part.

        Raises:
            BodyTooLargeError: it is over ``most_bytes`` when unpacked.
            BodyBrokenError: it is not packed as its head says.
        """
        message = await self.receive()
        if message["type"] != "http.request":
            return message
        parts = []
        for part in self._unpacker.feed(message.get("body", b"")):
            self.seen += len(part)
            if self.seen > self.most_bytes:
                raise BodyTooLargeError
            parts.append(part)
        if not message.get("more_body", False) and not self._unpacker.complete:
            raise BodyBrokenError
        return {**message, "body": b"".join(parts)}
