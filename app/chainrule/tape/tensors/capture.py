"""Captures tensors: small ones are copied, large ones are summarised at once, so that no activation is held."""

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.multiprocessing.reductions import StorageWeakRef
from torch.nn.parameter import is_lazy

from chainrule.graph import Stats
from chainrule.graph.tensors.elements import corner_of
from chainrule.graph.tensors.statistics import empty_statistics, statistics
from chainrule.tape.tensors.arena import Arena, Copied
from chainrule.tape.tensors.autograd_meta import version
from chainrule.tape.tensors.on_device import CopiedOnDevice, MeasuredOnDevice, is_queued
from chainrule.tape.tensors.snapshot import Snapshot, as_array
from chainrule.tape.tensors.unrecorded import unrecorded

_PURGE_AFTER = 16
"""Storages that are remembered anew before those that are gone are let go of."""


@dataclass(slots=True)
class _Seen:
    """What was measured of one storage while it held the same elements."""

    storage: StorageWeakRef
    version: int
    stats: dict[tuple[int, int, torch.dtype], Stats] = field(default_factory=dict)
    """By address, number of elements and dtype."""
    snapshots: dict[tuple[Any, ...], Snapshot] = field(default_factory=dict)
    """By address, shape, strides and dtype."""


class TensorCapture:
    """Captures tensors, and remembers what it measured for as long as the memory is there and unchanged.

    Args:
        elements: elements up to which tensors are copied whole.
    """

    def __init__(self, elements: int) -> None:
        self._elements = elements
        self._arena = Arena()
        self._seen: dict[int, _Seen] = {}
        self._purge_at = _PURGE_AFTER

    def keeps(self, tensor: torch.Tensor) -> bool:
        """Return whether the elements of a tensor are few enough to be copied whole."""
        return tensor.numel() <= self._elements

    def capture(self, tensor: torch.Tensor) -> Snapshot:
        """Capture a tensor, which is read only; a nested one as all its elements in a row."""
        if _is_plain(tensor):
            return self._plain(tensor)
        if tensor.is_nested:
            return self._nested(tensor)
        if is_lazy(tensor):  # a lazy module's parameter, which refuses to tell its shape before the first call
            return Snapshot((0,), dtype_name(tensor.dtype), 0, None, None, empty_statistics())
        shape, dtype, numel = tuple(tensor.shape), dtype_name(tensor.dtype), tensor.numel()
        try:
            with unrecorded():
                if numel <= self._elements and is_queued(tensor):
                    return Snapshot(shape, dtype, numel, None, None, None, on_device=CopiedOnDevice.of(tensor))
                if not shape and self._elements:
                    return Snapshot(shape, dtype, 1, None, None, None, _read(_dense(tensor)))
                if numel <= self._elements:
                    return Snapshot(shape, dtype, numel, self._copy(_dense(tensor)), None, None)
                if tensor.layout is torch.strided:
                    return self._large(tensor, shape, dtype)
                return Snapshot(shape, dtype, numel, None, None, _sparse_statistics(tensor, numel))
        except (RuntimeError, NotImplementedError, TypeError):
            # Tensors without readable elements (on the meta device, quantised, of a foreign layout) keep their shape.
            return unread(tensor)

    def _plain(self, tensor: torch.Tensor) -> Snapshot:
        """Capture a tensor that can be read from its memory: most are, and nothing else is as quick."""
        shape, numel, dtype = tuple(tensor.shape), tensor.numel(), dtype_name(tensor.dtype)
        if not shape and self._elements:
            return Snapshot(shape, dtype, 1, None, None, None, _item(tensor))
        if numel > self._elements:
            with unrecorded():
                return self._large(tensor, shape, dtype)
        if tensor.is_contiguous():
            return Snapshot(shape, dtype, numel, self._arena.copy(tensor.data_ptr(), tensor.nbytes), None, None)
        with unrecorded():
            return Snapshot(shape, dtype, numel, self._copy(tensor), None, None)

    def _copy(self, tensor: torch.Tensor) -> Copied:
        """Copy a dense tensor on the CPU as PyTorch does: it may have no memory of its own, as zeros have none."""
        room = self._arena.room(tensor.nbytes)
        room.tensor(tensor.dtype, tuple(tensor.shape), tensor.numel()).copy_(tensor)
        return room

    def _nested(self, tensor: torch.Tensor) -> Snapshot:
        try:
            with unrecorded():
                row = torch.cat([part.reshape(-1) for part in _parts(tensor)])
        except (RuntimeError, NotImplementedError, TypeError):
            return unread(tensor)
        return self.capture(row)

    def forget(self, changed: torch.Tensor) -> None:
        """Measure a tensor's memory anew: it was changed in place, perhaps through an alias that counts for itself."""
        if self._seen:
            try:
                self._seen.pop(changed.untyped_storage()._cdata, None)
            except (RuntimeError, NotImplementedError):
                # What has no storage of its own is made of other tensors, and nobody tells which.
                self._seen.clear()

    def _large(self, tensor: torch.Tensor, shape: tuple[int, ...], dtype: str) -> Snapshot:
        seen = self._seen_of(tensor)
        key = (tensor.data_ptr(), shape, tensor.stride(), tensor.dtype)
        known = None if seen is None else seen.snapshots.get(key)
        if known is not None:
            return known
        if is_queued(tensor):
            found = Snapshot(shape, dtype, tensor.numel(), None, None, None, on_device=MeasuredOnDevice.of(tensor))
        else:
            array = as_array(_dense(tensor))
            corner = np.array(corner_of(array))
            found = Snapshot(shape, dtype, tensor.numel(), None, corner, _measured(tensor, array, seen))
        if seen is not None:
            seen.snapshots[key] = found
        return found

    def _seen_of(self, tensor: torch.Tensor) -> _Seen | None:
        """Return what is known of a tensor's storage; None where nothing tells whether it changed."""
        if tensor.is_conj() or tensor.is_neg():
            return None
        storage = tensor.untyped_storage()
        counted = version(tensor)
        seen = self._seen.get(storage._cdata)
        if seen is None or seen.version != counted or seen.storage.expired():
            if len(self._seen) >= self._purge_at:
                # The remains of a storage that is gone would keep the allocator from joining the memory around them.
                self._seen = {key: seen for key, seen in self._seen.items() if not seen.storage.expired()}
                self._purge_at = len(self._seen) + _PURGE_AFTER
            seen = self._seen[storage._cdata] = _Seen(StorageWeakRef(storage), counted)
        return seen


