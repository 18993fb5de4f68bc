"""Which iteration of its loops a frame of the program is in."""

import weakref
from dataclasses import dataclass, field
from types import FrameType
from typing import Any, NamedTuple

from chainrule.tape.where.loops import Fork, Loop, Stage, Standing

_TELLING = frozenset({"target", "test"})
_NO_ARMS: dict[Fork, int] = {}
_NOWHERE_CROSSED: frozenset[Loop] = frozenset()
_OVER = object()
"""Stands for a call that is over."""


@dataclass(frozen=True, slots=True, eq=False)
class Iteration:
    """One iteration of one loop."""

    loop: Loop
    number: int
    """Counted from 1 each time that the loop is entered."""
    value: int | None = None
    """What its only variable held, where that was a whole number."""


class LoopMoment(NamedTuple):
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
class _LoopState:
    """What is known of a loop that a frame stands in."""

    loop: Loop
    number: int
    """0 while its iterator makes the first thing."""
    stage: Stage
    """The part that was running at the last look."""
    bound: tuple[Any, ...]
    """What the loop's variables hold: kept, so that no other object can have the same identity."""
    first: tuple[object, ...] = ()
    """What tells what its variables held in the first iteration."""
    makers: list[object] = field(default_factory=list)
    """Calls of generators that its iterator made for the first iteration."""
    is_told: bool = False
    """Whether its condition, or what binds its variables, is seen at work: that begins every iteration."""
    iteration: Iteration | None = None
    """That of the last look: all that happens in it tells the same one."""

    def now(self) -> Iteration:
        """Return the iteration that it is in."""
        known, value = self.iteration, _value(self)
        if known is None or known.number != self.number or known.value != value:
            known = self.iteration = Iteration(self.loop, self.number, value)
        return known


class _Step(NamedTuple):
    """What happened between two looks, as far as the instructions tell."""

    back: bool
    """It went back, or the same instruction called something else."""
    repeated: bool
    """Or the first operation of the same instruction came again."""
    crossed: frozenset[Loop]
    """Loops that went round from one arm of a fork to another."""


class Iterations:
    """Counts the iterations of one frame's loops, looking only when an operation is recorded.

    Nothing tells the tape that a loop goes round: between two looks it may have done so once, often or not at all, and
    an iteration in which nothing is recorded is not counted. What can be seen at a look is the instruction that the
    frame is at, what its variables hold, and what it calls. From that, the most certain sign first:

    1. The iterator or the condition was seen at work since the last look: it is for every new iteration.
    2. The loop's variables hold other objects than at the last look. Where they are whole numbers that decides, for
       ``range`` gives each number once.
    3. Otherwise (one object twice, or no variable as in ``while``): the frame went back to an earlier instruction, the
       same instruction made another call, or it went from one arm of an ``if`` to the other.
    4. Where no variable tells: the first operation of an instruction came again, or a loop within began anew, with a
       new generator or with what its variables held at first.

    Here each look is a recorded operation. The second ``x`` is the same object as the first, so that only going back
    from the sine to the product tells the iterations of the inner loop apart (3). Those of the outer one are told by
    ``i`` (2), and then the inner one counts from 1 again:

    >>> import torch
    >>> from chainrule.tape import Namespace, Tape
    >>> source = '''
    ... y = a
    ... for i in range(2):
    ...     for x in [a, a]:
    ...         y = (x * y).sin()
    ... '''
    >>> with Tape(source=source) as tape:
    ...     names = Namespace(tape, {"a": torch.ones(2, requires_grad=True)})
    ...     exec(compile(source, "<program>", "exec"), names)
    >>> for node in tape.graph({"y": names["y"]}).nodes[1:]:
    ...     print(node.op, *(f"{loop.name}:{loop.call}" for loop in node.scope))
    MulBackward0 i:1 x:1
    SinBackward0 i:1 x:1
    MulBackward0 i:1 x:2
    SinBackward0 i:1 x:2
    MulBackward0 i:2 x:1
    SinBackward0 i:2 x:1
    MulBackward0 i:2 x:2
    SinBackward0 i:2 x:2
    """

    def __init__(self) -> None:
        self._loops: list[_LoopState] = []
        """Those that the frame stood in at the last look, outermost first."""
        self._arms: dict[Fork, int] = {}
        self._order = -1
        self._then = LoopMoment(None, None, None)
        """The first moment of the instruction, with the first calls that it made."""

    def look(self, frame: FrameType, standing: Standing, now: LoopMoment) -> tuple[Iteration, ...]:
        """Tell the iterations that a frame is in.

        Args:
            frame: the frame.
            standing: the loops that it stands in.
            now: what it is doing.
        """
        if not standing.loops and not self._loops:
            self._arms, self._order = _NO_ARMS, standing.order
            return ()
        same, then = standing.order == self._order, self._then
        # An instruction runs once in an iteration. If the frame is before where it was, or makes another call from the
        # same place, some loop went round: which one is decided below.
        back = standing.order < self._order or (same and _differ(now.callee, then.callee))
        # Weaker: a function of a library may call others many times, and one call may be many operations. Only the
        # first operation of the instruction coming again counts.
        repeated = back or (same and (_differ(now.library, then.library) or _comes_again(now, then, standing)))
        # No iteration runs both arms of a fork, also where the second stands after the first.
        crossed = _NOWHERE_CROSSED
        if standing.arms:
            crossed = frozenset(loop for fork, loop, arm in standing.arms if self._arms.get(fork, arm) != arm)
        if standing.loops:
            self._advance(frame, standing, now, _Step(back, repeated, crossed))
        else:
            self._loops.clear()
        self._arms = {fork: arm for fork, _, arm in standing.arms} if standing.arms else _NO_ARMS
        self._order = standing.order
        # Kept, so that no other call can have the same identity, but only where it may tell something.
        library = now.library if standing.needs_calls else None
        if not same or repeated:
            self._then = LoopMoment(now.callee, now.operation, library)
        elif (then.callee, then.library) != (now.callee, library):
            self._then = LoopMoment(then.callee or now.callee, then.operation, then.library or library)
        return tuple([one.now() for one in self._loops if one.stage != "header"])

    def counted(self) -> dict[Loop, int]:
        """Return the iteration that each loop was in at the last look, outermost first."""
        return {one.loop: one.number for one in self._loops if one.stage != "header"}

    def suspend(self) -> None:
        """Let go of the call that was made last: it is over."""
        if self._then.library is not None:
            self._then = LoopMoment(self._then.callee, self._then.operation, _OVER)

    def _advance(self, frame: FrameType, standing: Standing, now: LoopMoment, step: _Step) -> None:
        """Count on the loops that the frame stands in, from the outermost inwards."""
        names = frame.f_locals if standing.has_variables else {}
        known = self._loops
        loops: list[_LoopState] = []
        # How many loops, from the outside, are still in the iteration of the last look, as far as is known. Once one is
        # not, all that is in it has begun anew.
        shared = 0
        for (loop, _), before in zip(standing.loops, known, strict=False):
            if before.loop is not loop:
                break
            shared += 1
        for depth, (loop, stage) in enumerate(standing.loops):
            bound = tuple([names.get(name) for name in loop.variables])
            state: _LoopState | None = known[depth] if depth < shared else None
            # The loop around, where nothing but this one can tell its iterations: ``while True: for x in xs: ...``
            around = loops[-1] if loops and not (loops[-1].loop.variables or loops[-1].is_told) else None
            if state is not None and around is not None and _begins_anew(state, stage, bound, now):
                around.number += 1
                state = None
            if state is None:
                shared = depth
                state = _LoopState(loop, 0 if stage == "header" else 1, stage, bound)
            elif _is_another(state, stage, bound, step, innermost=depth == shared - 1):
                shared = depth
                state.number += 1
            state.stage, state.bound, state.is_told = stage, bound, state.is_told or stage in _TELLING
            if around is not None:
                _note_first(state, now)
            loops.append(state)
        self._loops = loops


