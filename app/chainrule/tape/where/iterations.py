"""Which turn of its loops a frame of the program is in."""

import weakref
from dataclasses import dataclass, field
from types import FrameType
from typing import Any

from chainrule.tape.where.loops import Fork, Loop, Stage, Standing

_TELLING = frozenset({"target", "test"})
_OVER = object()
"""Stands for a call that is over."""


@dataclass(frozen=True, slots=True, eq=False)
class Iteration:
    """One turn of one loop."""

    loop: Loop
    number: int
    """Counted from 1 each time that the loop is entered."""
    held: int | None = None
    """What its only variable held, where that was a whole number."""


@dataclass(frozen=True, slots=True, eq=False)
class LoopMoment:
    """What a frame is doing."""

    callee: object
    """The call of the program that it has made, if it has made one."""
    operation: object
    """What is recorded."""
    library: object
    """The call of another function, written in Python too, that it has made, if it has made one."""
    is_generator: bool = False
    """Whether the call of the program is one that gives what is gone through."""


@dataclass(slots=True)
class _Running:
    loop: Loop
    number: int
    """0 while its iterator makes the first thing."""
    stage: Stage
    """The part that was running at the last look."""
    bound: tuple[Any, ...]
    """What the loop's variables hold: held, so that no other object can have the same identity."""
    first: tuple[object, ...] = ()
    """What tells what its variables held in the first turn."""
    makers: list[object] = field(default_factory=list)
    """Calls of generators that its iterator made for the first turn."""
    is_told: bool = False
    """Whether its condition, or what binds its variables, is seen at work: that begins every turn."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What happened between two looks, as far as the instructions tell."""

    back: bool
    """It went back, or the same instruction called something else."""
    repeated: bool
    """Or the first operation of the same instruction came again."""
    crossed: frozenset[Loop]
    """Loops that went round from one arm of a fork to another."""


class Iterations:
    """Counts the turns of one frame's loops, looking only when an operation is recorded.

    A turn in which nothing is recorded is not counted. Another turn is sure where the loop's iterator or condition was
    seen at work in between. Else, in a ``for`` loop over whole numbers another number is another turn. In one over
    other objects another object is, or going back to an earlier instruction, or another call from the same one. Where
    no variable tells, the first operation of an instruction coming again is a turn as well, and so is a loop within
    that begins anew: with a new generator, or with what it held at first.
    """

    def __init__(self) -> None:
        self._running: list[_Running] = []
        self._arms: dict[Fork, int] = {}
        self._order = -1
        self._then = LoopMoment(None, None, None)
        """The first moment of the instruction, with the first calls that it made."""

    def look(self, frame: FrameType, standing: Standing, now: LoopMoment) -> tuple[Iteration, ...]:
        """Tell the turns that a frame is in.

        Args:
            frame: the frame.
            standing: the loops that it stands in.
            now: what it is doing.
        """
        same, then = standing.order == self._order, self._then
        back = standing.order < self._order or (same and _differ(now.callee, then.callee))
        repeated = back or (same and (_differ(now.library, then.library) or _comes_again(now, then, standing)))
        crossed = frozenset(loop for fork, loop, arm in standing.arms if self._arms.get(fork, arm) != arm)
        if standing.loops:
            self._turn(frame, standing, now, _Step(back, repeated, crossed))
        else:
            self._running.clear()
        self._arms = {fork: arm for fork, _, arm in standing.arms}
        self._order = standing.order
        # Held, so that no other call can have the same identity, but only where it may tell something.
        library = now.library if standing.needs_calls else None
        if not same or repeated:
            self._then = LoopMoment(now.callee, now.operation, library)
        elif (then.callee, then.library) != (now.callee, library):
            self._then = LoopMoment(then.callee or now.callee, then.operation, then.library or library)
        return tuple([Iteration(one.loop, one.number, _held(one)) for one in self._running if one.stage != "header"])

    def suspend(self) -> None:
        """Let go of the call that was made last: it is over."""
        if self._then.library is not None:
            self._then = LoopMoment(self._then.callee, self._then.operation, _OVER)

    def _turn(self, frame: FrameType, standing: Standing, now: LoopMoment, step: _Step) -> None:
        names = frame.f_locals if any(loop.variables for loop, _ in standing.loops) else {}
        known = self._running
        running: list[_Running] = []
        shared = 0
        for (loop, _), before in zip(standing.loops, known, strict=False):
            if before.loop is not loop:
                break
            shared += 1
        for depth, (loop, stage) in enumerate(standing.loops):
            bound = tuple([names.get(name) for name in loop.variables])
            one: _Running | None = known[depth] if depth < shared else None
            around = running[-1] if running and not (running[-1].loop.variables or running[-1].is_told) else None
            if one is not None and around is not None and _begins_anew(one, stage, bound, now):
                around.number += 1
                one = None
            if one is None:
                shared = depth
                one = _Running(loop, 0 if stage == "header" else 1, stage, bound)
            elif _is_another(one, stage, bound, step, innermost=depth == shared - 1):
                shared = depth
                one.number += 1
            one.stage, one.bound, one.is_told = stage, bound, one.is_told or stage in _TELLING
            if around is not None:
                _note_first(one, now)
            running.append(one)
        self._running = running


def _begins_anew(one: _Running, stage: Stage, bound: tuple[Any, ...], now: LoopMoment) -> bool:
    """Return whether a loop in one that no variable tells runs for another time."""
    if stage == "header":
        return one.number > 0 and now.is_generator and now.callee not in one.makers
    same = zip(one.first, bound, strict=False)
    return one.number > 1 and one.stage == "body" and bool(one.first) and all(_is_told(*pair) for pair in same)


def _note_first(one: _Running, now: LoopMoment) -> None:
    if one.number == 0 and now.is_generator and now.callee not in one.makers:
        one.makers.append(now.callee)
    if one.number == 1 and one.stage == "body" and not one.first:
        one.first = tuple([_telling(value) for value in one.bound])


def _telling(value: object) -> object:
    """Return what tells an object later on, and does not keep it."""
    if type(value) in (int, str):
        return value
    try:
        return weakref.ref(value)
    except TypeError:
        return None


def _is_told(told: object, value: object) -> bool:
    return told() is value if isinstance(told, weakref.ref) else told is not None and told == value


def _held(running: _Running) -> int | None:
    value = running.bound[0] if len(running.bound) == 1 else None
    return value if type(value) is int else None


def _differ(one: object, two: object) -> bool:
    return one is not None and two is not None and one is not two


def _comes_again(now: LoopMoment, then: LoopMoment, standing: Standing) -> bool:
    """Return whether the first operation of an instruction comes again, and no call can have repeated it."""
    if standing.calls_often or now.callee is not None or now.library is not None:
        return False
    return now.operation is not None and now.operation == then.operation


def _is_another(known: _Running, stage: Stage, bound: tuple[Any, ...], step: _Step, *, innermost: bool) -> bool:
    match known.stage, stage:
        case (_, "header"):
            return False
        case ("header", _) | ("body", "target" | "test"):
            return True
        case ("target" | "test", "body"):
            return False
        case ("target", "target") | ("test", "test"):
            return innermost and step.repeated
    if any(one is not two for one, two in zip(bound, known.bound, strict=True)):
        return True
    if known.loop in step.crossed:
        return not known.is_told
    if known.is_told or not innermost or (bound and all(type(value) is int for value in bound)):
        return False
    return step.back if bound else step.repeated
