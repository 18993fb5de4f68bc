"""What each leaf held over the passes of a program, and which optimizers changed it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from chainrule.graph import History, LeafCourse, Optimizer, Update
from chainrule.graph.construct import make
from chainrule.graph.data import Real
from chainrule.graph.numbers import json_real
from chainrule.tape.graph.describe import Describer
from chainrule.tape.graph.vertices import Gathered, Key, Leaf
from chainrule.tape.record.operations import Value
from chainrule.tape.record.optimizer_steps import ParameterUpdate, StepRecord
from chainrule.tape.record.passes import PassRecord
from chainrule.tape.record.values import Values
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.spans import Spans


class Courses:
    """Follows the leaves of one graph through its passes.

    Args:
        gathered: what the graph shows.
        describer: describes tensors.
        passes: the runs of backward.
        steps: those of optimizers.
        changes: for each pass, the leaves that were changed before the next one began.
        values: tells what leaves hold at the end.
    """

    def __init__(
        self,
        gathered: Gathered,
        describer: Describer,
        passes: Sequence[PassRecord],
        steps: Sequence[StepRecord],
        changes: Sequence[frozenset[Leaf]],
        values: Values,
    ) -> None:
        self._gathered = gathered
        self._describer = describer
        self._steps = steps
        self._values = values
        self._ran: dict[Any, list[int]] = defaultdict(list)
        """The passes that each Node ran in, counted from 1."""
        for number, record in enumerate(passes, 1):
            for node in record.order:
                self._ran[node].append(number)
        self._changed: dict[Leaf, list[int]] = defaultdict(list)
        """The passes after which each leaf was changed."""
        for number, leaves in enumerate(changes, 1):
            for leaf in leaves:
                self._changed[leaf].append(number)
        self._updates: dict[Leaf, dict[int, ParameterUpdate]] = defaultdict(dict)
        """What optimizers did to each leaf, by the pass before; of several steps, the last."""
        for step in steps:
            for update in step.updates:
                changed = self._leaf(update.parameter)
                if changed is not None and step.passes:
                    self._updates[changed][step.passes] = update

    def of(self, leaf: Leaf) -> LeafCourse | None:
        """Return what a leaf held over time; None where a single pass reached it and no optimizer changed it."""
        taken = self._taken(leaf)
        updates = self._updates.get(leaf, {})
        if len(taken) < 2 and not updates:
            return None
        updated = {number: update.value.snapshot for number, update in updates.items()}
        for number, snapshot in self._by_hand(leaf, taken).items():
            updated.setdefault(number, snapshot)
        names = dict.fromkeys(name for update in updates.values() for name in update.state)
        used = {number: update.gradient for number, update in updates.items() if update.gradient is not None}
        return make(
            LeafCourse,
            values=self._history({number: value.snapshot for number, value in taken.items()}, True),
            updated=self._history(updated, True),
            changes=_changes(updated, updates),
            stepped=self._history(used, False),
            state={
                name: self._history(
                    {number: update.state[name] for number, update in updates.items() if name in update.state}, False
                )
                for name in names
            },
        )

    def optimizers(self, ids: Mapping[Key, str], variables: Mapping[str, object], spans: Spans) -> list[Optimizer]:
        """Return the optimizers and their steps.

        Args:
            ids: of the nodes.
            variables: the program's, which give them their names.
            spans: looks up places in the source.
        """
        steps: dict[int, list[StepRecord]] = {}
        for step in self._steps:
            steps.setdefault(step.number, []).append(step)
        named = {id(value): name for name, value in reversed(list(variables.items()))}
        found = []
        for number in sorted(steps):
            own = steps[number]
            leaves = dict.fromkeys(self._leaf(one) for step in own for one in step.held)
            optimizer = own[0].optimizer()
            updates = [
                make(
                    Update,
                    after=step.passes,
                    span=spans.innermost(step.place),
                    learning_rates=list(map(json_real, step.learning_rates)),
                )
                for step in own
            ]
            name = None if optimizer is None else named.get(id(optimizer))
            held = [ids[leaf] for leaf in leaves if leaf in ids]
            found.append(make(Optimizer, type=own[0].type, name=name, leaves=held, updates=updates))
        return found

    def _leaf(self, reference: Any) -> Leaf | None:
        parameter = reference()
        leaf = None if parameter is None else self._gathered.leaf_by_id.get(id(parameter))
        return leaf if leaf is not None and leaf.tensor is parameter else None

    def _taken(self, leaf: Leaf) -> dict[int, Value]:
        """Return what a leaf held when the first operation of each pass took it in."""
        found: dict[int, tuple[int, Value]] = {}
        for index, node, value in self._gathered.taken.get(leaf, ()):
            for number in self._ran.get(node, ()):
                if number not in found or index < found[number][0]:
                    found[number] = index, value
        return {number: found[number][1] for number in sorted(found)}

    def _by_hand(self, leaf: Leaf, taken: Mapping[int, Value]) -> dict[int, Snapshot]:
        """Return what a leaf was changed to where no optimizer did it: what the next pass took in, or it holds now.

        Where it was changed again before it was next looked at, nobody knows what the first change made of it.
        """
        numbers = list(taken)
        changed = self._changed.get(leaf, [])
        found: dict[int, Snapshot] = {}
        for place, number in enumerate(changed):
            following = next((other for other in numbers if other > number), None)
            again = changed[place + 1] if place + 1 < len(changed) else None
            if again is not None and (following is None or again < following):
                continue
            value = self._values.of(leaf.tensor) if following is None else taken[following]
            found[number] = value.snapshot
        return found

    def _history(self, held: Mapping[int, Snapshot], requires_grad: bool) -> History:
        return History([(number, self._describer.tensor(held[number], requires_grad, True)) for number in sorted(held)])


def _changes(updated: Mapping[int, Snapshot], updates: Mapping[int, ParameterUpdate]) -> list[Real | None]:
    """Return the norm of each change where it was measured; nothing at all where none was."""
    found = [updates[number].change if number in updates else None for number in sorted(updated)]
    if all(norm is None for norm in found):
        return []
    return [None if norm is None else json_real(norm) for norm in found]
