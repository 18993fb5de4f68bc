"""What one place held in the passes that reached it: a pass costs what it reached, and nothing elsewhere."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from typing import Annotated, Any, overload

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, SerializationInfo
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from chainrule.graph.construct import make
from chainrule.graph.data import Data, Real, Whole
from chainrule.graph.tensors import Tensor, TensorField
from chainrule.graph.tensors.references import SHORTEN, TABLE, StackedField, Table

LEAST_STACKED = 2
"""Passes from which on tensors of one kind are written as one."""


class WrittenHistory(Data):
    """A history as it is written: what each pass left, or, where all are of one shape and dtype, one tensor."""

    passes: list[Whole]
    """The passes that left something here, counted from 1."""
    tensors: list[TensorField] = Field(default_factory=list)
    """What each of them left."""
    stacked: StackedField | None = None
    """In the place of ``tensors``: all of them in one, with the pass as its first dimension."""


class History(Sequence[Tensor]):
    """What one place held in the passes that reached it, the earliest first; it never changes.

    As a sequence it has an entry for each of those passes, and none for others:

    >>> import chainrule
    >>> graph = chainrule.trace("x = tensor(3., requires_grad=True); (x * 1).backward(); (x * x).backward()")
    >>> gradients = graph.nodes[0].outputs[0].gradients
    >>> gradients.passes, [gradient.values for gradient in gradients], gradients.in_pass(2).values
    ((1, 2), [1.0, 6.0], 6.0)
    """

    __slots__ = ("_stacked", "_tensors", "passes")

    passes: tuple[int, ...]
    """The passes that reached it, counted from 1."""

    def __init__(self, entries: Iterable[tuple[int, Tensor]] = ()) -> None:
        """Make a history.

        Args:
            entries: passes, each once and the earliest first, with what they left.
        """
        pairs = list(entries)
        self.passes = tuple([number for number, _ in pairs])
        self._tensors: tuple[Tensor, ...] | None = tuple([tensor for _, tensor in pairs])
        self._stacked: Tensor | None = None

    @classmethod
    def _read(cls, written: WrittenHistory) -> "History":
        passes, tensors, stacked = tuple(written.passes), written.tensors, written.stacked
        if any(before >= after for before, after in zip((0, *passes), passes, strict=False)):
            raise ValueError("passes are counted from 1 and rise")
        if stacked is None:
            if len(tensors) != len(passes):
                raise ValueError("there is one tensor for each pass")
            return cls(zip(passes, tensors, strict=True)) if passes else EMPTY
        if tensors or not passes or stacked.shape[:1] != [len(passes)]:
            raise ValueError("the first dimension of what is stacked is the pass")
        from chainrule.graph.tensors.stack import parts_of  # with NumPy, which reading a graph does not need

        found = cls()
        found.passes, found._tensors, found._stacked = passes, None, parts_of(stacked)
        return found

    @classmethod
    def _of_each_pass(cls, entries: list[Tensor | None]) -> "History":
        """Read what version 1 of the graph had: an entry for each pass, None where nothing came."""
        found = [(number, tensor) for number, tensor in enumerate(entries, 1) if tensor is not None]
        return cls(found) if found else EMPTY

    @property
    def tensors(self) -> tuple[Tensor, ...]:
        """Return what each pass left."""
        if self._tensors is None:
            assert self._stacked is not None
            self._tensors = tuple([self._stacked.part(place) for place in range(len(self.passes))])
        return self._tensors

    @property
    def held(self) -> Sequence[Tensor]:
        """Return the tensors that the numbers are held in: one for all passes where they came as one."""
        return self.tensors if self._stacked is None else (self._stacked,)

    def in_pass(self, number: int | None) -> Tensor | None:
        """Return what a pass left here; None where it did not reach it."""
        if number is None:
            return None
        place = bisect_left(self.passes, number)
        if place == len(self.passes) or self.passes[place] != number:
            return None
        return self.tensors[place] if self._stacked is None else self._stacked.part(place)

    def items(self) -> Iterator[tuple[int, Tensor]]:
        """Yield each pass with what it left."""
        return zip(self.passes, self.tensors, strict=True)

    def stacked(self) -> Tensor | None:
        """Return all entries as one tensor with the pass as its first dimension; None where they are not of one kind.

        Its ``values`` are then the history in one array.
        """
        from chainrule.graph.tensors.stack import stack

        return stack(self.tensors) if self._stacked is None else self._stacked

    @overload
    def __getitem__(self, place: int) -> Tensor: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Tensor, ...]: ...
    def __getitem__(self, place: int | slice) -> Tensor | tuple[Tensor, ...]:
        """Return an entry: the first is that of the first pass that reached this place."""
        return self.tensors[place]

    def __len__(self) -> int:
        return len(self.passes)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(self.tensors)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, History) and self.passes == other.passes and self.tensors == other.tensors

    def __hash__(self) -> int:
        return hash(self.passes)

    def __repr__(self) -> str:
        return f"History({list(self.items())!r})"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Return the schema: a history as it is written, or one that is made already."""
        written = handler.generate_schema(WrittenHistory)
        read = core_schema.no_info_after_validator_function(cls._read, written)
        entries = handler.generate_schema(Annotated[list[TensorField | None], Field(fail_fast=True)])
        first_version = core_schema.no_info_after_validator_function(cls._of_each_pass, entries)
        return core_schema.union_schema(
            [core_schema.is_instance_schema(cls), read, first_version],
            mode="left_to_right",
            serialization=core_schema.wrap_serializer_function_ser_schema(_write, info_arg=True, schema=written),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Return the schema of what is written."""
        choices: Any = schema
        return handler(choices["choices"][1])


EMPTY = History()


def _write(history: History, handler: Any, info: SerializationInfo) -> Any:
    """Write a history, all in one where its tensors are of one kind and nothing of them is left out."""
    passes = list(history.passes)
    stacked = _as_one(history, info) if len(passes) >= LEAST_STACKED and info.mode_is_json() else None
    if stacked is not None:
        return handler(make(WrittenHistory, passes=passes, tensors=[], stacked=stacked))
    return handler(make(WrittenHistory, passes=passes, tensors=list(history.tensors), stacked=None))


def _as_one(history: History, info: SerializationInfo) -> Tensor | None:
    from chainrule.graph.tensors.stack import can_be_read_back

    context = info.context or {}
    table: Table | None = context.get(TABLE)
    if table is not None:
        return table.stack(history.tensors)
    shorten = context.get(SHORTEN)
    if shorten is not None and any(shorten(tensor) is not tensor for tensor in history.tensors):
        return None
    stacked = history.stacked()
    return stacked if stacked is not None and can_be_read_back(stacked) else None


class LeafCourse(Data):
    """What one leaf held over the passes of a program; each history is by the pass that came before."""

    values: History = EMPTY
    """What the leaf held when the forward part of a pass took it in."""
    updated: History = EMPTY
    """What it held once it had been changed after a pass, by an optimizer's step or by hand."""
    changes: list[Real | None] = Field(default_factory=list)
    """The norm of what each entry of ``updated`` changed, for a leaf whose elements are too many to be listed."""
    stepped: History = EMPTY
    """What ``.grad`` held when an optimizer's step used it, where the program had changed it since the pass: by
    clipping, or by unscaling."""
    state: dict[str, History] = Field(default_factory=dict)
    """What the optimizer kept for it after each step: "momentum_buffer", "exp_avg", "exp_avg_sq"."""

    def histories(self) -> Iterator[History]:
        """Yield each of them."""
        yield from (self.values, self.updated, self.stepped, *self.state.values())

    def tensors(self) -> Iterator[Tensor]:
        """Yield what each of them holds."""
        for history in self.histories():
            yield from history
