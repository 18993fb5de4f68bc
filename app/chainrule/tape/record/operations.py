"""What the recorder keeps: operations, and the tensors between two changes."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from chainrule.graph import Number
from chainrule.tape.tensors.snapshot import Snapshot
from chainrule.tape.where.frames import Place

Name = tuple[str, bool]
"""A name, and whether it is local to a function."""


@dataclass(frozen=True, slots=True, eq=False)
class KnownOperator:
    """What is known of an operator."""

    op: Any
    """The ``OpOverload``, the custom Function's class, or what stands for one that is not dispatched."""
    label: str
    """The aten name without the overload ("aten.mul"), or the custom Function's name."""
    is_custom: bool = False
    """Whether it is a custom Function."""
    parameters: tuple[tuple[str, bool, Any], ...] = ()
    """The name of each, whether it takes a number in place of a tensor, and its default."""
    asks_only: bool = False
    """Whether it gives no tensor, changes none and reads no number from one."""
    is_factory: bool = False
    """Whether it takes only shape and dtype from its arguments: what it makes is a constant."""
    is_fill: bool = False
    """Whether it changes its first argument to something that does not depend on what that held."""
    is_empty: bool = False
    """Whether it makes memory that nothing has written to: what that holds is chance."""
    is_view: bool = False
    """Whether it gives a view of an argument."""
    is_in_place: bool = False
    """Whether it gives back an argument that it changed, or nothing but its changes."""
    written: tuple[int, ...] = ()
    """The positions of the arguments that it changes."""
    running: tuple[int, ...] = ()
    """Those that it changes only while training."""
    training: int = -1
    """The position of the argument that tells so."""
    workspaces: frozenset[int] = frozenset()
    """Outputs that are its own scratch memory, parts of which nothing has written to."""


@dataclass(slots=True, eq=False)
class ModuleCall:
    """One call of one module."""

    module: Any
    above: "ModuleCall | None"
    number: int
    """Which call of this module within the call above (and the iteration of its loops), from 1."""
    depth: int
    """How many frames of the program were running when it was called."""
    counts: dict[Any, int] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Value:
    """One tensor between two changes: made by a record, or met as an argument."""

    snapshot: Snapshot
    record: "Record | None"
    """What made it; None for a tensor that came from outside."""
    index: int
    """Its place among the record's outputs."""
    reference: Callable[[], Any]
    """Gives the tensor as long as it lives, else None."""
    version: int
    """The tensor's count of changes in place when it was captured."""
    changes: int = 0
    """How many changes in place had been recorded by then."""
    leaf: bool = False
    """Whether it was met as a leaf that requires grad."""
    sequence: int | None = None
    """The sequence number of its grad_fn, once that is known."""
    output_nr: int = 0
    storage: int | None = None
    """The address of its memory's owner, which another may have once it is gone."""
    owner: Any = None
    """For a leaf a weak reference to that owner: while it is there, no other has the address."""
    made: "Record | None" = None
    """The operation that made the tensor, whatever has changed it since; None for one that came from outside."""
    names: "dict[Name, int] | None" = None
    """The names that the program had given to the tensor by the time of its next change, each with its moment."""


@dataclass(frozen=True, slots=True, eq=False)
class Argument:
    """A tensor or number that takes part in an operation."""

    name: str
    position: int
    """Which argument of the operator, from 0."""
    value: Value | None
    """None for a number."""
    number: Number | None
    requires_grad: bool = False
    read: "Read | None" = None
    """Where the program got the number from a tensor."""


@dataclass(frozen=True, slots=True, eq=False)
class Read:
    """A number that the program got from a tensor."""

    number: bool | int | float | complex | None
    """The very object; None stands for a list of them."""
    record: "Record"


@dataclass(frozen=True, slots=True)
class _Schema:
    name: str
    arguments: tuple[Any, ...] = ()
    returns: tuple[Any, ...] = ()


@dataclass(frozen=True, slots=True)
class ListRead:
    """Stands for the operator of ``Tensor.tolist``, which PyTorch does not dispatch."""

    _schema: _Schema = _Schema("Tensor.tolist")


@dataclass(frozen=True, slots=True)
class OptimizerStep:
    """Stands for all that an optimizer's step does: PyTorch's own update of the parameters, which no Node records."""

    _schema: _Schema

    @staticmethod
    def of(optimizer: Any) -> "OptimizerStep":
        """Return the stand-in for the steps of an optimizer, by the name of its class."""
        return OptimizerStep(_Schema(f"optim.{type(optimizer).__name__}.step"))


@dataclass(slots=True, eq=False)
class Record:
    """One dispatched operation, or one call of a custom ``autograd.Function``."""

    index: int
    operator: KnownOperator
    sequence: int
    """Autograd's next sequence number when it was dispatched: its own Node, if it has one, has the number before."""
    place: Place
    modules: tuple[ModuleCall, ...]
    arguments: tuple[Argument, ...]
    differentiable: bool
    """Whether an argument requires grad while gradients are on."""
    in_backward: bool
    before: Snapshot | None = None
    """For an operation in place: what its first argument held before."""
    old_sequence: int | None = None
    """For an operation in place: the Node that its first argument (or the base of that) had before."""
    outputs: tuple[Value, ...] = ()
    base: Value | None = None
    """For an operation in place on a view: the whole tensor after it."""
    node_sequence: int | None = None
    """The sequence number of its Node, once that is known."""
    changed: tuple[tuple[int, int], ...] = ()
    """For each tensor that it changed: its storage, and its count of changes before this one."""

    def number_of(self, value: Value) -> int:
        """Return the output number of a value: after a change through a view the whole tensor is the first."""
        return value.index if self.base in (None, value) else value.index + 1

    @property
    def label(self) -> str:
        """Return the aten name without the overload ("aten.mul"), or the custom Function's name."""
        return self.operator.label


@dataclass(slots=True)
class Recorded:
    """All that was recorded."""

    records: list[Record] = field(default_factory=list)
    by_sequence: dict[int, Record] = field(default_factory=dict)
    """Nodes' sequence numbers to the records of what they computed."""
    by_count: dict[int, Record] = field(default_factory=dict)
    """The same by the count of Nodes alone."""
    overflowed: bool = False
    """Whether operations were left out because there were too many."""

    @property
    def cuts(self) -> bool:
        """Return whether some operation took in what a Node made and made none: a detach, or anything under no_grad.

        One whose result is gone and was never used (as PyTorch detaches what a Node saves) is none.
        """
        used = {id(argument.value) for record in self.records for argument in record.arguments}
        return any(
            record.node_sequence is None
            and not record.operator.is_factory
            and any(argument.value is not None and argument.value.sequence is not None for argument in record.arguments)
            and any(id(made) in used or made.reference() is not None for made in record.outputs)
            for record in self.records
        )

    def of(self, node: Any) -> Record | None:
        """Return the record of what a Node computed.

        Within a function transform (``torch.func``) operations see tensors without their Nodes, and a nested tensor is
        asked for its size before it gets its own. A Node is made just before its operation runs, so the count of Nodes
        tells it there, if it also has the name of the operation.
        """
        sequence = node._sequence_nr()
        known = self.by_sequence.get(sequence)
        if known is None:
            counted = self.by_count.get(sequence)
            if counted is not None and _is_named(node.name(), counted):
                counted.node_sequence = sequence
                return counted
        return known


def _is_named(name: str, record: Record) -> bool:
    operator = record.label.partition(".")[2].replace("_", "")
    return name.partition("Backward")[0].lower() == operator
