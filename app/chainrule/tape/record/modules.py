"""The nn.Modules whose forward is running."""

from typing import Any

from chainrule.tape.record.operations import ModuleCall
from chainrule.tape.where.frames import Place


class Modules:
    """The stack of module calls of one thread."""

    def __init__(self) -> None:
        self._stack: list[ModuleCall] = []
        self._now: tuple[ModuleCall, ...] = ()
        self._top = ModuleCall(None, None, 0, 0)
        self._alive: dict[int, Any] = {}
        """Every module that was called, so that no id is used twice."""

    def running(self) -> tuple[ModuleCall, ...]:
        """Return the calls that are running, outermost first."""
        return self._now

    def depths(self) -> list[tuple[int, object]]:
        """Return the calls that are running, each with the number of frames that ran when it was called."""
        return [(call.depth, call) for call in self._now]

    def push(self, module: Any, depth: int) -> None:
        """Note that a module's call begins."""
        above = self._stack[-1] if self._stack else self._top
        self._alive[id(module)] = module
        self._stack.append(ModuleCall(module, above, 0, depth))
        self._now = tuple(self._stack)

    def count(self, place: Place) -> None:
        """Count the call that was pushed last, now that it is known where it is made."""
        call = self._stack[-1]
        above = self._top if call.above is None else call.above
        loops = [(one.loop, one.number) for one in place.iterations[-1]] if place.iterations else []
        key = (id(call.module), place.calls[-1] if place.calls else None, *loops)
        call.number = above.counts[key] = above.counts.get(key, 0) + 1

    def pop(self) -> None:
        """Note that the last module's call ended."""
        self._stack.pop()
        self._now = tuple(self._stack)
