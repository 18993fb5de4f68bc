"""Gathers the Nodes under some roots, and what takes part without a gradient: constants and detached operations."""

from collections.abc import Iterable
from typing import Any

from chainrule.tape.graph.next_functions import arguments_of_slots
from chainrule.tape.graph.vertices import Constant, DraftEdge, Gathered, Key, Leaf, is_function
from chainrule.tape.record.operations import Argument, Record, Recorded, Value
from chainrule.tape.tensors.autograd_meta import grad_fn, version

PLUMBING = frozenset({"aten.detach", "aten.lift_fresh", "aten.alias"})
"""What PyTorch itself does to a tensor that it has just made; on a constant it is no operation of the program."""


class Gatherer:
    """Gathers one graph, breadth first, so that what a limit leaves out is farthest from the roots.

    Args:
        recorded: what was recorded.
        limit: nodes of the graph at most.
    """

    def __init__(self, recorded: Recorded, limit: int) -> None:
        self._recorded = recorded
        self._limit = limit
        self._queue: list[Key] = []
        self._seen: set[Key] = set()
        self._by_sequence: dict[int, Any] = {}
        self.gathered = Gathered()

    def gather(
        self, starts: Iterable[Any], inner: Iterable[tuple[Any, Any]] = (), leaves: Iterable[Any] = ()
    ) -> Gathered:
        """Gather all that takes part.

        Args:
            starts: the Nodes to start from.
            inner: pairs of a Node and a Node that its backward started another pass from.
            leaves: tensors that are shown even where nothing takes them.
        """
        for node in starts:
            self._admit(self.gathered.key(node))
        for key in self._queue:
            if isinstance(key, Record):
                self._follow_record(key)
            elif is_function(key):
                self._follow_function(key)
        for tensor in leaves:
            self._admit(self.gathered.leaf(tensor))
        for running, start in inner:
            target = self.gathered.key(start)
            if running in self._seen and target in self._seen:
                slot = len(self.gathered.records[running].arguments) if running in self.gathered.records else 0
                self.gathered.link("value", DraftEdge(running, slot, target, 0, "recomputed"))
        return self.gathered

    def home(self, value: Value) -> tuple[Key, int]:
        """Tell which node a value belongs to, and as which output."""
        tensor = value.reference()
        if value.leaf and tensor is not None:
            return self.gathered.leaf(tensor), 0
        if value.sequence in self._by_sequence:
            return self._by_sequence[value.sequence], value.output_nr
        record = value.record
        if record is not None and record.node_sequence in self._by_sequence:
            return self._by_sequence[record.node_sequence], value.index
        # `detach_` takes the Node away, and does not count as a change.
        node = None if value.sequence is None or tensor is None else grad_fn(tensor)
        if node is not None and value.version == version(tensor):
            return node, value.output_nr
        if record is None or record.operator.is_factory:
            return value, 0
        # What is filled anew does not come from what it held before, but a part of a tensor leaves the rest as it was.
        sources = record.arguments[1:] if record.operator.is_fill and value is not record.base else record.arguments
        if not any(argument.value is not None or argument.read is not None for argument in sources):
            return value, 0
        if record.label in PLUMBING and record.arguments[0].value is not None:
            source, number = self.home(record.arguments[0].value)
            if isinstance(source, Value):
                return value, number
        return record, record.number_of(value)

    def _admit(self, key: Key) -> bool:
        if key in self._seen:
            return True
        if len(self._seen) >= self._limit:
            self.gathered.truncated = True
            return False
        self._seen.add(key)
        self._queue.append(key)
        gathered = self.gathered
        if isinstance(key, Leaf):
            gathered.leaves.append(key)
        elif isinstance(key, Record):
            gathered.detached.append(key)
        elif isinstance(key, Value | Constant):
            gathered.constants.append(key)
        else:
            gathered.functions.append(key)
            self._by_sequence[key._sequence_nr()] = key
            record = self._recorded.of(key)
            if record is not None:
                gathered.records[key] = record
        return True

    def _follow_function(self, node: Any) -> None:
        gathered = self.gathered
        record = gathered.records.get(node)
        by_slot = {} if record is None else arguments_of_slots(record, node.next_functions)
        for slot, (next_node, output_nr) in enumerate(node.next_functions):
            if next_node is None:
                continue
            target, argument = gathered.key(next_node), by_slot.get(slot)
            if self._admit(target):
                gathered.link(
                    "gradient", DraftEdge(node, slot, target, output_nr, None if argument is None else argument.name)
                )
            else:
                gathered.short.add(node)
            if argument is not None and argument.value is not None and record is not None:
                gathered.meet(target, output_nr, record.index, argument.value)
                if isinstance(target, Leaf):
                    gathered.taken.setdefault(target, []).append((record.index, node, argument.value))
        if record is not None:
            differentiated = set(by_slot.values())
            # Where it is not known which argument an edge is for, those that require grad are the likely ones.
            rest = [a for a in record.arguments if a not in differentiated and (by_slot or not a.requires_grad)]
            self._join(node, record, rest)

    def _follow_record(self, record: Record) -> None:
        self._join(record, record, record.arguments)

    def _join(self, user: Key, record: Record, arguments: Iterable[Argument]) -> None:
        for argument in arguments:
            target, output_nr = self._target(user, argument)
            if target is user:
                continue
            if not self._admit(target):
                self.gathered.short.add(user)
                continue
            self.gathered.link("value", DraftEdge(user, argument.position, target, output_nr, argument.name))
            if argument.value is not None and isinstance(target, Leaf):
                # An operation that takes part in the gradient tells better what the leaf held.
                index = record.index + (0 if is_function(user) else len(self._recorded.records))
                self.gathered.meet(target, output_nr, index, argument.value)

    def _target(self, user: Key, argument: Argument) -> tuple[Key, int]:
        if argument.read is not None:
            return argument.read.record, 0
        if argument.value is None:
            return Constant(argument.number, user, argument.position), 0
        return self.home(argument.value)