def _measured(tensor: torch.Tensor, array: npt.NDArray[Any], seen: _Seen | None) -> Stats:
    if seen is None or not _is_packed(tensor):
        return statistics(array, histogram=True)
    key = (tensor.data_ptr(), tensor.numel(), tensor.dtype)
    found = seen.stats.get(key)
    if found is None:
        found = seen.stats[key] = statistics(array, histogram=True)
    return found


def unread(tensor: torch.Tensor) -> Snapshot:
    """Return the shape and dtype of a tensor, and nothing of what it holds."""
    shape = tuple(tensor.shape)
    if tensor.is_nested:
        values = _values_of_jagged(tensor)
        shape = (int((tensor if values is None else values).numel()),)
    return Snapshot(shape, dtype_name(tensor.dtype), math.prod(shape), None, None, empty_statistics())


def _parts(nested: torch.Tensor) -> list[torch.Tensor]:
    """Return the tensors that a nested one is made of."""
    values = _values_of_jagged(nested)
    if values is None:
        return list(nested.detach().unbind())
    jagged: Any = nested
    starts = as_array(jagged._offsets)
    lengths = np.diff(starts) if jagged._lengths is None else as_array(jagged._lengths)
    dimension = jagged._ragged_idx - 1
    return [
        values.detach().narrow(dimension, int(start), int(length))
        for start, length in zip(starts, lengths, strict=False)
    ]


def _values_of_jagged(nested: torch.Tensor) -> torch.Tensor | None:
    """Return the tensor in which a jagged one keeps its elements; None for a nested one of the other layout.

    It is a class in Python, to which any operation on it, even the question for its shape, comes back without end
    while that class is kept out.
    """
    found: torch.Tensor | None = vars(nested).get("_values")
    return found


_PLAIN = frozenset({torch.Tensor, torch.nn.Parameter})


def _keys_of_plain() -> frozenset[int]:
    """Return the sets of dispatch keys of an ordinary tensor on the CPU and of one made in inference mode."""
    with torch.inference_mode():
        inferred = torch.empty(0)
    return frozenset(torch._C._dispatch_keys(one).raw_repr() for one in (torch.empty(0), inferred))


_PLAIN_KEYS = _keys_of_plain()

_read = torch._C.TensorBase.item
"""Reads a number as PyTorch itself does: something else may stand in the place of ``Tensor.item``."""


def _is_plain(tensor: torch.Tensor) -> bool:
    """Return whether a tensor's memory holds its elements as they are, and to read it takes nothing of PyTorch's.

    What PyTorch has another way to (another device or layout, a conjugate, a batch of ``vmap``, zeros without memory)
    tells so by its dispatch keys; what a class or mode of the program's stands before is asked in other ways.
    """
    return (
        type(tensor) in _PLAIN
        and not torch._C._len_torch_function_stack()
        and torch._C._dispatch_keys(tensor).raw_repr() in _PLAIN_KEYS
    )


def _item(tensor: torch.Tensor) -> Any:
    if not torch._C._len_torch_dispatch_stack():
        return _read(tensor)
    with torch._C._DisableTorchDispatch():
        return _read(tensor)


_names: dict[torch.dtype, str] = {}


def dtype_name(dtype: torch.dtype) -> str:
    """Return the name of a dtype without the ``torch.`` in front."""
    name = _names.get(dtype)
    if name is None:
        name = _names[dtype] = str(dtype).removeprefix("torch.")
    return name


def _dense(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.layout is not torch.strided:
        # A compressed tensor's count of changes goes up when it is merely read.
        with torch.autograd._unsafe_preserve_version_counter(tensor):
            tensor = tensor.to_dense()
    if tensor.device.type != "cpu":
        tensor = tensor.cpu()
    return tensor.resolve_conj().resolve_neg()


def _is_packed(tensor: torch.Tensor) -> bool:
    """Return whether a tensor holds every element of its memory once, in whatever order."""
    expected = 1
    for stride, size in sorted(zip(tensor.stride(), tensor.shape, strict=True)):
        if size != 1:
            if stride != expected:
                return False
            expected *= size
    return True


def _sparse_statistics(tensor: torch.Tensor, numel: int) -> Stats:
    values = tensor.coalesce().values() if tensor.layout is torch.sparse_coo else tensor.values()
    told = statistics(as_array(_dense(values)), histogram=False)
    hidden = numel - values.numel()
    mean = None if told.mean is None else told.mean * values.numel() / numel
    spread = None
    if told.norm is not None and mean is not None:
        spread = max(told.norm**2 / numel - mean**2, 0.0) ** 0.5
    changed = {
        "min": None if told.min is None else min(told.min, 0.0),
        "max": None if told.max is None else max(told.max, 0.0),
        "mean": mean,
        "std": spread,
        "zero": told.zero + hidden,
    }
    return told.model_copy(update=changed)
