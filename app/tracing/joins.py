"""What takes part in a graph besides its Nodes: constants and detached operations, joined by values."""

from dataclasses import dataclass, field
from typing import Any

from app.graph import Number
from app.tracing.arguments import Argument
from app.tracing.recorder import Record, Value
from app.tracing.walk import is_leaf


@dataclass(frozen=True, slots=True)
class Constant:
    """A Python number at one argument of one node."""

    number: Number | None
    user: Any
    place: int


Key = Any
"""What stands for one node of the graph: an autograd Node, a ``Record`` (detached), a ``Value`` or ``Constant``."""


@dataclass(frozen=True, slots=True)
class Join:
    """A value that takes part without a gradient."""

    source: Key
    slot: int
    target: Key
    output_nr: int
    argument: str


@dataclass(slots=True)
class Joined:
    """The Nodes of a graph and all that was joined to them."""

    functions: list[Any]
    leaves: list[Any]
    records: dict[Any, Record]
    """What each function Node computed, where that was seen."""
    joins: list[Join] = field(default_factory=list)
    constants: list[Value | Constant] = field(default_factory=list)
    detached: list[Record] = field(default_factory=list)
    leaf_values: dict[Any, Value] = field(default_factory=dict)
    used: dict[Any, set[int]] = field(default_factory=dict)
    """Output numbers of function Nodes that an edge or join takes."""
    truncated: bool = False


class Joiner:
    """Follows the values that Nodes took in back to where they came from.

    Args:
        nodes: the graph's Nodes; of several AccumulateGrad of one leaf only the first.
        records: what each function Node computed.
        leaf_values: what is known of the leaves' tensors.
        limit: nodes of the whole graph at most.
    """

    def __init__(self, nodes: list[Any], records: dict[Any, Record], leaf_values: dict[Any, Value], limit: int) -> None:
        functions = [node for node in nodes if not is_leaf(node)]
        leaves = [node for node in nodes if is_leaf(node)]
        self.joined = Joined(functions, leaves, records, leaf_values=leaf_values)
        self._by_sequence = {node._sequence_nr(): node for node in functions}
        self._leaf_of = {value: node for node, value in leaf_values.items()}
        for node in functions:
            for target, output_nr in node.next_functions:
                self.joined.used.setdefault(target, set()).add(output_nr)
        self._seen: set[Any] = set()
        self._room = limit - len(nodes)

    def join(self) -> Joined:
        """Join everything that takes part."""
        waiting: list[tuple[Key, Record]] = [
            (node, self.joined.records[node]) for node in self.joined.functions if node in self.joined.records
        ]
        for user, record in waiting:
            for place, argument in enumerate(record.arguments):
                if argument.requires_grad and not isinstance(user, Record):
                    continue
                found = self._target(user, place, argument)
                if found is None:
                    continue
                target, output_nr = found
                if target not in self._seen and not self._is_node(target):
                    if len(self._seen) >= self._room:
                        self.joined.truncated = True
                        continue
                    self._seen.add(target)
                    if isinstance(target, Record):
                        self.joined.detached.append(target)
                        waiting.append((target, target))
                    else:
                        self.joined.constants.append(target)
                self.joined.joins.append(Join(user, argument.position, target, output_nr, argument.name))
        return self.joined

    def _target(self, user: Key, place: int, argument: Argument) -> tuple[Key, int] | None:
        if argument.value is None:
            return Constant(argument.number, user, place), 0
        return self.home(argument.value)

    def home(self, value: Value) -> tuple[Key, int]:
        """Tell which node a value belongs to, and as which output."""
        if value in self._leaf_of:
            return self._leaf_of[value], 0
        if value.sequence in self._by_sequence:
            return self._by_sequence[value.sequence], value.output_nr
        record = value.record
        if record is None or not any(argument.value is not None for argument in record.arguments):
            return value, 0
        return record, value.index

    def _is_node(self, key: Key) -> bool:
        return not isinstance(key, Record | Value | Constant)
