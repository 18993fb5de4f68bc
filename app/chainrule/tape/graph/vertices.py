"""What stands for one node of the graph before it has an id."""

from dataclasses import dataclass, field
from typing import Any, Literal

from chainrule.graph import NodeKind, Number
from chainrule.tape.record.autograd import is_leaf
from chainrule.tape.record.operations import Record, Value


@dataclass(frozen=True, slots=True, eq=False)
class Leaf:
    """A tensor that requires grad and was made by no operation."""

    tensor: Any


@dataclass(frozen=True, slots=True)
class Constant:
    """A Python number at one argument of one node."""

    number: Number | None
    user: Any
    place: int


Key = Any
"""An autograd Node (function), a ``Leaf``, a ``Record`` (detached), or a ``Value`` or ``Constant`` (constant)."""


def is_function(key: Key) -> bool:
    """Return whether a key is an autograd Node."""
    return not isinstance(key, Leaf | Record | Value | Constant)


def kind_of(key: Key) -> tuple[NodeKind, str]:
    """Return the kind of a key's node, and the operator that it names."""
    if isinstance(key, Leaf):
        return "leaf", "AccumulateGrad"
    if isinstance(key, Record):
        return "detached", key.label
    if isinstance(key, Value | Constant):
        return "constant", "constant"
    return "function", key.name()


@dataclass(frozen=True, slots=True)
class DraftEdge:
    """An edge before it has an id."""

    source: Key
    slot: int
    target: Key
    output_nr: int
    argument: str | None


@dataclass(slots=True)
class Gathered:
    """All that one graph shows."""

    functions: list[Any] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    constants: list[Value | Constant] = field(default_factory=list)
    detached: list[Record] = field(default_factory=list)
    records: dict[Any, Record] = field(default_factory=dict)
    """What each function Node computed, where that was seen."""
    gradient_links: dict[Any, list[DraftEdge]] = field(default_factory=dict)
    """By source."""
    value_links: dict[Any, list[DraftEdge]] = field(default_factory=dict)
    """By source."""
    used: dict[Any, set[int]] = field(default_factory=dict)
    """Output numbers that an edge takes, by target."""
    takers: dict[tuple[Any, int], int] = field(default_factory=dict)
    """How many edges take an output."""
    met: dict[tuple[Any, int], tuple[int, Value]] = field(default_factory=dict)
    """What an output held when an operation took it, with the index of the first such operation."""
    taken: dict[Leaf, list[tuple[int, Any, Value]]] = field(default_factory=dict)
    """What each leaf held when a function Node took it in: the index of the operation, the Node, and the value."""
    known: dict[Any, dict[int, Value]] = field(default_factory=dict)
    """What is known of the outputs of what was asked for, until more is learnt of it."""
    leaf_by_id: dict[int, Leaf] = field(default_factory=dict)
    truncated: bool = False
    """Whether there are more than may be."""
    short: set[Any] = field(default_factory=set)
    """Those that lack something of what they take in, because it would be one too many."""

    def key(self, node: Any) -> Key:
        """Return what stands for an autograd Node: for an AccumulateGrad its leaf."""
        if is_leaf(node):
            return self.leaf(node.variable)
        return node

    def leaf(self, tensor: Any) -> Leaf:
        """Return what stands for a leaf."""
        leaf = self.leaf_by_id.get(id(tensor))
        if leaf is None:
            leaf = self.leaf_by_id[id(tensor)] = Leaf(tensor)
        return leaf

    def link(self, kind: Literal["gradient", "value"], link: DraftEdge) -> None:
        """Add an edge."""
        links = self.gradient_links if kind == "gradient" else self.value_links
        links.setdefault(link.source, []).append(link)
        self.used.setdefault(link.target, set()).add(link.output_nr)
        place = (link.target, link.output_nr)
        self.takers[place] = self.takers.get(place, 0) + 1
        self.known.pop(link.target, None)

    def drop_numbers(self) -> None:
        """Leave out the constants that are Python numbers."""
        self.constants = [constant for constant in self.constants if not isinstance(constant, Constant)]
        self.value_links = {
            source: [link for link in links if not isinstance(link.target, Constant)]
            for source, links in self.value_links.items()
        }

    def meet(self, key: Key, output_nr: int, index: int, value: Value) -> None:
        """Note what an output held when operation number ``index`` took it."""
        known = self.met.get((key, output_nr))
        if known is None or index < known[0]:
            self.met[key, output_nr] = (index, value)
            self.known.pop(key, None)
