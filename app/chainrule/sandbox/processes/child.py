"""The web process's end of one child: writes the request, awaits the answer, kills."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from chainrule.protocol.frames import ANSWER, BROKEN, HEADER, HELLO, OVER, REQUEST, STARTED, Hello

HELLO_BYTES = 100_000
"""Above any report of a child on its layers [bytes]."""
START_SECONDS = 5.0
"""How long an idle child may take to begin; one that was stopped never does [s]."""
PIECE_BYTES = 262_144
"""How much is read at once [bytes]."""


class ChildLostError(Exception):
    """A child ended, or sent what no child sends, before it had answered."""

    def __init__(self, reason: str, *, started: bool, forged: bool = False) -> None:
        super().__init__(reason)
        self.started = started
        """Whether the program may have run."""
        self.forged = forged
        """Whether it is still there and sent what no child sends."""


class Child:
    """One child: to be used once.

    Args:
        pid: its process id, to match the report of its end.
        stream: the socket to it.
        kill: ends the process and no other one; called at most once.
    """

    def __init__(self, pid: int, stream: socket.socket, kill: Callable[[], None]) -> None:
        self.pid = pid
        self._stream = stream
        self._kill: Callable[[], None] | None = kill
        self.started = False
        """Whether the program may have run."""
        self.over = False
        """Whether the program is over, and its answer is being made."""
        self.idle = False
        """Whether it has said hello and waits for its program."""
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        """Its exit code, or minus the number of the signal that ended it."""
        stream.setblocking(False)

    async def hello(self) -> Hello:
        """Wait until the child is confined.

        Raises:
            ChildLostError: it ended instead, or said something else; the reason is its own where it gave one.
        """
        kind, content = await self._receive(HELLO_BYTES)
        if kind == BROKEN:
            raise ChildLostError(content.decode("utf-8", "replace"), started=False)
        if kind != HELLO:
            raise ChildLostError(f"said {kind!r} instead of hello", started=False)
        return Hello.model_validate_json(content)

    async def run(
        self,
        request: bytes,
        answer_bytes: int,
        started: Callable[[], None] = lambda: None,
        over: Callable[[], None] = lambda: None,
    ) -> bytes:
        """Send the request and return the answer's bytes.

        Args:
            request: what the child is told to run.
            answer_bytes: how long its answer may be [bytes].
            started: called when the program starts.
            over: called when the program is over, and its answer is being made.

        Raises:
            ChildLostError: the child ended, or sent something else, or too much.
        """
        try:
            async with asyncio.timeout(START_SECONDS):
                kind = await self._send(request)
        except TimeoutError:
            raise ChildLostError("did not start", started=False) from None
        except OSError as error:
            raise ChildLostError(f"could not be written to: {error.strerror}", started=False) from error
        if kind != STARTED:
            raise ChildLostError(f"said {kind!r} instead of starting", started=False)
        self.started = True
        started()
        kind, content = await self._receive(answer_bytes)
        if kind == OVER and not content:
            self.over = True
            over()
            kind, content = await self._receive(answer_bytes)
        if kind != ANSWER:
            raise ChildLostError(f"it sent {kind!r} instead of an answer", started=True, forged=True)
        return content

    def kill(self) -> None:
        """End the process, whatever it is doing; whoever reads from it sees it end."""
        if self._kill is not None:
            kill, self._kill = self._kill, None
            with contextlib.suppress(ProcessLookupError):
                kill()

    def close(self) -> None:
        """End the process and let go of the socket; nothing may be reading from it."""
        self.kill()
        self._stream.close()

    async def _send(self, request: bytes) -> bytes:
        """Send the request, and return what kind of frame comes back."""
        await asyncio.get_running_loop().sock_sendall(self._stream, HEADER.pack(REQUEST, len(request)) + request)
        kind, _ = await self._receive(0)
        return kind

    async def _receive(self, most: int) -> tuple[bytes, bytes]:
        kind, length = HEADER.unpack(await self._exactly(HEADER.size))
        if length > most:
            reason = f"it announced {length} bytes where at most {most} may come"
            raise ChildLostError(reason, started=self.started, forged=True)
        return kind, await self._exactly(length)

    async def _exactly(self, length: int) -> bytes:
        loop = asyncio.get_running_loop()
        content = bytearray()
        while len(content) < length:
            try:
                piece = await loop.sock_recv(self._stream, min(length - len(content), PIECE_BYTES))
            except OSError as error:
                raise ChildLostError(f"could not be read from: {error.strerror}", started=self.started) from error
            if not piece:
                raise ChildLostError("ended", started=self.started)
            content += piece
        return bytes(content)