def _begins_anew(state: _LoopState, stage: Stage, bound: tuple[Any, ...], now: LoopMoment) -> bool:
    """Return whether a loop in one that no variable tells runs for another time."""
    if stage == "header":
        return state.number > 0 and now.is_generator and now.callee not in state.makers
    same = zip(state.first, bound, strict=False)
    return state.number > 1 and state.stage == "body" and bool(state.first) and all(_is_told(*pair) for pair in same)


def _note_first(state: _LoopState, now: LoopMoment) -> None:
    if state.number == 0 and now.is_generator and now.callee not in state.makers:
        state.makers.append(now.callee)
    if state.number == 1 and state.stage == "body" and not state.first:
        state.first = tuple([_telling(value) for value in state.bound])


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


def _value(state: _LoopState) -> int | None:
    value = state.bound[0] if len(state.bound) == 1 else None
    return value if type(value) is int else None


def _differ(one: object, two: object) -> bool:
    return one is not None and two is not None and one is not two


def _comes_again(now: LoopMoment, then: LoopMoment, standing: Standing) -> bool:
    """Return whether the first operation of an instruction comes again, and no call can have repeated it."""
    if standing.calls_often or now.callee is not None or now.library is not None:
        return False
    return now.operation is not None and now.operation == then.operation


def _is_another(known: _LoopState, stage: Stage, bound: tuple[Any, ...], step: _Step, *, innermost: bool) -> bool:
    """Return whether a loop that goes on is in another iteration than at the last look.

    Args:
        known: what was known of it then.
        stage: the part that is running now.
        bound: what its variables hold now.
        step: what happened in between.
        innermost: whether no loop within it goes on: going back is then its own.
    """
    match known.stage, stage:
        case (_, "header"):
            return False  # the iterator is asked for the next thing: nothing of the next iteration has run
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
    # A loop whose condition is seen at work shows every iteration in that way, and one over whole numbers in its
    # variable: there the same instruction can come again within one iteration, by a loop that cannot be seen.
    if known.is_told or not innermost or (bound and all(type(value) is int for value in bound)):
        return False
    return step.back if bound else step.repeated
