"""The names of nodes."""

from chainrule.tape.graph.outputs import known_outputs
from chainrule.tape.graph.vertices import Constant, Gathered, Key, Leaf
from chainrule.tape.record.names import BoundNames
from chainrule.tape.record.operations import Record, Value


class Labels:
    """Gives the names that the program gave to a node's outputs.

    Args:
        names: the program's names.
        gathered: the graph.
    """

    def __init__(self, names: BoundNames, gathered: Gathered) -> None:
        self._names = names
        self._gathered = gathered

    def of(self, key: Key) -> list[str]:
        """Return the names of a node: a parameter's path, then the latest first."""
        if isinstance(key, Leaf):
            return self._names.of_leaf(key.tensor)
        if isinstance(key, Value):
            return self._names.of_values([key])
        if isinstance(key, Record):
            return self._names.of_values([*([] if key.base is None else [key.base]), *key.outputs])
        if isinstance(key, Constant):
            return []
        return self._names.of_node(key._sequence_nr(), known_outputs(key, self._gathered))

    def of_output(self, key: Key, output_nr: int) -> str | None:
        """Return the latest name of one output."""
        if isinstance(key, Leaf | Value | Record | Constant):
            return next(iter(self.of(key)), None)
        known = known_outputs(key, self._gathered).get(output_nr)
        return next(iter(self._names.of_output(key._sequence_nr(), output_nr, known)), None)

    def is_parameter(self, leaf: Leaf) -> bool:
        """Return whether a leaf is a module's parameter."""
        return self._names.parameter_path(leaf.tensor) is not None
