"""Captures tensors: small ones are copied, large ones are summarised at once, so that no activation is held."""

from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from torch.multiprocessing.reductions import StorageWeakRef

from app.graph import Stats
from app.tracing.preview import EDGE
from app.tracing.quiet import quiet
from app.tracing.shelf import Shelf
from app.tracing.snapshot import Snapshot, as_array
from app.tracing.statistics import empty_statistics, statistics

_Key = tuple[int, int, torch.dtype]
"""Address, number of elements, dtype."""


class Camera:
    """Captures tensors, and remembers what it measured for as long as the memory is there and unchanged.

    Args:
        elements: elements up to which tensors are copied whole.
    """

    def __init__(self, elements: int) -> None:
        self._elements = elements
        self._shelf = Shelf()
        self._measured: dict[_Key, tuple[StorageWeakRef, int, Stats]] = {}

    def capture(self, tensor: torch.Tensor) -> Snapshot:
        """Capture a tensor, which is read only."""
        shape, dtype, numel = tuple(tensor.shape), str(tensor.dtype).removeprefix("torch."), tensor.numel()
        try:
            with quiet():
                if not shape and self._elements:
                    return Snapshot(shape, dtype, 1, None, None, None, _dense(tensor).item())
                if numel <= self._elements:
                    return Snapshot(shape, dtype, numel, self._shelf.copy(_dense(tensor)), None, None)
                if tensor.layout is torch.strided:
                    array = as_array(_dense(tensor))
                    corner = self._shelf.copy(torch.from_numpy(_corner(array)))
                    return Snapshot(shape, dtype, numel, None, corner, self._measure(tensor, array))
                return Snapshot(shape, dtype, numel, None, None, _sparse_statistics(tensor, numel))
        except (RuntimeError, NotImplementedError, TypeError):
            # Tensors without readable elements (on the meta device, quantised, of a foreign layout) keep their shape.
            return unread(tensor)

    def forget(self) -> None:
        """Measure everything anew: something was changed in place, perhaps through an alias that counts for itself."""
        self._measured.clear()

    def _measure(self, tensor: torch.Tensor, array: npt.NDArray[Any]) -> Stats:
        if array.nbytes != tensor.numel() * tensor.element_size() or not _is_packed(array):
            return statistics(array, histogram=True)
        key = (tensor.data_ptr(), tensor.numel(), tensor.dtype)
        version = 0 if tensor.is_inference() else tensor._version
        known = self._measured.get(key)
        if known is not None and known[1] == version and not known[0].expired():
            return known[2]
        found = statistics(array, histogram=True)
        self._measured[key] = (StorageWeakRef(tensor.untyped_storage()), version, found)
        return found


def unread(tensor: torch.Tensor) -> Snapshot:
    """Give the shape and dtype of a tensor, and nothing of what it holds."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    return Snapshot(tuple(tensor.shape), dtype, tensor.numel(), None, None, empty_statistics())


def _dense(tensor: torch.Tensor) -> torch.Tensor:
    if tensor.layout is not torch.strided:
        # A compressed tensor's count of changes goes up when it is merely read.
        with torch.autograd._unsafe_preserve_version_counter(tensor):
            tensor = tensor.to_dense()
    if tensor.device.type != "cpu":
        tensor = tensor.cpu()
    return tensor.resolve_conj().resolve_neg()


def _is_packed(array: npt.NDArray[Any]) -> bool:
    """Tell whether an array holds every element of its memory once, in whatever order."""
    return array.flags.c_contiguous or array.T.flags.c_contiguous or array.ravel(order="K").base is not None


def _corner(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    for axis, size in enumerate(array.shape):
        if size > 2 * EDGE + 1:
            # One element more than is shown tells that some are left out.
            first = array[(slice(None),) * axis + (slice(EDGE + 1),)]
            last = array[(slice(None),) * axis + (slice(size - EDGE, None),)]
            array = np.concatenate((first, last), axis=axis)
    return np.ascontiguousarray(array).reshape(array.shape)


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
