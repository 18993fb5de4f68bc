"""Frames of the pipe between the web process and a child, as bytes."""

from chainrule.protocol.frames import HEADER


def frame(kind: bytes, content: bytes = b"") -> bytes:
    return HEADER.pack(kind, len(content)) + content
