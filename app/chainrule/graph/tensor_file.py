"""The tensors of a graph as a file of the safetensors format, which every user of PyTorch can load.

A name of the file is that of `named_tensors`. The file's metadata has one entry, ``chainrule``, which is JSON: the
source, ``schema_version``, for each name which node it belongs to, and which tensors had no room. (There is one entry
alone because the format's library writes several in any order, and equal graphs have equal files.)

Source: the format is described at https://github.com/huggingface/safetensors#format.
"""

import json
import struct
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule.graph.model import Graph, Tensor
from chainrule.graph.named_tensors import NamedTensor, named_tensors
from chainrule.graph.numbers import python_values
from chainrule.graph.tensors.storage import STORED

METADATA = "chainrule"
MOST_BYTES = 64_000_000
"""Elements of one file altogether [bytes]; a tensor that has no room any more is named as left out."""

Array = npt.NDArray[Any]

_LENGTH = struct.Struct("<Q")
_DTYPES = {
    "BOOL": "bool",
    "I8": "int8",
    "I16": "int16",
    "I32": "int32",
    "I64": "int64",
    "U8": "uint8",
    "U16": "uint16",
    "U32": "uint32",
    "U64": "uint64",
    "F16": "float16",
    "F32": "float32",
    "F64": "float64",
    "C64": "complex64",
    "BF16": "uint16",
}
"""What NumPy calls the dtypes of the format; it has no bfloat16, and gets its bits."""


def write_tensors(graph: Graph, source: str = "") -> bytes:
    """Return the tensors of a graph as a file.

    A tensor is stored in its own dtype; where the format's library or NumPy does not know that, in the next wider one,
    and the metadata tells ``dtype``: float8 as float32, complex32 as complex64, complex128 as pairs of float64 in one
    more dimension.

    Args:
        graph: a large tensor has its elements where they were asked for.
        source: the program, for the metadata.
    """
    from safetensors import TensorSpec, serialize  # a few need it, and it is a library of its own

    told: dict[str, dict[str, object]] = {}
    left_out: dict[str, dict[str, object]] = {}
    arrays: dict[str, tuple[str, Array]] = {}
    room = MOST_BYTES
    for one in sorted(named_tensors(graph), key=lambda one: one.what == "saved"):  # most of that is a value, kept
        found = _stored(one.tensor)
        if found is None or found[1].nbytes > room:
            left_out[one.name] = _place(one) | {"dtype": one.tensor.dtype, "shape": one.tensor.shape}
            continue
        room -= found[1].nbytes
        arrays[one.name] = found
        is_itself = found[0] == one.tensor.dtype
        told[one.name] = _place(one) | ({} if is_itself else {"dtype": one.tensor.dtype})
    about = {"schema_version": graph.schema_version, "source": source, "tensors": told, "left_out": left_out}
    specs = {
        name: TensorSpec(dtype=dtype, shape=array.shape, data_ptr=array.ctypes.data, data_len=array.nbytes)
        for name, (dtype, array) in arrays.items()
    }
    return bytes(serialize(specs, {METADATA: json.dumps(about)}))  # the arrays live until here


def _place(one: NamedTensor) -> dict[str, object]:
    place = {"what": one.what, "node": one.node, "output_nr": one.output_nr, "pass": one.pass_index}
    return {name: value for name, value in place.items() if value is not None}


def _stored(tensor: Tensor) -> tuple[str, Array] | None:
    """Return the elements of a tensor and the dtype that they are stored in; None where they are not known."""
    array = _elements(tensor)
    if array is None:
        return None
    dtype = tensor.dtype
    if dtype == "float16":
        array = array.astype(np.float16)
    elif dtype == "bfloat16":  # the upper half of the float32 that it was widened to
        return dtype, _packed((_packed(array).view(np.uint32) >> 16).astype(np.uint16))
    elif dtype == "complex128":
        array = _packed(array).reshape(-1).view(np.float64).reshape(*array.shape, 2)
    array = _packed(array)
    return array.dtype.name, array


def _packed(array: Array) -> Array:
    return np.ascontiguousarray(array).reshape(array.shape)


def _elements(tensor: Tensor) -> Array | None:
    if tensor.elements is not None:
        return tensor.elements.array
    if tensor.values is None or tensor.dtype not in STORED:
        return None
    return np.array(python_values(tensor.values), dtype=STORED[tensor.dtype]).reshape(tensor.shape)


@dataclass(frozen=True, eq=False)
class TensorFile(Mapping[str, Array]):
    """The tensors of a file as NumPy arrays by name; each is read when it is asked for, and PyTorch is not needed.

    >>> import chainrule
    >>> tensors = TensorFile(write_tensors(chainrule.trace("x * x", inputs={"x": [1.0, 2.0]})))
    >>> tensors["gradient/1/x"]
    array([2., 4.], dtype=float32)
    >>> tensors.places["gradient/1/x"]
    {'what': 'gradient', 'node': 'n0', 'output_nr': 0, 'pass': 1}

    Args:
        content: the file, as the address ``/safetensors`` gives it.
    """

    content: bytes

    def __post_init__(self) -> None:
        """Read what stands in the file, and none of the numbers.

        Raises:
            ValueError: it is no such file.
        """
        for name, row in self._rows.items():
            start, end = row["data_offsets"]
            if row["dtype"] not in _DTYPES or not 0 <= start <= end <= len(self.content) - self._start:
                raise ValueError(f"{name!r} is no tensor of this file")

    def __getitem__(self, name: str) -> Array:
        """Return a tensor; one that is stored in pairs is complex again, and bfloat16 becomes float32."""
        row = self._rows[name]
        start, end = row["data_offsets"]
        part = memoryview(self.content)[self._start + start : self._start + end]
        array: Array = np.frombuffer(part, dtype=_DTYPES[row["dtype"]]).reshape(row["shape"])
        if row["dtype"] == "BF16":
            return (array.astype(np.uint32) << 16).view(np.float32)
        if self.places.get(name, {}).get("dtype") == "complex128":
            return array.view(np.complex128).reshape(array.shape[:-1])
        return array

    def __iter__(self) -> Iterator[str]:
        """Yield the names, those of each node after those of the nodes before it."""
        return iter(self.places)

    def __len__(self) -> int:
        """Return how many tensors there are."""
        return len(self.places)

    @property
    def source(self) -> str:
        """Return the program."""
        return str(self._about["source"])

    @property
    def places(self) -> Mapping[str, Mapping[str, Any]]:
        """Return for each name what it is, of which node, and in which pass."""
        found: dict[str, dict[str, Any]] = self._about["tensors"]
        return found

    @property
    def left_out(self) -> Mapping[str, Mapping[str, Any]]:
        """Return the tensors whose elements could not be kept or had no room, with their dtypes and shapes."""
        found: dict[str, dict[str, Any]] = self._about["left_out"]
        return found

    @cached_property
    def _header(self) -> dict[str, Any]:
        try:
            header: dict[str, Any] = json.loads(self.content[_LENGTH.size : self._start])
            json.loads(header["__metadata__"][METADATA])
        except (ValueError, KeyError, TypeError):
            raise ValueError("this is no file of tensors that chainrule wrote") from None
        return header

    @property
    def _start(self) -> int:
        if len(self.content) < _LENGTH.size:
            return 0
        return int(_LENGTH.size + _LENGTH.unpack_from(self.content)[0])

    @cached_property
    def _about(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._header["__metadata__"][METADATA])
        return found

    @cached_property
    def _rows(self) -> dict[str, dict[str, Any]]:
        return {name: row for name, row in self._header.items() if name != "__metadata__"}
