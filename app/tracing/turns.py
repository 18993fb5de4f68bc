"""Which turn of its loops a frame of the program is in."""

from dataclasses import dataclass
from types import FrameType
from typing import Any

from app.tracing.loops import Loop


@dataclass(frozen=True, slots=True, eq=False)
class Turn:
    """One turn of one loop."""

    loop: Loop
    number: int
    """Counted from 1 each time that the loop is entered."""


@dataclass(slots=True)
class _Running:
    loop: Loop
    number: int
    bound: tuple[Any, ...]
    """What the loop's variables hold: held, so that no other object can have the same identity."""


class Turns:
    """Counts the turns of one frame's loops, looking only when an operation is recorded.

    A turn in which nothing is recorded is not counted. In a ``for`` loop over whole numbers another number is another
    turn. In one over other objects another object is, or going back to an earlier instruction, or another call from
    the same one. Where no variable tells, the first operation of an instruction coming again is a turn as well.
    """

    def __init__(self) -> None:
        self._running: list[_Running] = []
        self._instruction = -1
        self._callee: object = None
        self._operation: object = None
        self._now: tuple[Turn, ...] = ()

    def look(self, frame: FrameType, loops: tuple[Loop, ...], callee: object, operation: object) -> tuple[Turn, ...]:
        """Tell the turns that a frame is in.

        Args:
            frame: the frame.
            loops: those that it stands in, outermost first.
            callee: the call of the program that it has made, if it has made one.
            operation: what is recorded.
        """
        instruction = frame.f_lasti
        same = instruction == self._instruction
        back = instruction < self._instruction or (same and callee is not self._callee)
        repeated = back or (same and callee is None and operation == self._operation)
        self._turn(frame, loops, back, repeated)
        if not same or repeated:
            self._instruction, self._callee, self._operation = instruction, callee, operation
        return self._now

    def _turn(self, frame: FrameType, loops: tuple[Loop, ...], back: bool, repeated: bool) -> None:
        if not loops:
            self._running.clear()
            self._now = ()
            return
        names = frame.f_locals if any(loop.variables for loop in loops) else {}
        running: list[_Running] = []
        for depth, loop in enumerate(loops):
            bound = tuple([names.get(name) for name in loop.variables])
            known = self._running[depth] if depth < len(self._running) else None
            if known is None or known.loop is not loop:
                running.append(_Running(loop, 1, bound))
                self._running.clear()
            elif _is_another(known, bound, back, repeated, innermost=depth == len(loops) - 1):
                running.append(_Running(loop, known.number + 1, bound))
                self._running.clear()
            else:
                running.append(known)
        self._running = running
        self._now = tuple([Turn(one.loop, one.number) for one in running])


def _is_another(known: _Running, bound: tuple[Any, ...], back: bool, repeated: bool, *, innermost: bool) -> bool:
    if any(one is not two for one, two in zip(bound, known.bound, strict=True)):
        return True
    if not innermost or (bound and all(type(value) is int for value in bound)):
        return False
    return back if bound else repeated
