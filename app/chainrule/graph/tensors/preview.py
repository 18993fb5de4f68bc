"""A tensor in one line, much as torch prints it, shortened."""

from typing import Any

from chainrule.graph.data import Complex, Number

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


def _nest(part: Any) -> str:
    if not isinstance(part, list):
        return torch_number(part)
    if len(part) > 2 * EDGE:
        pieces = [*map(_nest, part[:EDGE]), "...", *map(_nest, part[-EDGE:])]
    else:
        pieces = [_nest(piece) for piece in part]
    return f"[{', '.join(pieces)}]"


def torch_number(number: Number) -> str:
    """Return a number much as PyTorch prints it.

    >>> torch_number(2.0), torch_number(1 / 3), torch_number(1e-7), torch_number("nan"), torch_number(7)
    ('2.', '0.3333', '1.0000e-07', 'nan', '7')
    """
    if isinstance(number, Complex):
        imaginary = torch_number(number.im)
        return f"{torch_number(number.re)}{'' if imaginary.startswith('-') else '+'}{imaginary}j"
    if isinstance(number, bool | int | str):
        return str(number)
    if number.is_integer() and abs(number) < 1e6:
        return f"{number:.0f}."
    return f"{number:.4f}" if 1e-3 <= abs(number) < 1e5 else f"{number:.4e}"
