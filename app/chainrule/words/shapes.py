"""How a shape is written."""

from collections.abc import Sequence

from chainrule.words.saying import say


def say_shape(sizes: Sequence[int | str]) -> str:
    """Return a shape as people read it.

    >>> say_shape([]), say_shape([4]), say_shape([2, 3])
    ('scalar', '[4]', '2×3')
    """
    if not sizes:
        return say("scalar")
    return "×".join(map(str, sizes)) if len(sizes) > 1 else f"[{sizes[0]}]"


def torch_shape(sizes: Sequence[int]) -> str:
    """Return a shape as PyTorch writes it in its errors, for sentences about these.

    >>> torch_shape([2, 3]), torch_shape([])
    ('[2, 3]', '[]')
    """
    return f"[{', '.join(map(str, sizes))}]"
