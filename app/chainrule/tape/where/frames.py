"""Where in the program something happened: its frames, as calls that can be told apart and counted."""

import inspect
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from types import CodeType, FrameType
from typing import Any

from chainrule.tape.where.iterations import Iteration, Iterations, LoopMoment
from chainrule.tape.where.loops import Loops
from chainrule.tape.where.reached import ReachedLoop, reached_in


@dataclass(slots=True, eq=False)
class FrameCall:
    """One call of one function of the program (or the program's top level)."""

    code: CodeType
    above: "FrameCall | None"
    number: int
    """Which call of this function within the call above (and the iteration of its loops), from 1."""
    counts: dict[Any, int] = field(default_factory=dict)

    def count(self, code: CodeType, iterations: tuple[Iteration, ...]) -> int:
        """Count one more call from here."""
        key = _key(code, iterations)
        number = self.counts[key] = self.counts.get(key, 0) + 1
        return number

    def keep(self, call: "FrameCall", iterations: tuple[Iteration, ...]) -> None:
        """Give the number of a call that was made elsewhere, and goes on from here, to no other."""
        key = _key(call.code, iterations)
        self.counts[key] = max(self.counts.get(key, 0), call.number)


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A place in the running program: its calls from the top level inwards."""

    calls: tuple[FrameCall, ...]
    instructions: tuple[int, ...]
    """The current instruction of each call."""
    iterations: tuple[tuple[Iteration, ...], ...]
    """The iterations of the loops that each call stands in."""


NOWHERE = Place((), (), ())

Bind = Callable[[str, object], None]

_SUSPENDS = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_TRACEBACK = vars(BaseException)["__traceback__"]
_DIRECT = frozenset({__name__, "chainrule.tape.record.recorder"})
"""Where the frame is that PyTorch calls for an operation."""
_LOOKED_AT = 32
"""Suspended frames at most that are looked at in one go, to let go of those that are over."""


@dataclass(slots=True, eq=False)
class _FollowedFrame:
    """A frame that was running at the last look."""

    frame: FrameType
    call: FrameCall
    iterations: Iterations
    seen: dict[str, int] = field(default_factory=dict)
    """Local names with the ids of what they were bound to."""
    instruction: int = -1

    @property
    def is_over(self) -> bool:
        """Return whether nothing else holds the frame: its generator is finished or gone."""
        return sys.getrefcount(self.frame) <= _OWN_REFERENCES


_unshared = _FollowedFrame(object(), None, None)  # type: ignore[arg-type] # nothing but its references counts
_OWN_REFERENCES = sys.getrefcount(_unshared.frame)


class Frames:
    """Follows the frames of one program.

    The frames seen last are kept until the next look, so that a new frame at an old address is never taken for the
    old one. That of a suspended generator or coroutine is kept as long as it can go on: when it does, that is no new
    call. Its variables are let go of at the next look after its end, as those of functions are.

    Args:
        filename: what the program was compiled as.
        loops: finds the loops around an instruction.
        bind: told of every local name that is bound to something new.
        caller: the frame that calls the program; neither it nor those that called it are the program's, whatever file
            they are of. None where all frames of the file are.
    """

    def __init__(self, filename: str, loops: Loops, bind: Bind, caller: FrameType | None = None) -> None:
        self._filename = filename
        self._caller = caller
        self._loops = loops
        self._bind = bind
        self._followed: list[_FollowedFrame] = []
        self._suspended: dict[int, _FollowedFrame] = {}
        """By id of the frame."""
        self._top_counts: dict[CodeType, int] = {}
        self._last = NOWHERE

    def here(self, operation: object = None, module_depths: Sequence[tuple[int, object]] = ()) -> Place:
        """Return the place where the program is now; ``NOWHERE`` if none of its frames is running.

        Args:
            operation: what is recorded there.
            module_depths: the running module calls, each with the number of frames that ran when it was called.
        """
        found, library = self._look()
        callees: dict[int, object] = dict(reversed(module_depths)) if module_depths else {}
        self._follow(found, callees)
        if not found:
            return NOWHERE
        followed, innermost = self._followed, len(found)
        iterations = []
        for depth, one in enumerate(followed, start=1):
            deeper = callees.get(depth) or (followed[depth].call if depth < innermost else None)
            iterations.append(self._iterations(one, deeper, operation, library if depth == innermost else None))
        return self._interned(
            tuple([one.call for one in followed]), tuple([frame.f_lasti for frame in found]), tuple(iterations)
        )

    def _interned(
        self,
        calls: tuple[FrameCall, ...],
        instructions: tuple[int, ...],
        iterations: tuple[tuple[Iteration, ...], ...],
    ) -> Place:
        """Return the last place where it is the same: one instruction often makes several operations."""
        last = self._last
        if instructions != last.instructions or calls != last.calls or iterations != last.iterations:
            last = self._last = Place(calls, instructions, iterations)
        return last

    def _look(self) -> tuple[list[FrameType], FrameType | None]:
        """Return the program's frames from the top level inwards, and that of the library function that the last calls.

        There is none where the operation is called itself.
        """
        filename, caller = self._filename, self._caller
        frame: FrameType | None = sys._getframe(1)
        below: FrameType | None = None
        found = []
        while frame is not None and frame is not caller:
            if frame.f_code.co_filename == filename:
                found.append(frame)
            elif not found:
                below = frame
            frame = frame.f_back
        found.reverse()
        is_direct = below is None or below.f_globals.get("__name__") in _DIRECT
        return found, None if is_direct else below

    def depth(self) -> int:
        """Count the program's frames that are running."""
        return len(self._look()[0])

    def reached(self, error: BaseException | None) -> tuple[ReachedLoop, ...]:
        """Return the loops that the program stood in when something ended it, outermost first."""
        followed = {one.frame: one.iterations for one in self._followed}
        # A class of the program may have a property of that name, which would run the program.
        raised = None if error is None else _TRACEBACK.__get__(error)
        return reached_in(raised, self._loops, followed, self._filename)

    def release(self) -> None:
        """Let go of the frames."""
        self._follow([], {})
        self._caller = None
        self._suspended.clear()

    def _follow(self, found: list[FrameType], callees: dict[int, object]) -> None:
        kept = 0
        for frame, one in zip(found, self._followed, strict=False):
            if frame is not one.frame:
                break
            kept += 1
        for one in self._followed[kept:]:
            suspends = one.call.code.co_flags & _SUSPENDS
            # Python 3.13 takes the variables of a generator that is gone from memory that is gone as well.
            if not (suspends and one.is_over):
                self._see_names(one)
            if suspends:
                one.iterations.suspend()
                self._suspended[id(one.frame)] = one
        del self._followed[kept:]
        if self._suspended:
            self._let_go()
        if self._followed and len(self._followed) == len(found):
            self._see_names(self._followed[-1])
        for frame in found[kept:]:
            suspended = self._suspended.pop(id(frame)) if id(frame) in self._suspended else None
            if suspended is not None:
                self._resume(suspended.call, callees)
            self._followed.append(suspended or _FollowedFrame(frame, self._enter(frame, callees), Iterations()))

    def _let_go(self) -> None:
        """Let go of frames that cannot go on, some at each look where there are many."""
        for key in list(islice(self._suspended, _LOOKED_AT)):
            one = self._suspended.pop(key)
            if not one.is_over:
                self._suspended[key] = one

    def _enter(self, frame: FrameType, callees: dict[int, object]) -> FrameCall:
        code = frame.f_code
        if not self._followed:
            number = self._top_counts[code] = self._top_counts.get(code, 0) + 1
            return FrameCall(code, None, number)
        above = self._followed[-1]
        call = FrameCall(code, above.call, 0)
        iterations = self._iterations(above, callees.get(len(self._followed)) or call)
        call.number = above.call.count(code, iterations)
        return call

    def _resume(self, call: FrameCall, callees: dict[int, object]) -> None:
        if self._followed:
            above = self._followed[-1]
            above.call.keep(call, self._iterations(above, callees.get(len(self._followed)) or call))

    def _iterations(
        self, one: _FollowedFrame, callee: object, operation: object = None, library: FrameType | None = None
    ) -> tuple[Iteration, ...]:
        around = self._loops.around(one.call.code, one.frame.f_lasti)
        is_generator = isinstance(callee, FrameCall) and bool(callee.code.co_flags & _SUSPENDS)
        moment = LoopMoment(callee, operation, library, is_generator)
        return one.iterations.look(one.frame, around, moment)

    def _see_names(self, one: _FollowedFrame) -> None:
        """Tell of the local names of a function that are bound to something new."""
        if one.call.code.co_name == "<module>" or one.instruction == one.frame.f_lasti:
            return
        one.instruction = one.frame.f_lasti
        for name, value in one.frame.f_locals.items():
            if one.seen.get(name) != id(value):
                one.seen[name] = id(value)
                self._bind(name, value)


def _key(code: CodeType, iterations: tuple[Iteration, ...]) -> tuple[Any, ...]:
    return (code, *((iteration.loop, iteration.number) for iteration in iterations))
