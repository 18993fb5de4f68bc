"""What a tensor held at one moment, and how it is told as data."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import torch

from chainrule.graph import Stats
from chainrule.graph.tensors.elements import Elements
from chainrule.graph.tensors.storage import STORED
from chainrule.tape.tensors.arena import Copied
from chainrule.tape.tensors.on_device import CopiedOnDevice, MeasuredOnDevice
from chainrule.tape.tensors.unrecorded import unrecorded

_OWN = {name: dtype for name, dtype in STORED.items() if dtype.name == name}
"""The dtypes that NumPy has too."""


@dataclass(slots=True, eq=False)
class Snapshot:
    """What a tensor held when it was captured. It never changes; being frozen would take most of the time it costs.

    Of one on a GPU nothing is here until ``arrive`` was called, as all that asks for its elements does.
    """

    shape: tuple[int, ...]
    dtype: str
    numel: int
    kept: Copied | None
    """A copy of all elements; None above the limit, and for a single number."""
    corner: npt.NDArray[Any] | None
    """Above the limit: the first and last few elements of each dimension."""
    stats: Stats | None
    """Above the limit; below it they are computed from ``kept`` when asked for."""
    number: bool | int | float | complex | None = None
    """The only element of a tensor without dimensions."""
    on_device: CopiedOnDevice | MeasuredOnDevice | None = None
    """What is still on a GPU."""

    def arrive(self) -> None:
        """Bring what is still on a GPU here."""
        away, self.on_device = self.on_device, None
        if isinstance(away, CopiedOnDevice):
            elements = away.fetch()
            if self.shape:
                self.kept = Copied.of(elements)
            else:
                self.number = elements.item()
        elif away is not None:
            self.stats, corner = away.fetch()
            self.corner = as_array(corner)

    def tensor(self) -> torch.Tensor | None:
        """Return all elements as a tensor, or None above the limit."""
        self.arrive()
        dtype = getattr(torch, self.dtype)
        if self.number is not None:
            return torch.tensor(self.number, dtype=dtype)
        return None if self.kept is None else self.kept.tensor(dtype, self.shape, self.numel)

    def elements(self, listed: bool) -> Elements:
        """Return the elements as arrays, from which all that is told of them is made.

        Args:
            listed: whether they may be listed one by one.
        """
        self.arrive()
        array: npt.NDArray[Any] | None = None
        if self.number is not None:
            array = np.array(self.number, dtype=STORED[self.dtype])
        elif self.kept is not None:
            array = self._array(self.kept)
        return Elements(self.shape, self.dtype, array, self.corner, self.stats, listed)

    def equals(self, other: "Snapshot") -> bool:
        """Return whether another one has the same elements to the last bit; above the limit, as far as is known."""
        if self.dtype != other.dtype or self.shape != other.shape:
            return False
        self.arrive()
        other.arrive()
        if self.number is not None or other.number is not None:
            return repr(self.number) == repr(other.number)
        if self.kept is None or other.kept is None:
            return self.kept is other.kept and self.stats is other.stats
        return self._array(self.kept).tobytes() == other._array(other.kept).tobytes()

    def _array(self, kept: Copied) -> npt.NDArray[Any]:
        stored = _OWN.get(self.dtype)
        if stored is not None:
            return kept.array(stored, self.shape, self.numel)
        with unrecorded():
            return as_array(kept.tensor(getattr(torch, self.dtype), self.shape, self.numel))


def as_array(tensor: torch.Tensor) -> npt.NDArray[Any]:
    """Return a dense tensor on the CPU as an array, without a copy where NumPy has its dtype."""
    tensor = tensor.detach()
    if tensor.dtype is torch.complex32:
        tensor = tensor.to(torch.complex64)
    elif tensor.is_floating_point() and tensor.dtype not in (torch.float32, torch.float64):
        tensor = tensor.float()
    found: npt.NDArray[Any] = tensor.numpy()
    return found
