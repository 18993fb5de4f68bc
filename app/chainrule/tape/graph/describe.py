"""Turns snapshots into data, within one graph's budget of listed numbers."""

import math
from typing import Any

import torch

from chainrule.graph import Number, Saved, Tensor
from chainrule.tape.record.passes import Arrival
from chainrule.tape.tensors.autograd_meta import is_leaf
from chainrule.tape.tensors.capture import TensorCapture
from chainrule.tape.tensors.snapshot import Snapshot

_DTYPES = {bool: "bool", int: "int64", float: "float64"}


class Describer:
    """Describes tensors; past the budget of numbers all but single ones keep statistics and a preview only.

    Args:
        each: elements of one tensor that may be listed.
        elements: numbers that may be listed in all.
    """

    def __init__(self, each: int, elements: int) -> None:
        self._each = each
        self._left = elements
        self._done: dict[tuple[complex, str, bool, bool], tuple[Snapshot, Tensor]] = {}

    def tensor(self, snapshot: Snapshot, requires_grad: bool, is_leaf: bool) -> Tensor:
        """Describe a snapshot."""
        snapshot.arrive()
        # Equal numbers are told by one value: there are many in a large program of scalars.
        identity = snapshot.number if snapshot.number else id(snapshot)
        key = (identity, snapshot.dtype, requires_grad, is_leaf)
        done = self._done.get(key)
        if done is not None and done[1].is_listed:
            return done[1]
        # A single number is listed whatever is left: a loss without its number says nothing.
        fits = snapshot.numel <= max(min(self._left, self._each), 1)
        listed = (snapshot.kept is not None or snapshot.number is not None) and fits
        if listed:
            self._left -= snapshot.numel
        if done is not None and not listed:
            return done[1]
        described = Tensor.of(snapshot.elements(listed), requires_grad=requires_grad, is_leaf=is_leaf)
        self._done[key] = (snapshot, described)
        return described

    def arrival(self, arrival: Arrival) -> Tensor:
        """Describe a gradient at one place."""
        return self.tensor(arrival.snapshot, arrival.requires_grad, not arrival.requires_grad)

    def now(self, tensor: torch.Tensor) -> Tensor:
        """Describe what a tensor holds now."""
        return self.tensor(TensorCapture(self._each).capture(tensor), tensor.requires_grad, is_leaf(tensor))

    def number(self, number: Number | None) -> Tensor:
        """Describe a Python number as a tensor without dimensions."""
        value: Any = number
        if isinstance(number, str):
            value = float(number)
        elif number is not None and not isinstance(number, bool | int | float):
            value = complex(float(number.re), float(number.im))
        if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 2**63:
            value = math.inf if value > 0 else -math.inf
        dtype = {bool: torch.bool, int: torch.int64, float: torch.float64}.get(type(value), torch.complex128)
        return self.tensor(TensorCapture(1).capture(torch.tensor(value, dtype=dtype)), False, True)

    def saved(self, value: Any) -> Saved:
        """Describe what a Node saved."""
        if isinstance(value, Snapshot):
            return self.tensor(value, False, True)
        if isinstance(value, list):
            return [self.saved(part) for part in value]
        if isinstance(value, int) and value >= 2**63:
            return value - 2**64  # a negative number that PyTorch keeps unsigned, such as ignore_index
        if isinstance(value, complex) or (isinstance(value, float) and not math.isfinite(value)):
            return str(value)
        return value
