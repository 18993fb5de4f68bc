"""The tints of cells: one scale for all values of a picture and one for all gradients, diverging around zero."""

import math
from collections.abc import Iterable
from dataclasses import dataclass

from chainrule.graph.model import Number, Tensor
from chainrule.graph.numbers import magnitude
from chainrule.graph.values import flat
from chainrule.render.palette import LEVELS

_POSITIVE = {"value": "v", "gradient": "g"}


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the strongest tint stands."""

    kind: str
    """"value" or "gradient"."""
    most: float
    """The largest finite magnitude shown; 0 where there is none."""

    def tint(self, number: Number) -> str:
        """Return the class of a cell: none for zero, an alarm for what is not finite."""
        level = self.level(number)
        if level is None:
            return "alarm"
        if level == 0:
            return ""
        return f"{_POSITIVE[self.kind] if level > 0 else 'm'}{abs(level)}"

    def level(self, number: Number) -> int | None:
        """Return how strongly a cell is tinted.

        The tint grows with the square root, so that small numbers still differ from zero.

        Returns:
            From minus the number of `LEVELS` to that number, with the sign of the number; None for what is not finite.
        """
        weight = number if type(number) is float else magnitude(number)
        if weight is None:
            return None
        if weight == 0 or self.most == 0:
            return 0
        part = abs(weight) / self.most
        level = max(1, math.ceil(len(LEVELS) * math.sqrt(part if part < 1.0 else 1.0) - 1e-9))
        return level if weight > 0 else -level


def scale_of(kind: str, tensors: Iterable[Tensor]) -> Scale:
    """Return the scale that fits all these tensors."""
    weights = (magnitude(number) for tensor in tensors for number in flat(tensor.values))
    return Scale(kind, max((abs(weight) for weight in weights if weight is not None), default=0.0))
