"""What an operation took in, in words that say what each input is to it."""

import re
from collections.abc import Callable, Sequence

from chainrule.graph.model import Edge, Node
from chainrule.words.saying import joined, listed, say

_ENDING = re.compile(r"Backward\d*$")
_PAIRS: dict[str, tuple[str, str]] = {
    "Add": ("self", "other"),
    "Sub": ("self", "other"),
    "Rsub": ("other", "self"),
    "Mul": ("self", "other"),
    "Div": ("self", "other"),
    "Pow": ("self", "exponent"),
    "Mm": ("self", "mat2"),
    "Bmm": ("self", "mat2"),
    "Mv": ("self", "vec"),
    "Dot": ("self", "tensor"),
}
"""Of operations on two inputs, their arguments in the order in which a person reads them."""
_PLAIN = frozenset(
    "self other input tensor tensors mat1 mat2 vec vec1 vec2 batch1 batch2 src source result x values".split()
)
"""Arguments whose name tells nothing."""


_MARKS = {"Add": "+", "Sub": "-", "Rsub": "-", "Mul": "×", "Div": "/", "Pow": "^", "Dot": "·"}
"""What stands between the two; between matrices, Python's own mark."""


def tell_formula(
    node: Node, edges: Sequence[Edge], name: Callable[[Edge], str], number: Callable[[Edge], str | None]
) -> str | None:
    """Say what an operation on two inputs computes: "x^2", "x × w = 2 × 3".

    Args:
        node: the operation.
        edges: to what it takes in.
        name: says what an input is called.
        number: says the number that an input is; None where it is several.

    Returns:
        None where it is no operation on two.
    """
    kind = _kind(node)
    by_argument = {edge.argument: edge for edge in edges}
    first, second = _PAIRS.get(kind, ("", ""))
    if len(edges) != 2 or by_argument.keys() != {first, second}:
        return None
    pair = by_argument[first], by_argument[second]
    mark = _MARKS.get(kind, "@")
    between = mark if mark == "^" else f" {mark} "
    names, numbers = [name(edge) for edge in pair], [number(edge) for edge in pair]
    if None in numbers or names == numbers:
        return joined([names[0], between, names[1]])
    return joined([names[0], between, names[1], " = ", numbers[0] or "", between, _in_brackets(numbers[1] or "")])


def _in_brackets(number: str) -> str:
    return f"({number})" if number.startswith("-") else number


def _kind(node: Node) -> str:
    return "" if "custom" in node.flags else _ENDING.sub("", node.op)


def tell_inputs(edges: Sequence[Edge], tell: Callable[[Edge], str], shorten: Callable[[list[str]], list[str]]) -> str:
    """Say what an operation took in: "w (shape [2, 3]) and mask = m (shape [2, 3])".

    Args:
        edges: to what it takes in.
        tell: says one input.
        shorten: leaves out what is too much for a sentence.
    """
    return listed(shorten([_role(edge, tell(edge)) for edge in edges]))


def _role(edge: Edge, told: str) -> str:
    argument = edge.argument
    if argument is None or argument in _PLAIN or told.split(" ")[0] == argument:
        return told
    return say("{argument} = {value}", argument=argument.replace("_", " "), value=told)
