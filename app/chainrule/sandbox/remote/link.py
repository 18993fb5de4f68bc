"""How a server and a worker on a Unix socket talk: one connection for each request, in the frames of a child.

The worker speaks first, with a Greeting. The server sends one request and hears, in this order: as often as it takes,
that its turn has not come or that the program still runs; that the program starts; and what came of it. Whoever closes
the connection takes no further part: a server that does has its program ended.
"""

import asyncio
from dataclasses import asdict
from importlib.metadata import version
from typing import Literal, Self

from pydantic import Field

from chainrule.graph.model import Data
from chainrule.limits import Limits
from chainrule.protocol.frames import ANSWER, BROKEN, HEADER, REQUEST, STARTED, Layer
from chainrule.version import __version__
from chainrule.words.numbers import say_number

GREETING = b"G"
"""Worker to server: a Greeting."""
ALIVE = b"W"
"""Worker to server: nothing has changed since the last frame; empty."""
UNANSWERED = b"U"
"""Worker to server: an Unanswered."""
BUSY = b"Q"
"""Worker to server: a Busy."""

ALIVE_SECONDS = 5.0
"""How often a worker is heard of at least [s]."""
SILENCE_SECONDS = 15.0
"""After how long without a frame the other side is taken for dead [s]."""
NOTE_BYTES = 50_000
"""Above any frame but requests and answers [bytes]."""


class Greeting(Data):
    """What a worker says to whoever connects."""

    protocol: Literal[1] = 1
    instance: str = Field(max_length=64)
    """Another one for each start of a worker."""
    versions: dict[str, str]
    limits: dict[str, float]
    """What programs may use; a server must have been told the same."""
    at_once: int = Field(ge=1, le=10_000)
    """Programs that may run at once."""
    layers: list[Layer]
    """How its children are confined."""


class Busy(Data):
    """The queue is full."""

    message: str = Field(max_length=500)
    retry_after_seconds: int = Field(ge=1, le=3_600)


class LinkBrokenError(Exception):
    """The other side is gone, is silent, or sent what it never sends."""


def own_versions() -> dict[str, str]:
    """Return the versions that a server and its worker must have in common."""
    return {"chainrule": __version__, "torch": version("torch")}


def own_limits(limits: Limits) -> dict[str, float]:
    """Return the limits as they are told."""
    return {name: float(value) for name, value in asdict(limits).items()}


def request_bytes(limits: Limits) -> int:
    """Return what is above any request that these limits let through [bytes]: JSON writes up to 6 for one."""
    return 6 * limits.source_bytes + 100 * limits.input_elements + 1_000_000


def frame(kind: bytes, content: bytes = b"") -> bytes:
    """Return a frame as it is sent."""
    return HEADER.pack(kind, len(content)) + content


class Incoming:
    """The frames that come in on a connection, each bounded in length.

    Args:
        reader: where they come from.
        most: how long a frame of each kind may be; other kinds do not come [bytes].
    """

    def __init__(self, reader: asyncio.StreamReader, most: dict[bytes, int]) -> None:
        self._reader = reader
        self._most = most

    @classmethod
    def at_server(cls, reader: asyncio.StreamReader, limits: Limits) -> Self:
        """Return what a server takes from a worker."""
        notes = dict.fromkeys((GREETING, UNANSWERED, BUSY, BROKEN), NOTE_BYTES)
        return cls(reader, {**notes, ALIVE: 0, STARTED: 0, ANSWER: limits.answer_bytes})

    @classmethod
    def at_worker(cls, reader: asyncio.StreamReader, limits: Limits) -> Self:
        """Return what a worker takes from a server."""
        return cls(reader, {REQUEST: request_bytes(limits)})

    async def next(self, seconds: float | None = None) -> tuple[bytes, bytes]:
        """Return the next frame: its kind and its content.

        Args:
            seconds: how long it may take until all of it is there; None for as long as a silence may last [s].

        Raises:
            LinkBrokenError: there is none, or none that may come.
        """
        seconds = SILENCE_SECONDS if seconds is None else seconds
        try:
            async with asyncio.timeout(seconds):
                kind, length = HEADER.unpack(await self._reader.readexactly(HEADER.size))
                if length > self._most.get(kind, -1):
                    raise LinkBrokenError(f"it announced a frame {kind!r} of {length} bytes")
                return kind, await self._reader.readexactly(length)
        except TimeoutError:
            raise LinkBrokenError(f"nothing came for {say_number(seconds)} s") from None
        except asyncio.IncompleteReadError:
            raise LinkBrokenError("the connection was closed") from None
        except OSError as error:
            raise LinkBrokenError(error.strerror or str(error)) from None
