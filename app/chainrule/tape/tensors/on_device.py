"""Tensors that lie on a GPU: copied and measured there, and fetched when somebody looks.

Reading a number of theirs waits until everything before it was computed. A training step that is asked for each of its
tensors at once would spend its time waiting, so the tape only adds work to the queue.
"""

import math
from dataclasses import dataclass

import torch

from chainrule.graph import Stats
from chainrule.graph.tensors.elements import CORNER
from chainrule.graph.tensors.preview import EDGE
from chainrule.graph.tensors.statistics import HISTOGRAM_BINS, HISTOGRAM_SAMPLE, ElementMeasures, of_measures
from chainrule.tape.tensors.unrecorded import unrecorded


def is_queued(tensor: torch.Tensor) -> bool:
    """Return whether what is done to a tensor is done later, and reading it waits for that."""
    return tensor.is_cuda and tensor.layout is torch.strided


@dataclass(slots=True, eq=False)
class CopiedOnDevice:
    """All elements of a small tensor, as they were."""

    tensor: torch.Tensor

    @classmethod
    def of(cls, tensor: torch.Tensor) -> "CopiedOnDevice":
        """Copy a tensor where it lies."""
        return cls(tensor.detach().resolve_conj().resolve_neg().clone(memory_format=torch.contiguous_format))

    def fetch(self) -> torch.Tensor:
        """Return them on the CPU; this waits."""
        with unrecorded():
            return self.tensor.cpu()


@dataclass(slots=True, eq=False)
class MeasuredOnDevice:
    """What is kept of a large tensor."""

    measures: torch.Tensor
    """In float64: `ElementMeasures`, then the counts of the histogram."""
    corner: torch.Tensor
    numel: int

    @classmethod
    def of(cls, tensor: torch.Tensor) -> "MeasuredOnDevice":
        """Measure a tensor where it lies; nothing here waits for a number."""
        tensor = tensor.detach().resolve_conj().resolve_neg()
        return cls(_measures(_as_real(tensor.reshape(-1))), _corner(tensor).clone(), tensor.numel())

    def fetch(self) -> tuple[Stats, torch.Tensor]:
        """Return the statistics, and the corner on the CPU; this waits."""
        with unrecorded():
            told = self.measures.cpu().tolist()
            corner = self.corner.cpu()
        measured, bins = told[:-HISTOGRAM_BINS], told[-HISTOGRAM_BINS:]
        return of_measures(ElementMeasures(*measured), [int(count) for count in bins], self.numel), corner


def _as_real(flat: torch.Tensor) -> torch.Tensor:
    """Return what is measured of elements, as `chainrule.graph.tensors.statistics` has it."""
    if flat.is_complex():
        flat = flat.to(torch.complex64).abs() if flat.dtype is torch.complex32 else flat.abs()
    if flat.dtype in (torch.float32, torch.float64):
        return flat
    return flat.to(torch.float32 if flat.dtype.itemsize <= 2 else torch.float64)


def _measures(real: torch.Tensor) -> torch.Tensor:
    finite = real.isfinite()
    count = finite.sum()
    low = torch.where(finite, real, math.inf).amin().double()
    high = torch.where(finite, real, -math.inf).amax().double()
    wide = torch.where(finite, real, 0).double()
    mean = wide.sum() / count
    spread = (torch.where(finite, wide - mean, 0).square().sum() / count).sqrt()
    nan, infinite, zero = real.isnan().sum(), real.isinf().sum(), (real == 0).sum()
    numbers = torch.stack([low, high, mean, wide.square().sum(), spread, nan, infinite, zero])
    return torch.cat([numbers, _histogram(wide, finite, low, high)])


def _histogram(wide: torch.Tensor, finite: torch.Tensor, low: torch.Tensor, high: torch.Tensor) -> torch.Tensor:
    step = -(-wide.numel() // HISTOGRAM_SAMPLE)
    places = ((wide[::step] - low) * (HISTOGRAM_BINS / (high - low))).floor().clamp(max=HISTOGRAM_BINS - 1)
    bins = torch.arange(HISTOGRAM_BINS, device=wide.device)
    return ((places[:, None] == bins) & finite[::step, None]).sum(0).double() * step


def _corner(tensor: torch.Tensor) -> torch.Tensor:
    """Return what `corner_of` does of an array."""
    for axis, size in enumerate(tensor.shape):
        if size > CORNER:
            first, last = tensor.narrow(axis, 0, EDGE + 1), tensor.narrow(axis, size - EDGE, EDGE)
            tensor = torch.cat((first, last), axis)
    return tensor
