"""A tensor in one line, much as torch prints it, shortened."""

from typing import Any

from chainrule.graph import Complex

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
    size = f", size={list(shape)}" if 0 in shape else ""
    return f"tensor({text}{size}{suffix})"


def shown(value: Any) -> str:
    """Write one number with about four digits."""
    if isinstance(value, Complex):
        imaginary = shown(value.im)
        return f"{shown(value.re)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    if isinstance(value, bool):
        return str(value)
    if isinstance(value, int | str):
        return str(value)
    if value.is_integer() and abs(value) < 1e6:
        return f"{value:.0f}."
    if 1e-3 <= abs(value) < 1e5:
        return f"{value:.4f}"
    return f"{value:.4e}"


def _nest(part: Any) -> str:
    if not isinstance(part, list):
        return shown(part)
    if len(part) > 2 * EDGE:
        pieces = [*map(_nest, part[:EDGE]), "...", *map(_nest, part[-EDGE:])]
    else:
        pieces = [_nest(piece) for piece in part]
    return f"[{', '.join(pieces)}]"
