"""The nn.Modules whose forward is running, and what stands within one.

What stands within one is found without running anything of the program's: ``named_modules`` and the like are methods
that a program may have written itself.
"""

from collections.abc import Iterator
from typing import Any

import torch

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


def named_parts(module: torch.nn.Module, prefix: str) -> Iterator[tuple[str, torch.nn.Module]]:
    """Yield a module and all within it with their paths, outer before inner, each once."""
    seen: set[int] = set()
    waiting = [(prefix, module)]
    while waiting:
        path, part = waiting.pop()
        if id(part) in seen:
            continue
        seen.add(id(part))
        yield path, part
        inner = vars(part).get("_modules", {})
        waiting += [
            (f"{path}.{name}" if path else name, one) for name, one in reversed(inner.items()) if one is not None
        ]


def named_members(module: torch.nn.Module, prefix: str, members: str) -> Iterator[tuple[str, torch.Tensor]]:
    """Yield the tensors of a module and of all within it with their paths, each once.

    Args:
        module: the module.
        prefix: its own path.
        members: where a module has them: "_parameters" or "_buffers".
    """
    seen: set[int] = set()
    for path, part in named_parts(module, prefix):
        for name, tensor in vars(part).get(members, {}).items():
            if tensor is not None and id(tensor) not in seen:
                seen.add(id(tensor))
                yield f"{path}.{name}" if path else name, tensor
