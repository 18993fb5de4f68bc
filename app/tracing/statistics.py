"""Statistics of a tensor's elements."""

import math

import torch

from app.graph import Stats
from app.tracing.make import make

HISTOGRAM_BINS = 16


def statistics(tensor: torch.Tensor, histogram: bool) -> Stats:
    """Count and measure the elements of a dense tensor on the CPU.

    Args:
        tensor: of any dtype; of a complex one the magnitudes are measured.
        histogram: whether to count the finite elements in bins.
    """
    if tensor.numel() == 1:
        return of_one(tensor.item())
    zero = tensor.numel() - int(torch.count_nonzero(tensor))
    real = _as_real(tensor)
    low, high = _range(real)
    if math.isfinite(low) and math.isfinite(high):
        return _of_finite(real, low, high, 0, 0, zero, histogram)
    nan = int(torch.count_nonzero(torch.isnan(real)))
    finite = real[torch.isfinite(real)]
    infinite = real.numel() - nan - finite.numel()
    if finite.numel() == 0:
        return _stats(None, None, None, None, None, nan, infinite, zero)
    low, high = _range(finite)
    return _of_finite(finite, low, high, nan, infinite, zero, histogram)


def empty_statistics() -> Stats:
    """Give the statistics of a tensor whose elements cannot be read, or that has none."""
    return _stats(None, None, None, None, None, 0, 0, 0)


def _as_real(tensor: torch.Tensor) -> torch.Tensor:
    real = tensor.abs() if tensor.is_complex() else tensor
    return real if real.dtype in (torch.float32, torch.float64) else real.to(torch.float64)


def _range(real: torch.Tensor) -> tuple[float, float]:
    if real.numel() == 0:
        return math.nan, math.nan
    low, high = torch.aminmax(real)
    return low.item(), high.item()


def of_one(value: complex) -> Stats:
    """Give the statistics of a single number."""
    number = float(abs(value)) if isinstance(value, complex) else float(value)
    if math.isnan(number):
        return _stats(None, None, None, None, None, 1, 0, 0)
    if math.isinf(number):
        return _stats(None, None, None, None, None, 0, 1, 0)
    return _stats(number, number, number, 0.0, abs(number), 0, 0, int(number == 0))


def _of_finite(
    real: torch.Tensor, low: float, high: float, nan: int, infinite: int, zero: int, histogram: bool
) -> Stats:
    count = real.numel()
    mean = torch.mean(real, dtype=_wide(real)).item()
    norm = torch.linalg.vector_norm(real, dtype=_wide(real)).item()
    spread = math.sqrt(max(norm * norm / count - mean * mean, 0.0)) if high > low else 0.0
    if high > low and spread < 1e-4 * abs(mean):
        # The difference of two large squares has no digits left here.
        spread = torch.std(real.to(torch.float64), correction=0).item()
    bins = None
    if histogram and high > low:
        bins = [int(n) for n in torch.histc(real, HISTOGRAM_BINS, low, high).tolist()]
    elif histogram:
        bins = [count] + [0] * (HISTOGRAM_BINS - 1)
    return _stats(low, high, mean, spread, norm, nan, infinite, zero, bins)


def _wide(real: torch.Tensor) -> torch.dtype:
    # Sums over few elements are cheap in float64; over many, float32 sums pairwise and is exact enough to show.
    return torch.float64 if real.numel() <= 4096 else real.dtype


def _stats(
    low: float | None,
    high: float | None,
    mean: float | None,
    std: float | None,
    norm: float | None,
    nan: int,
    infinite: int,
    zero: int,
    histogram: list[int] | None = None,
) -> Stats:
    return make(
        Stats,
        min=_short(low),
        max=_short(high),
        mean=_short(mean),
        std=_short(std),
        norm=_short(norm),
        nan=nan,
        inf=infinite,
        zero=zero,
        histogram=histogram,
    )


def _short(value: float | None) -> float | None:
    """Keep nine digits, as many as tell every float32 apart: more would be noise of the summation."""
    return float(f"{value:.9g}") if value is not None and math.isfinite(value) else None
