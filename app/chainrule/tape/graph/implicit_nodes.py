"""Why autograd made a Node that no operation of the program made."""

from typing import Any

from chainrule.tape.graph.vertices import Gathered
from chainrule.tape.record.operations import Record, Recorded


class ImplicitNodes:
    """Finds the change in place for which a view has another Node than the one that made it.

    Such a view gets an ``AsStridedBackward0`` on the Node of its base when it is next used. What it is there for is
    the latest change before that use, of the view itself, of its base or of another view of it.

    Args:
        recorded: what was recorded.
        gathered: the graph.
    """

    def __init__(self, recorded: Recorded, gathered: Gathered) -> None:
        self._gathered = gathered
        self._changes: dict[int, list[Record]] = {}
        """By the sequence number of the Node that the whole tensor has afterwards, earliest first."""
        for record in recorded.records:
            if record.before is not None:
                sequence = record.old_sequence if record.node_sequence is None else record.node_sequence
                if sequence is not None:
                    self._changes.setdefault(sequence, []).append(record)

    def of(self, node: Any) -> Record | None:
        """Return the change that a Node without a record is there for; None where none is known."""
        if node.name() != "AsStridedBackward0" or node in self._gathered.records:
            return None
        base, _ = node.next_functions[0]
        met = self._gathered.met.get((node, 0))
        changes = self._changes.get(base._sequence_nr(), []) if base is not None else []
        return next((change for change in reversed(changes) if met is None or change.index < met[0]), None)
