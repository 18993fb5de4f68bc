"""Where the program makes its parameters: modules make them out of its sight, in a call that it wrote."""

import weakref
from dataclasses import dataclass
from typing import Any

from chainrule.tape.record.operations import ModuleCall
from chainrule.tape.where.frames import Place


@dataclass(frozen=True, slots=True, eq=False)
class ParameterOrigin:
    """Where something was made."""

    place: Place
    modules: tuple[ModuleCall, ...]


class Parameters:
    """Remembers the origins of parameters, which no operation makes."""

    def __init__(self) -> None:
        self._origins: dict[int, tuple[weakref.ref[Any], ParameterOrigin]] = {}

    def note(self, parameter: Any, origin: ParameterOrigin) -> None:
        """Note where a parameter was made."""
        self._origins[id(parameter)] = weakref.ref(parameter), origin

    def of(self, tensor: Any) -> ParameterOrigin | None:
        """Return where a parameter was made; None for another tensor, and for one from before."""
        known = self._origins.get(id(tensor))
        return known[1] if known is not None and known[0]() is tensor else None
