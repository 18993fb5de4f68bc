"""The web process's end of the socket on which a stem or a zygote is told what to do."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from chainrule.protocol.frames import ASK, PACKET_BYTES, Alive, Message

MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)

ASK_SECONDS = 0.5
"""How often a process that is watched is asked whether it lives [s]."""
SILENCE_SECONDS = 2.0
"""How long it may leave that unanswered, whatever it is doing: it forks in hundredths of a second [s]."""


class Control:
    """Sends orders and hears messages, one packet each.

    Args:
        stream: the socket.
        hear: called with each message and the descriptors that came along.
        lost: called once when the other side is gone, or says what nobody says.
    """

    def __init__(
        self, stream: socket.socket, hear: Callable[[Message, list[int]], None], lost: Callable[[], None]
    ) -> None:
        self._stream: socket.socket | None = stream
        self._hear = hear
        self._lost = lost
        self._asked_at: float | None = None
        """Since when the oldest question is unanswered; None where there is none."""
        self._next: asyncio.TimerHandle | None = None
        stream.setblocking(False)
        asyncio.get_running_loop().add_reader(stream, self._read)

    def send(self, order: bytes) -> None:
        """Send an order; nothing happens where the other side is gone, which is about to be heard."""
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.send(order)

    def watch(self, silent: Callable[[], None]) -> None:
        """Ask from now on, again and again, whether the other side lives.

        A process that was stopped, or hangs, has not ended, and nothing else would tell.

        Args:
            silent: called once when it has not answered for a while; nobody is asked after it.
        """
        now = asyncio.get_running_loop().time()
        if self._stream is None:
            return
        if self._asked_at is None:
            self._asked_at = now
            self.send(ASK)
        elif now - self._asked_at >= SILENCE_SECONDS:
            silent()
            return
        self._next = asyncio.get_running_loop().call_later(ASK_SECONDS, self.watch, silent)

    def close(self) -> None:
        """Let go of the socket."""
        if self._next is not None:
            self._next.cancel()
        if self._stream is not None:
            asyncio.get_running_loop().remove_reader(self._stream)
            self._stream.close()
            self._stream = None

    def _read(self) -> None:
        assert self._stream is not None
        try:
            packet, descriptors, _, _ = socket.recv_fds(self._stream, PACKET_BYTES, 2)
            message = MESSAGE.validate_json(packet) if packet else None
        except BlockingIOError:
            return
        except (OSError, ValidationError):
            message, descriptors = None, []
        self._asked_at = None  # whatever it says, it lives
        if message is None:
            self._lost()
        elif not isinstance(message, Alive):
            self._hear(message, descriptors)
