"""Room for the tape's own frames: the program may go as deep as it could without them."""

import sys
from types import TracebackType

ROOM = 50
"""Frames of the tape within an operation, none of which calls the program."""


class deeper:  # noqa: N801 # used as a statement: with deeper(2): ...
    """Let Python's stack be so many frames higher for a while.

    Args:
        frames: what stands between the program that calls and the program that is called.
    """

    __slots__ = ("_frames",)

    def __init__(self, frames: int) -> None:
        self._frames = frames

    def __enter__(self) -> None:
        """Raise the limit."""
        sys.setrecursionlimit(sys.getrecursionlimit() + self._frames)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Lower it by as much, whatever the program has set it to."""
        try:
            sys.setrecursionlimit(max(sys.getrecursionlimit() - self._frames, 1))
        except RecursionError:
            # The stack is too high for it just now: it stays as it is.
            return
