"""Which of its arguments an operation changes in place, and whether it gives views."""

from functools import cache
from typing import Any

_RUNNING = frozenset({"running_mean", "running_var"})
"""What batch norms change while training, though their schemas do not say so, and no version counter does."""


def changed_places(op: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> tuple[int, ...]:
    """List the positions of the arguments that an operation changes."""
    written, running, training = _places(op)
    if running and (args[training] if training < len(args) else kwargs.get("training")):
        return written + running
    return written


@cache
def is_in_place(op: Any) -> bool:
    """Return whether an operation gives back an argument that it changed, or nothing but its changes."""
    returned = op._schema.returns
    given_back = all(result.alias_info is not None and result.alias_info.is_write for result in returned)
    return given_back and bool(_places(op)[0])


@cache
def is_view(op: Any) -> bool:
    """Return whether an operation gives a view of an argument."""
    return any(result.alias_info is not None and not result.alias_info.is_write for result in op._schema.returns)


@cache
def _places(op: Any) -> tuple[tuple[int, ...], tuple[int, ...], int]:
    parameters = list(enumerate(op._schema.arguments))
    written = [place for place, given in parameters if given.alias_info is not None and given.alias_info.is_write]
    training = [place for place, given in parameters if given.name == "training"]
    running = [place for place, given in parameters if training and given.name in _RUNNING and place not in written]
    return tuple(written), tuple(running), training[0] if training else -1
