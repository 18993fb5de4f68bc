"""How far a program had come in its loops: told only where that is certain."""

import builtins
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import FrameType, TracebackType

from chainrule.tape.where.iterations import Iteration, Iterations, LoopMoment
from chainrule.tape.where.loops import Loop, Loops

_NO_MOMENT = LoopMoment(None, None, None)


@dataclass(frozen=True, slots=True)
class ReachedLoop:
    """A loop, and the iteration of it that a program had come to."""

    line: int
    """Where the loop begins."""
    number: int
    """Which iteration, counted from 1."""
    is_exact: bool
    """Whether the loop's own variable told; otherwise only iterations in which an operation was recorded count."""
    name: str
    value: int | None = None
    """What its only variable held, where that was a whole number."""


def reached_at(iterations: Sequence[Sequence[Iteration]]) -> tuple[ReachedLoop, ...]:
    """Return the loops around something that was recorded, outermost first."""
    return tuple(
        ReachedLoop(one.loop.head[0][0], one.number, False, one.loop.name, one.value)
        for calls in iterations
        for one in calls
    )


def reached_in(
    traceback: TracebackType | None, loops: Loops, followed: Mapping[FrameType, Iterations], filename: str
) -> tuple[ReachedLoop, ...]:
    """Return the loops that a program stood in when something ended it, outermost first.

    Args:
        traceback: of what ended it.
        loops: of the program.
        followed: what was seen of the iterations of the frames that were running when something was last recorded.
        filename: what the program was compiled as.
    """
    found: list[ReachedLoop] = []
    while traceback is not None:
        frame = traceback.tb_frame
        if frame.f_code.co_filename == filename:
            found += _of_frame(frame, traceback.tb_lasti, loops, followed.get(frame))
        traceback = traceback.tb_next
    return tuple(found)


def _of_frame(frame: FrameType, instruction: int, loops: Loops, seen: Iterations | None) -> Iterator[ReachedLoop]:
    standing = loops.around(frame.f_code, instruction)
    if not standing.loops:
        return
    before = {} if seen is None else seen.counted()
    after = {} if seen is None else {one.loop: one.number for one in seen.look(frame, standing, _NO_MOMENT)}
    is_same = True
    """Whether the loops around are in the iteration in which something was last recorded: else those within are not."""
    for loop, stage in standing.loops:
        if stage == "header":
            return
        known, now = before.get(loop), after.get(loop)
        value = _whole_number(loop, frame)
        exact = _exact(loop, frame)
        if exact is not None:
            yield ReachedLoop(loop.head[0][0], exact, True, loop.name, value)
        elif is_same and known is not None and now is not None:
            yield ReachedLoop(loop.head[0][0], now, False, loop.name, value)
        is_same = is_same and known is not None and known == now


def _exact(loop: Loop, frame: FrameType) -> int | None:
    """Return the iteration that the loop's own variable tells."""
    counter = loop.counter
    if counter is None:
        return None
    names, function = frame.f_locals, counter.function
    if names.get(function, frame.f_globals.get(function)) not in (None, getattr(builtins, function)):
        return None  # the program has another function of that name
    return counter.number(names.get(counter.variable))


def _whole_number(loop: Loop, frame: FrameType) -> int | None:
    value = frame.f_locals.get(loop.variables[0]) if len(loop.variables) == 1 else None
    return value if type(value) is int else None
