"""The child's end of its socket, with read and write alone: a confined child may make no other call on it."""

import os

from chainrule.protocol.frames import HEADER


class Closed(Exception):  # noqa: N818  # the usual end of a child that was not needed
    """The other side is gone."""


class Channel:
    """Sends and receives frames, blocking."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def send(self, kind: bytes, content: bytes = b"") -> None:
        """Send one frame."""
        rest = memoryview(HEADER.pack(kind, len(content)) + content)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def receive(self) -> tuple[bytes, bytes]:
        """Receive one frame: its kind and its content.

        Raises:
            Closed: the other side closed its end.
        """
        kind, length = HEADER.unpack(self._exactly(HEADER.size))
        return kind, self._exactly(length)

    def receive_line(self) -> bytes:
        """Receive up to the end of a line.

        Raises:
            Closed: the other side closed its end.
        """
        line = bytearray()
        while not line.endswith(b"\n"):
            line += self._exactly(1)
        return bytes(line)

    def _exactly(self, length: int) -> bytes:
        content = bytearray()
        while len(content) < length:
            piece = os.read(self._descriptor, min(length - len(content), 65_536))
            if not piece:
                raise Closed
            content += piece
        return bytes(content)
