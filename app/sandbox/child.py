"""The web process's end of one child: writes the request, awaits the answer with a deadline, kills."""

import asyncio
import contextlib
import os
import signal
import socket
from dataclasses import dataclass

from app.graph.pipe import ANSWER, BROKEN, HEADER, HELLO, REQUEST, STARTED, Hello


class ChildLostError(Exception):
    """A child ended, or sent what no child sends, before it had answered."""

    def __init__(self, reason: str, *, started: bool) -> None:
        super().__init__(reason)
        self.started = started
        """Whether the program may have run."""


@dataclass(frozen=True, slots=True)
class Answered:
    """What a child answered, not yet read."""

    content: bytes


class Child:
    """One child: to be used once.

    Args:
        pid: its process id, to match the report of its end; signals go through ``pidfd`` only.
        stream: the socket to it.
        pidfd: a descriptor of the process itself, which no later process can take over.
    """

    def __init__(self, pid: int, stream: socket.socket, pidfd: int) -> None:
        self.pid = pid
        self._stream = stream
        self._pidfd = pidfd
        self._started = False
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Its exit code, or minus the number of the signal that ended it."""
        stream.setblocking(False)

    async def hello(self) -> Hello:
        """Wait until the child is confined.

        Raises:
            ChildLostError: it ended instead, or said something else.
        """
        kind, content = await self._receive(100_000)
        if kind == BROKEN:
            raise ChildLostError(content.decode("utf-8", "replace"), started=False)
        if kind != HELLO:
            raise ChildLostError(f"said {kind!r} instead of hello", started=False)
        return Hello.model_validate_json(content)

    async def run(self, request: bytes, answer_bytes: int) -> bytes:
        """Send the request and return the answer's bytes.

        Raises:
            ChildLostError: the child ended, or sent something else, or too much.
        """
        loop = asyncio.get_running_loop()
        try:
            await loop.sock_sendall(self._stream, HEADER.pack(REQUEST, len(request)) + request)
        except OSError as error:
            raise ChildLostError(f"could not be written to: {error}", started=False) from error
        kind, _ = await self._receive(0)
        if kind != STARTED:
            raise ChildLostError(f"said {kind!r} instead of starting", started=False)
        self._started = True
        kind, content = await self._receive(answer_bytes)
        if kind != ANSWER:
            raise ChildLostError(f"said {kind!r} instead of an answer", started=True)
        return content

    def kill(self) -> None:
        """End the child, whatever it is doing."""
        if self._pidfd < 0:
            return
        with contextlib.suppress(ProcessLookupError):
            signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
        os.close(self._pidfd)
        self._pidfd = -1
        self._stream.close()

    async def _receive(self, most: int) -> tuple[bytes, bytes]:
        kind, length = HEADER.unpack(await self._exactly(HEADER.size))
        if length > most:
            raise ChildLostError(f"announced {length} bytes where at most {most} may come", started=self._started)
        return kind, await self._exactly(length)

    async def _exactly(self, length: int) -> bytes:
        loop = asyncio.get_running_loop()
        content = bytearray()
        while len(content) < length:
            try:
                piece = await loop.sock_recv(self._stream, min(length - len(content), 262_144))
            except OSError as error:
                raise ChildLostError(f"could not be read from: {error}", started=self._started) from error
            if not piece:
                raise ChildLostError("ended", started=self._started)
            content += piece
        return bytes(content)
