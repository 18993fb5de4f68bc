"""The local Jacobian of a Node: how each element of its output moves with each element of its inputs.

A Node computes cotangent times Jacobian, so a cotangent that is 1 at one element and 0 elsewhere gives one row. A Node
that is called directly runs none of its hooks and frees none of its buffers: the program's own passes go as without it.

Source: ``torch/csrc/autograd/function.h`` (``Node::operator()``) and ``engine.cpp`` (``call_function``), where the
hooks are run and the buffers freed.
"""

import math
from typing import Any

import torch

from chainrule.graph import Number
from chainrule.graph.tensors.decimals import numbers
from chainrule.tape.record.autograd import plain_shape
from chainrule.tape.tensors.capture import dtype_name
from chainrule.tape.tensors.snapshot import as_array

Matrix = list[list[Number]]
"""A row for each element of each output, a column for each of the input, both in row-major order."""

MOST_ROWS = 64
"""Elements of all outputs above which no Jacobian is computed: it takes a call for each."""
_OPAQUE = frozenset({"AccumulateGrad", "torch::autograd::AccumulateGrad", "CopySlices", "torch::autograd::CopySlices"})


class Jacobians:
    """Computes local Jacobians until there are enough numbers.

    Args:
        each: numbers of one Jacobian at most.
        altogether: numbers of all together at most.
    """

    def __init__(self, each: int, altogether: int) -> None:
        self._each = each
        self._left = altogether

    def of(self, node: Any) -> dict[int, Matrix]:
        """Compute the Jacobians of a Node by slot; empty where they are too large or cannot be had.

        The rows of several outputs follow each other: each is a cotangent of one of them, with none for the others.
        Left out: custom Functions and Nodes whose saved tensors the program packs itself (their code is the program's,
        and would run once more), complex numbers, freed Nodes.
        """
        shapes = self._shapes(node)
        if not shapes:
            return {}
        rows = _height(node)
        try:
            # No mode of the program or of the tape may see this.
            with torch._C._DisableTorchDispatch(), torch._C.DisableTorchFunction(), torch.no_grad():
                found = _rows(node)
                jacobians = {
                    slot: [_row(row[slot], shape) for row in found]
                    for slot, shape in shapes.items()
                    if all(_is_plain(row[slot]) for row in found)
                }
        except (RuntimeError, TypeError):
            # Freed by an earlier pass, changed in place since, or not implemented: backward would say so too.
            return {}
        self._left -= sum(rows * math.prod(shapes[slot]) for slot in jacobians)
        return jacobians

    def _shapes(self, node: Any) -> dict[int, tuple[int, ...]]:
        """Return the shape of the input behind each slot, or nothing where the Node is left alone."""
        if node.name() in _OPAQUE or isinstance(node, torch.autograd.function.BackwardCFunction):
            return {}
        outputs = node._input_metadata
        if not outputs or not all(output.dtype.is_floating_point for output in outputs) or _packs(node):
            return {}
        if any(plain_shape(output) is None for output in outputs):
            return {}
        rows = _height(node)
        if rows > MOST_ROWS:
            return {}
        shapes = {}
        for slot, (target, number) in enumerate(node.next_functions):
            shape = None if target is None else _input_shape(target, number)
            if shape is not None:
                shapes[slot] = shape
        fits = {slot: shape for slot, shape in shapes.items() if 0 < rows * math.prod(shape) <= self._each}
        affordable = sum(rows * math.prod(shape) for shape in fits.values()) <= self._left
        return fits if affordable else {}


def _input_shape(target: Any, number: int) -> tuple[int, ...] | None:
    if hasattr(target, "variable"):
        return plain_shape(target.variable)
    metadata = getattr(target, "_input_metadata", ())
    return plain_shape(metadata[number]) if number < len(metadata) else None


def _packs(node: Any) -> bool:
    """Return whether the program packs what the Node saved, so that to read it would run the program."""
    for name in dir(type(node)):
        if name.startswith("_raw_saved_"):
            raw = getattr(node, name)
            if any(part.unpack_hook is not None for part in (raw if isinstance(raw, tuple | list) else [raw]) if part):
                return True
    return False


def _height(node: Any) -> int:
    return sum(math.prod(output.shape) for output in node._input_metadata)


def _rows(node: Any) -> list[tuple[Any, ...]]:
    found = []
    outputs = node._input_metadata
    for number, output in enumerate(outputs):
        count = math.prod(output.shape)
        for row in range(count):
            basis = torch.zeros(count, dtype=output.dtype, device="cpu")
            basis[row] = 1
            cotangents: list[torch.Tensor | None] = [None] * len(outputs)
            cotangents[number] = basis.reshape(tuple(output.shape))
            given = node(*cotangents)
            found.append(given if isinstance(given, tuple) else (given,))
    return found


def _is_plain(row: Any) -> bool:
    return row is None or (row.layout == torch.strided and not row.is_complex())


def _row(row: Any, shape: tuple[int, ...]) -> list[Number]:
    if row is None:
        return [0.0] * math.prod(shape)
    # Where an input was broadcast, it is the engine that sums, not the Node.
    flat = row.sum_to_size(shape).reshape(-1)
    return numbers(as_array(flat), dtype_name(flat.dtype))
