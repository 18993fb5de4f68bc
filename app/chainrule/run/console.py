"""The console of a program: what it prints, with the line that printed it."""

import io
import sys
from types import FrameType
from typing import Literal

from chainrule.protocol.messages import ConsoleLine

FILENAME = "<program>"
"""The file name that programs are compiled with: their frames are known by it."""


def current_frame() -> FrameType | None:
    """Return the innermost frame of the program, or None outside of it."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != FILENAME:
        frame = frame.f_back
    return frame


def current_line() -> int | None:
    """Return the line of the innermost frame of the program, or None outside of it."""
    frame = current_frame()
    return None if frame is None else frame.f_lineno


class Console:
    """Keeps what a program writes, up to a number of bytes.

    Args:
        limit: how much is kept [bytes of UTF-8].
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._lines: list[ConsoleLine] = []
        self._pieces: list[str] = []
        self._place: tuple[Literal["stdout", "stderr"], int | None] = ("stdout", None)
        self.cut = False
        """Whether something was left out."""

    def write(self, stream: Literal["stdout", "stderr"], text: str, line: int | None) -> None:
        """Take what was written at ``line``; one call of print is one entry, with its line end."""
        if not text or self.cut:
            return
        # A lone surrogate has no UTF-8, and an answer that cannot be encoded would be no answer.
        encoded = text.encode("utf-8", "replace")
        if self._size + len(encoded) > self._limit:
            encoded = encoded[: self._limit - self._size]
            self.cut = True
        self._size += len(encoded)
        if self._pieces and (self._place != (stream, line) or self._pieces[-1].endswith("\n")):
            self._flush()
        self._place = (stream, line)
        self._pieces.append(encoded.decode("utf-8", "ignore"))

    def lines(self) -> list[ConsoleLine]:
        """Return everything that was written so far."""
        self._flush()
        return list(self._lines)

    def _flush(self) -> None:
        if self._pieces:
            stream, line = self._place
            self._lines.append(ConsoleLine(stream=stream, text="".join(self._pieces), line=line))
            self._pieces.clear()


class ConsoleStream(io.TextIOBase):
    """The program's ``sys.stdout`` or ``sys.stderr``."""

    def __init__(self, console: Console, stream: Literal["stdout", "stderr"]) -> None:
        self._console = console
        self._stream = stream

    @property
    def encoding(self) -> str:  # type: ignore[override]  # typeshed has a plain attribute
        """UTF-8, as of a terminal."""
        return "utf-8"

    def writable(self) -> bool:
        """Return True."""
        return True

    def write(self, text: str) -> int:
        """Write text to the console."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        self._console.write(self._stream, text, current_line())
        return len(text)
