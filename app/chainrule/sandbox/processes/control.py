"""The web process's end of the socket on which a stem or a zygote is told what to do."""

import asyncio
import contextlib
import socket
from collections.abc import Callable

from pydantic import TypeAdapter, ValidationError

from chainrule.protocol.frames import PACKET_BYTES, Message

MESSAGE: TypeAdapter[Message] = TypeAdapter(Message)


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
        stream.setblocking(False)
        asyncio.get_running_loop().add_reader(stream, self._read)

    def send(self, order: bytes) -> None:
        """Send an order; nothing happens where the other side is gone, which is about to be heard."""
        if self._stream is not None:
            with contextlib.suppress(OSError):
                self._stream.send(order)

    def close(self) -> None:
        """Let go of the socket."""
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
        if message is None:
            self._lost()
        else:
            self._hear(message, descriptors)
