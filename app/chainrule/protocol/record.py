"""An answer as bytes: its structure as JSON, a table of its tensors, and their elements one after the other.

The structure names a tensor by its number in the table, each of them once however often it stands there. Nothing of a
tensor is text: what a picture or the inspector shows of one is made from its bytes when it is shown.
"""

import re
import struct
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from chainrule.graph.data import Stats
from chainrule.graph.tensors import Tensor
from chainrule.graph.tensors.elements import Array, Elements, corner_shape
from chainrule.graph.tensors.references import TABLE
from chainrule.graph.tensors.stack import stack
from chainrule.graph.tensors.storage import STORED
from chainrule.protocol.encodable import encodable
from chainrule.protocol.messages import ExecutionAnswer

_HEADER = struct.Struct(">II")
"""The lengths of the structure and of the table [bytes]; the elements are what follows them."""
_ALIGNMENT = 16
_REQUIRES_GRAD, _IS_LEAF, _LISTED, _WHOLE, _CORNER = 1, 2, 4, 8, 16
"""What a row says by bits; the last two, which part of the tensor stands among the elements."""
DIMENSIONS = 64
"""PyTorch's own limit."""
DTYPE = re.compile(r"[a-z0-9_]{1,40}")

Row = tuple[str, int, int, list[int], Stats | None]
"""Of one tensor: dtype, bits, where its elements begin [bytes], shape, and its statistics where it is not whole."""
_ROWS = TypeAdapter(list[Row])


class RecordInvalidError(Exception):
    """Bytes are not a record; the message says where."""


class _Table:
    """The tensors of one answer, numbered as they come up.

    Args:
        spared: the ids of those whose elements are left out.
        repeats: whether a stack may list numbers once more that stand elsewhere, or that count for nothing alone.
    """

    def __init__(self, spared: frozenset[int], *, repeats: bool) -> None:
        self._spared = spared
        self._repeats = repeats
        self.listed = 0
        """Numbers that are listed in all, single ones aside."""
        self._numbers: dict[int, tuple[int, int | None]] = {}
        self._rows: list[Row] = []
        self._parts: list[bytes] = []
        self._tensors: list[Tensor] = []
        """Kept, that no id is used twice."""
        self._end = 0

    def number(self, tensor: Tensor) -> tuple[int, int | None]:
        """Return the number of a tensor, which has a row from now on, or of one that it is a part of, and which."""
        number = self._numbers.get(id(tensor))
        if number is None:
            number = self._numbers[id(tensor)] = (len(self._rows), None)
            self._tensors.append(tensor)
            self._rows.append(self._row(tensor))
        return number

    def stack(self, tensors: Sequence[Tensor]) -> Tensor | None:
        """Return tensors as one, whose row they share from now on; None where they are better written each."""
        ids = {id(tensor) for tensor in tensors}
        known = sum(id(tensor) in self._numbers for tensor in tensors)
        if 2 * known > len(tensors) or not ids.isdisjoint(self._spared):
            return None
        if not self._repeats and (known or len(ids) < len(tensors) or tensors[0].numel == 1):
            return None
        stacked = stack(tensors)
        if stacked is None:
            return None
        number, _ = self.number(stacked)
        for part, tensor in enumerate(tensors):
            self._numbers.setdefault(id(tensor), (number, part))
        self._tensors += tensors
        return stacked

    def _row(self, tensor: Tensor) -> Row:
        elements = tensor.elements
        if elements is None:
            elements = Elements(tuple(tensor.shape), tensor.dtype, None, None, tensor.stats, listed=False)
        if id(tensor) in self._spared:
            elements = elements.without_array()
        self.listed += elements.listed * _counted(tensor)
        bits = _REQUIRES_GRAD * tensor.requires_grad | _IS_LEAF * tensor.is_leaf | _LISTED * elements.listed
        if elements.array is not None:
            return tensor.dtype, bits | _WHOLE, self._place(elements.array), tensor.shape, None
        if elements.corner is not None:
            return tensor.dtype, bits | _CORNER, self._place(elements.corner), tensor.shape, elements.stats
        return tensor.dtype, bits, 0, tensor.shape, elements.stats

    def _place(self, array: Array) -> int:
        place = self._end
        content = array.tobytes()
        padding = -len(content) % _ALIGNMENT
        self._parts += [content, bytes(padding)]
        self._end += len(content) + padding
        return place

    def finish(self, structure: bytes) -> bytes:
        """Return the whole record."""
        return join_record(structure, _ROWS.dump_json(self._rows), *self._parts)


