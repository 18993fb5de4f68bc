"""The nn.Modules whose forward is running."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True, eq=False)
class ModuleCall:
    """One call of one module."""

    module: Any
    above: "ModuleCall | None"
    number: int
    """Which call of this module within the call above, from 1."""
    depth: int
    """How many frames of the program were running when it was called."""
    counts: dict[int, int] = field(default_factory=dict)


class Modules:
    """The stack of module calls of one thread."""

    def __init__(self) -> None:
        self._stack: list[ModuleCall] = []
        self._now: tuple[ModuleCall, ...] = ()
        self._top = ModuleCall(None, None, 0, 0)
        self.alive: dict[int, Any] = {}
        """Every module that was called, so that no id is used twice."""

    def running(self) -> tuple[ModuleCall, ...]:
        """Give the calls that are running, outermost first."""
        return self._now

    def depths(self) -> list[tuple[int, object]]:
        """Give the calls that are running, each with the number of frames that ran when it was called."""
        return [(call.depth, call) for call in self._now]

    def push(self, module: Any, depth: int) -> None:
        """Note that a module's call begins."""
        above = self._stack[-1] if self._stack else self._top
        self.alive[id(module)] = module
        number = above.counts[id(module)] = above.counts.get(id(module), 0) + 1
        self._stack.append(ModuleCall(module, above, number, depth))
        self._now = tuple(self._stack)

    def pop(self) -> None:
        """Note that the last module's call ended."""
        self._stack.pop()
        self._now = tuple(self._stack)
