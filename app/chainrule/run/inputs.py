"""Inputs and cotangents of a request, as tensors."""

import torch

from chainrule.graph.model import Values
from chainrule.graph.numbers import python_values


def leaf(values: Values) -> torch.Tensor:
    """Make a leaf that requires a gradient from nested lists of numbers."""
    return as_tensor(values).requires_grad_(True)


def as_tensor(values: Values) -> torch.Tensor:
    """Make a tensor from nested lists of numbers: complex if any of them is, else of the default dtype.

    Raises:
        ValueError: the lists are ragged.
    """
    plain = python_values(values)
    tensor = torch.tensor(plain)
    return tensor if tensor.is_complex() else tensor.to(torch.get_default_dtype())
