"""What stands for one node of the graph before it has an id."""

from dataclasses import dataclass, field
from typing import Any

from app.graph import Number
from app.tracing.records import Record, Value


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A tensor that requires grad and was made by no operation."""

    tensor: Any
    value: Value


@dataclass(frozen=True, slots=True)
class Constant:
    """A Python number at one argument of one node."""

    number: Number | None
    user: Any
    place: int


Key = Any
"""An autograd Node (function), a ``Leaf``, a ``Record`` (detached), or a ``Value`` or ``Constant`` (constant)."""


def is_function(key: Key) -> bool:
    """Tell whether a key is an autograd Node."""
    return not isinstance(key, Leaf | Record | Value | Constant)


@dataclass(frozen=True, slots=True)
class Link:
    """An edge before it has an id."""

    source: Key
    slot: int
    target: Key
    output_nr: int
    argument: str | None


@dataclass(slots=True)
class Gathered:
    """All that one graph shows."""

    functions: list[Any]
    leaves: list[Leaf]
    records: dict[Any, Record]
    """What each function Node computed, where that was seen."""
    leaf_of: dict[Any, Leaf]
    """The leaf of each AccumulateGrad."""
    gradient_links: dict[Any, list[Link]] = field(default_factory=dict)
    """By source."""
    value_links: dict[Any, list[Link]] = field(default_factory=dict)
    """By source."""
    constants: list[Value | Constant] = field(default_factory=list)
    detached: list[Record] = field(default_factory=list)
    used: dict[Any, set[int]] = field(default_factory=dict)
    """Output numbers that an edge takes, by target."""
    truncated: bool = False

    def key(self, node: Any) -> Key:
        """Give what stands for an autograd Node."""
        return self.leaf_of.get(node, node)
