"""Room for many small copies of tensors."""

from ctypes import memmove
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

_empty = np.empty
CHUNK_BYTES = 2**18
_ALIGNMENT = 16


class Copied:
    """The bytes of one tensor, in its own order and dtype.

    Args:
        chunk: where they lie, with those of others.
        start: the first of them.
    """

    __slots__ = ("chunk", "start")

    def __init__(self, chunk: npt.NDArray[np.uint8], start: int) -> None:
        self.chunk = chunk
        self.start = start

    @classmethod
    def of(cls, tensor: torch.Tensor) -> "Copied":
        """Take the bytes of a contiguous tensor on the CPU, which is no copy."""
        flat = tensor.reshape(-1)
        return cls(flat.view(torch.uint8).numpy() if len(flat) else np.empty(0, dtype=np.uint8), 0)

    def array(self, dtype: "np.dtype[Any]", shape: tuple[int, ...], numel: int) -> npt.NDArray[Any]:
        """Return them as an array, which is no copy.

        Args:
            dtype: as NumPy has the tensor's own.
            shape: of the tensor.
            numel: how many elements that makes.
        """
        return np.frombuffer(self.chunk, dtype, numel, self.start).reshape(shape)

    def tensor(self, dtype: torch.dtype, shape: tuple[int, ...], numel: int) -> torch.Tensor:
        """Return them as a tensor, which is no copy."""
        if numel == 0:
            return torch.empty(shape, dtype=dtype)
        size = numel * dtype.itemsize
        return torch.from_numpy(self.chunk[self.start : self.start + size]).view(dtype).view(shape)


class Arena:
    """Copies small tensors side by side into large chunks.

    Each in a place of its own, they would lie between the program's large tensors in the process's heap, and the holes
    that those leave could not be used again.
    """

    def __init__(self) -> None:
        self._chunk = _empty(0, dtype=np.uint8)
        self._address = 0
        self._size = 0
        self._used = 0

    def copy(self, address: int, size: int) -> Copied:
        """Copy memory.

        Args:
            address: where it begins.
            size: of it [bytes].
        """
        room = self.room(size)
        if size:
            memmove(self._address + room.start, address, size)
        return room

    def room(self, size: int) -> Copied:
        """Return room for some bytes."""
        start = self._used
        if start + size > self._size:
            # NumPy's own leaves it as it is, where PyTorch may have been told to fill what is empty, and a program may
            # find another numpy.empty: memory that is not written to costs nothing.
            self._size = max(CHUNK_BYTES, size)
            self._chunk = _empty(self._size, dtype=np.uint8)
            self._address = self._chunk.ctypes.data
            start = 0
        self._used = start + size + -size % _ALIGNMENT
        return Copied(self._chunk, start)
