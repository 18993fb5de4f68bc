"""Numbers as JSON carries them: the shortest decimal that reads back as the same number in the tensor's own dtype."""

import math
from typing import Any

import numpy as np
import numpy.typing as npt

from chainrule.graph.construct import make
from chainrule.graph.data import Complex, Number, Real
from chainrule.graph.numbers import json_real, rounded

_BFLOAT16_DIGITS = 4
"""Significant decimal digits that always suffice for a bfloat16."""
_NARROW = {"float32": np.float32, "float16": np.float16, "complex64": np.float32, "complex32": np.float16}
"""For the dtypes whose numbers Python's float does not print shortest, what does; for complex ones, of each part."""


def numbers(flat: npt.NDArray[Any], dtype: str) -> list[Any]:
    """Return the elements of an array of one dimension as JSON numbers.

    Args:
        flat: the elements.
        dtype: the tensor's; the array's may be wider.
    """
    if flat.dtype.kind == "c":
        return [
            make(Complex, re=re, im=im)
            for re, im in zip(_reals(flat.real, dtype), _reals(flat.imag, dtype), strict=True)
        ]
    if flat.dtype.kind != "f":
        return list(flat.tolist())
    return _reals(flat, dtype)


def _reals(flat: npt.NDArray[Any], dtype: str) -> list[Real]:
    exact: list[float] = flat.tolist()
    if all(value.is_integer() for value in exact):
        return list(exact)
    if dtype in _NARROW:
        exact = [float(text) for text in flat.astype(_NARROW[dtype]).astype("U32").tolist()]
    elif dtype == "bfloat16":
        exact = _by_trial(exact)
    return [json_real(value) for value in exact]


def _by_trial(exact: list[float]) -> list[float]:
    """Return the shortest decimals of bfloat16 numbers, which nothing prints: more digits until they read back."""
    found = list(exact)
    waiting = [place for place, value in enumerate(exact) if math.isfinite(value)]
    for digits in range(1, _BFLOAT16_DIGITS + 1):
        tries = [rounded(exact[place], digits) for place in waiting]
        back = _to_bfloat16(np.array(tries, dtype=np.float64)).tolist()
        left = []
        for place, value, again in zip(waiting, tries, back, strict=True):
            if again == exact[place]:
                found[place] = value
            else:
                left.append(place)
        waiting = left
    return found


def _to_bfloat16(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Round to the nearest bfloat16, ties to even: it is the upper half of a float32."""
    with np.errstate(over="ignore"):
        bits = values.astype(np.float32).view(np.uint32)
    rounded = (bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000
    return rounded.astype(np.uint32).view(np.float32)


def nested(flat: list[Any], shape: tuple[int, ...]) -> Any:
    """Nest a flat list as a tensor of that shape nests its elements."""
    if not shape:
        return flat[0]
    for size in reversed(shape[1:]):
        flat = [flat[start : start + size] for start in range(0, len(flat), size)] if size else []
    if 0 in shape[1:]:
        return _empty(shape)
    return flat


def _empty(shape: tuple[int, ...]) -> Any:
    return [] if len(shape) == 1 or shape[0] == 0 else [_empty(shape[1:]) for _ in range(shape[0])]


def json_number(value: object) -> Number | None:
    """Return a Python number as JSON carries it, or None for anything else."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return json_real(value)
    if isinstance(value, complex):
        return make(Complex, re=json_real(value.real), im=json_real(value.imag))
    return None
