"""Numbers as JSON carries them: the shortest decimal that reads back as the same number in the tensor's own dtype."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import torch

from chainrule.graph import Complex, Number
from chainrule.graph.numbers import json_real, rounded
from chainrule.tape.construct import make

_DIGITS = {torch.float16: 5, torch.bfloat16: 4, torch.float32: 9}
"""Significant decimal digits that always suffice, for the dtypes that Python's float does not print shortest."""


def numbers(flat: torch.Tensor) -> list[Any]:
    """Return the elements of a 1-dimensional tensor on the CPU as JSON numbers."""
    if flat.is_complex():
        parts = torch.view_as_real(flat)
        return [
            make(Complex, re=re, im=im)
            for re, im in zip(numbers(parts[:, 0].contiguous()), numbers(parts[:, 1].contiguous()), strict=True)
        ]
    if not flat.is_floating_point():
        return list(flat.tolist())
    return [json_real(value) for value in _shortest(flat)]


def shortest(number: complex, dtype: str) -> Number:
    """Return a single number of a dtype as JSON carries it."""
    if dtype == "float32" and isinstance(number, float):
        return json_real(number if number.is_integer() else float(str(np.float32(number))))
    if isinstance(number, bool | int):
        return number
    found: Number = numbers(torch.tensor([number], dtype=getattr(torch, dtype)))[0]
    return found


def _shortest(flat: torch.Tensor) -> Iterable[float]:
    exact: list[float] = flat.tolist()
    if flat.dtype not in _DIGITS or all(value.is_integer() for value in exact):
        return exact
    if flat.dtype in (torch.float32, torch.float16):
        return [float(text) for text in flat.numpy().astype("U32").tolist()]
    return _by_trial(flat, exact)


def _by_trial(flat: torch.Tensor, exact: list[float]) -> list[float]:
    found = list(exact)
    open_places = [place for place, value in enumerate(exact) if math.isfinite(value)]
    for digits in range(1, _DIGITS.get(flat.dtype, 17) + 1):
        if not open_places:
            break
        tries = [rounded(exact[place], digits) for place in open_places]
        back = torch.tensor(tries, dtype=torch.float64).to(flat.dtype).tolist()
        remaining = []
        for place, value, again in zip(open_places, tries, back, strict=True):
            if again == exact[place]:
                found[place] = value
            else:
                remaining.append(place)
        open_places = remaining
    return found


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


def python_number(value: object) -> Number | None:
    """Return a Python number as JSON carries it, or None for anything else."""
    if isinstance(value, bool | int):
        return value
    if isinstance(value, float):
        return json_real(value)
    if isinstance(value, complex):
        return make(Complex, re=json_real(value.real), im=json_real(value.imag))
    return None
