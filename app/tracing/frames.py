"""Where in the program something happened: its frames, as calls that can be told apart and counted."""

import sys
from dataclasses import dataclass, field
from types import CodeType, FrameType


@dataclass(slots=True, eq=False)
class FrameCall:
    """One call of one function of the program (or the program's top level)."""

    code: CodeType
    above: "FrameCall | None"
    number: int
    """Which call of this function within the call above, from 1."""
    counts: dict[CodeType, int] = field(default_factory=dict)

    def call(self, code: CodeType) -> "FrameCall":
        """Count one more call from here."""
        number = self.counts[code] = self.counts.get(code, 0) + 1
        return FrameCall(code, self, number)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place in the running program: its calls from the top level inwards, each with its current instruction."""

    calls: tuple[FrameCall, ...]
    instructions: tuple[int, ...]


NOWHERE = Place((), ())


class Frames:
    """Follows the frames of one program.

    The frames seen last are held until the next look, so that a new frame at an old address is never taken for the
    old one.
    """

    def __init__(self, filename: str) -> None:
        self._filename = filename
        self._held: list[tuple[FrameType, FrameCall]] = []
        self._top_counts: dict[CodeType, int] = {}

    def here(self) -> Place:
        """Give the place where the program is now; ``NOWHERE`` if none of its frames is running."""
        found = self.running()
        if not found:
            return NOWHERE
        kept = 0
        for frame, (held, _) in zip(found, self._held, strict=False):
            if frame is not held:
                break
            kept += 1
        if kept < len(self._held) or kept < len(found):
            del self._held[kept:]
            for frame in found[kept:]:
                self._held.append((frame, self._enter(frame.f_code)))
        return Place(tuple([call for _, call in self._held]), tuple([frame.f_lasti for frame in found]))

    def running(self) -> list[FrameType]:
        """Give the program's frames on this thread's stack, from the top level inwards."""
        filename = self._filename
        frame: FrameType | None = sys._getframe(1)
        found = []
        while frame is not None:
            if frame.f_code.co_filename == filename:
                found.append(frame)
            frame = frame.f_back
        found.reverse()
        return found

    def release(self) -> None:
        """Let go of the frames."""
        self._held.clear()

    def _enter(self, code: CodeType) -> FrameCall:
        if self._held:
            return self._held[-1][1].call(code)
        number = self._top_counts[code] = self._top_counts.get(code, 0) + 1
        return FrameCall(code, None, number)
