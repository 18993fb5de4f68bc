"""Tensors of one kind as one, with what tells them apart as its first dimension, and back."""

from collections.abc import Sequence

import numpy as np

from chainrule.graph.numbers import python_values
from chainrule.graph.tensors.elements import Array, Elements
from chainrule.graph.tensors.storage import STORED
from chainrule.graph.tensors.tensor import Tensor


def stack(tensors: Sequence[Tensor]) -> Tensor | None:
    """Return tensors as one; None where they are not of one shape and dtype, or where not all elements are known."""
    arrays: list[Array] = []
    for tensor in tensors:
        elements, first = tensor.elements, tensors[0].elements
        if elements is None or elements.array is None or first is None or elements.listed != first.listed:
            return None
        if _kind(tensor) != _kind(tensors[0]):
            return None
        arrays.append(elements.array)
    if not arrays:
        return None
    array = np.stack(arrays)
    elements = Elements(array.shape, tensors[0].dtype, array, None, None, tensors[0].is_listed)
    return Tensor.of(elements, requires_grad=tensors[0].requires_grad, is_leaf=tensors[0].is_leaf)


def _kind(tensor: Tensor) -> tuple[object, ...]:
    return (*tensor.shape, tensor.dtype, tensor.requires_grad, tensor.is_leaf)


def can_be_read_back(tensor: Tensor) -> bool:
    """Return whether the parts of a tensor are what they were once its numbers have been listed and read again.

    Of a dtype that NumPy does not have a listed number is read as another one of the next wider.
    """
    return tensor.is_listed and _is_own(tensor.dtype)


def _is_own(dtype: str) -> bool:
    return dtype in STORED and STORED[dtype].name == dtype


def parts_of(tensor: Tensor) -> Tensor:
    """Return a tensor that has parts: itself, or the same made of the numbers that JSON listed.

    Raises:
        ValueError: it has none.
    """
    elements = tensor.elements
    if elements is None:
        if tensor.values is None or not _is_own(tensor.dtype):
            raise ValueError("what is stacked has to list its numbers")
        try:
            with np.errstate(all="ignore"):
                array = np.array(python_values(tensor.values), dtype=STORED[tensor.dtype])
        except (ValueError, TypeError, OverflowError):
            raise ValueError("what is stacked lists what its dtype does not have") from None
        if array.shape != tuple(tensor.shape):
            raise ValueError("what is stacked does not have its shape")
        elements = Elements(array.shape, tensor.dtype, array, None, None, listed=True)
        return Tensor.of(elements, requires_grad=tensor.requires_grad, is_leaf=tensor.is_leaf)
    if elements.array is None or not elements.shape:
        raise ValueError("what is stacked has to have its numbers")
    return tensor
