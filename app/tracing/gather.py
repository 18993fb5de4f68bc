"""Gathers the Nodes under some roots, and what takes part without a gradient: constants and detached operations."""

from collections.abc import Sequence
from typing import Any

import torch

from app.tracing.keys import Constant, Gathered, Key, Leaf, Link, is_function
from app.tracing.recorder import Recorder
from app.tracing.records import Argument, Record, Value
from app.tracing.walk import is_leaf

PLUMBING = frozenset({"aten.detach", "aten.lift_fresh", "aten.alias", "aten._to_copy"})
"""What PyTorch itself does to a tensor that it has just made; on a constant it is no operation of the program."""


class Gatherer:
    """Gathers one graph.

    Args:
        nodes: every Node under the roots.
        recorder: what was recorded.
        limit: nodes of the whole graph at most.
    """

    def __init__(self, nodes: Sequence[Any], recorder: Recorder, limit: int) -> None:
        self._recorder = recorder
        functions = [node for node in nodes if not is_leaf(node)]
        leaf_of: dict[Any, Leaf] = {}
        self._leaf_by_id: dict[int, Leaf] = {}
        for node in nodes:
            if is_leaf(node):
                leaf_of[node] = self._leaf(node.variable)
        self._by_sequence = {node._sequence_nr(): node for node in functions}
        records = {
            node: record for sequence, node in self._by_sequence.items() if (record := recorder.recorded.of(sequence))
        }
        self.gathered = Gathered(functions, list(self._leaf_by_id.values()), records, leaf_of)
        self._seen: set[Key] = {*functions, *self.gathered.leaves}
        self._limit = limit

    def gather(self) -> Gathered:
        """Gather all that takes part."""
        gathered = self.gathered
        for node in gathered.functions:
            gathered.gradient_links[node] = self._gradient_links(node)
        waiting: list[tuple[Key, Record]] = [
            (node, gathered.records[node]) for node in gathered.functions if node in gathered.records
        ]
        for user, record in waiting:
            links = []
            for place, argument in enumerate(record.arguments):
                if argument.requires_grad and is_function(user):
                    continue
                target, output_nr = self._target(user, place, argument)
                if target is user or not self._admit(target, waiting):
                    continue
                links.append(Link(user, argument.position, target, output_nr, argument.name))
            gathered.value_links[user] = links
        for node_links in (gathered.gradient_links, gathered.value_links):
            for links in node_links.values():
                for link in links:
                    gathered.used.setdefault(link.target, set()).add(link.output_nr)
        return gathered

    def home(self, value: Value) -> tuple[Key, int]:
        """Tell which node a value belongs to, and as which output."""
        record = value.record
        if value.leaf and (tensor := value.reference()) is not None:
            return self._leaf(tensor), 0
        if value.sequence in self._by_sequence:
            return self._by_sequence[value.sequence], value.output_nr
        if record is not None and record.node_sequence in self._by_sequence:
            return self._by_sequence[record.node_sequence], value.index
        if record is None or not any(argument.value is not None for argument in record.arguments):
            return value, 0
        if record.label in PLUMBING and record.arguments[0].value is not None:
            source, number = self.home(record.arguments[0].value)
            if isinstance(source, Value):
                return value, number
        return record, value.index

    def _admit(self, target: Key, waiting: list[tuple[Key, Record]]) -> bool:
        if target in self._seen:
            return True
        if len(self._seen) >= self._limit:
            self.gathered.truncated = True
            return False
        self._seen.add(target)
        if isinstance(target, Record):
            self.gathered.detached.append(target)
            waiting.append((target, target))
        elif isinstance(target, Leaf):
            self.gathered.leaves.append(target)
        else:
            self.gathered.constants.append(target)
        return True

    def _leaf(self, tensor: torch.Tensor) -> Leaf:
        leaf = self._leaf_by_id.get(id(tensor))
        if leaf is None:
            leaf = self._leaf_by_id[id(tensor)] = Leaf(tensor, self._recorder.leaf_value(tensor))
        return leaf

    def _target(self, user: Key, place: int, argument: Argument) -> tuple[Key, int]:
        if argument.value is None:
            return Constant(argument.number, user, place), 0
        return self.home(argument.value)

    def _gradient_links(self, node: Any) -> list[Link]:
        targets = [(slot, *entry) for slot, entry in enumerate(node.next_functions) if entry[0] is not None]
        record = self.gathered.records.get(node)
        names: list[str | None] = [] if record is None else [a.name for a in record.arguments if a.requires_grad]
        if len(names) != len(targets):
            names = [None] * len(targets)
        return [
            Link(node, slot, self.gathered.key(target), output_nr, name)
            for (slot, target, output_nr), name in zip(targets, names, strict=True)
            if self.gathered.key(target) in self._seen
        ]
