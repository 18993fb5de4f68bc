"""A tensor in one line, much as torch prints it, shortened."""

from typing import Any

from chainrule.words.numbers import torch_number
from chainrule.words.shapes import torch_shape

EDGE = 3
"""Elements shown at each end of a dimension that is too long."""


def preview(corner: Any, shape: tuple[int, ...], dtype: str) -> str:
    """Write a tensor in one line.

    Args:
        corner: its elements as nested lists, of which only the first and last three of each dimension are used.
        shape: its shape, which tells where elements are left out.
        dtype: named at the end where torch would name it.
    """
    text = _nest(corner)
    suffix = "" if dtype in ("float32", "int64", "bool", "complex64") else f", dtype=torch.{dtype}"
    size = f", size={torch_shape(shape)}" if 0 in shape else ""
    return f"tensor({text}{size}{suffix})"


def _nest(part: Any) -> str:
    if not isinstance(part, list):
        return torch_number(part)
    if len(part) > 2 * EDGE:
        pieces = [*map(_nest, part[:EDGE]), "...", *map(_nest, part[-EDGE:])]
    else:
        pieces = [_nest(piece) for piece in part]
    return f"[{', '.join(pieces)}]"