def _counted(tensor: Tensor) -> int:
    """Return how many numbers a tensor counts for where it is listed."""
    return tensor.numel if tensor.numel > 1 else 0


def write_record(answer: ExecutionAnswer, spared: Iterable[Tensor] = (), most_listed: int | None = None) -> bytes:
    """Return an answer as bytes.

    Args:
        answer: the answer.
        spared: tensors whose elements are left out, for want of room: their statistics and ends remain.
        most_listed: as `read_record` has it; the tensors of the answer, each counted once, list no more.
    """
    left_out = frozenset(map(id, spared))
    try:
        return _written(answer, left_out, most_listed)
    except PydanticSerializationError:  # a program may hold text that no encoding has
        return _written(encodable(answer), left_out, most_listed)


def _written(answer: ExecutionAnswer, spared: frozenset[int], most_listed: int | None) -> bytes:
    for repeats in (True, False):
        table = _Table(spared, repeats=repeats)
        structure = answer.model_dump_json(exclude_defaults=True, context={TABLE: table})
        if most_listed is None or table.listed <= most_listed:
            break
    return table.finish(structure.encode())


def join_record(structure: bytes, rows: bytes = b"[]", *elements: bytes) -> bytes:
    """Return the parts of a record as one: the structure and the rows of the table are JSON."""
    return b"".join((_HEADER.pack(len(structure), len(rows)), structure, rows, *elements))


def read_record(content: bytes, most_listed: int) -> ExecutionAnswer:
    """Return the answer that a record holds; the tensors look into its bytes.

    Args:
        content: the record, already bounded in length; it may be a stranger's.
        most_listed: numbers that tensors may list in all, single ones aside.

    Raises:
        RecordInvalidError: the bytes are no record, or a tensor does not lie within them.
    """
    structure, rows, elements = _split(content)
    try:
        table = [_tensor(row, elements) for row in _ROWS.validate_json(rows, strict=True)]
        if sum(_counted(tensor) for tensor in table if tensor.is_listed) > most_listed:
            raise RecordInvalidError("the tensors list more numbers than they may")
        return ExecutionAnswer.model_validate_json(structure, context={TABLE: table})
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])[:100]
        raise RecordInvalidError(f"{where}: {first['msg'][:200]}") from None


def _split(content: bytes) -> tuple[bytes, bytes, memoryview]:
    if len(content) < _HEADER.size:
        raise RecordInvalidError("it is too short")
    structure, rows = _HEADER.unpack_from(content)
    start, end = _HEADER.size + structure, _HEADER.size + structure + rows
    if end > len(content):
        raise RecordInvalidError("it ends too early")
    return content[_HEADER.size : start], content[start:end], memoryview(content)[end:]


def _tensor(row: Row, content: memoryview) -> Tensor:
    dtype, bits, place, sizes, stats = row
    if len(sizes) > DIMENSIONS or any(size < 0 or size >= 2**63 for size in sizes):
        raise RecordInvalidError("a tensor has a shape that none can have")
    if not DTYPE.fullmatch(dtype):
        raise RecordInvalidError("a tensor has a dtype that none can have")
    if stats is not None and min(stats.nan, stats.inf, stats.zero, *(stats.histogram or ())) < 0:
        raise RecordInvalidError("a tensor counts less than nothing")
    shape = tuple(sizes)
    array = _array(dtype, shape, place, content) if bits & _WHOLE else None
    corner = _array(dtype, corner_shape(shape), place, content) if bits & _CORNER else None
    elements = Elements(shape, dtype, array, corner, stats, listed=bool(bits & _LISTED))
    return Tensor.of(elements, requires_grad=bool(bits & _REQUIRES_GRAD), is_leaf=bool(bits & _IS_LEAF))


def _array(dtype: str, shape: tuple[int, ...], place: int, content: memoryview) -> Array:
    stored: np.dtype[Any] | None = STORED.get(dtype)
    if stored is None:
        raise RecordInvalidError("a tensor has elements of no known kind")
    count = 1
    for size in shape:
        count *= size
    if place < 0 or place + count * stored.itemsize > len(content):
        raise RecordInvalidError("a tensor lies outside of the record")
    try:
        array: Array = np.frombuffer(content, stored, count, place).reshape(shape) if count else np.empty(shape, stored)
    except ValueError:
        raise RecordInvalidError("a tensor has a shape that no array can have") from None
    if stored == np.bool_ and count and int(array.view(np.uint8).max()) > 1:
        raise RecordInvalidError("a tensor of truth values holds others")
    return array
