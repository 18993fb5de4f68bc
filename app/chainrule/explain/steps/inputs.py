"""What an operation took in, in words that say what each input is to it."""

import re
from collections.abc import Callable, Sequence

from chainrule.graph.model import Edge, Node
from chainrule.words.saying import listed, say

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


def tell_inputs(
    node: Node, edges: Sequence[Edge], tell: Callable[[Edge], str], shorten: Callable[[list[str]], list[str]]
) -> str:
    """Say what an operation took in: "x (3) to the power 2", "w (2×3) and mask m (2×3)".

    Args:
        node: the operation.
        edges: to what it takes in.
        tell: says one input.
        shorten: leaves out what is too much for a sentence.
    """
    kind = "" if "custom" in node.flags else _ENDING.sub("", node.op)
    by_argument = {edge.argument: edge for edge in edges}
    first, second = _PAIRS.get(kind, ("", ""))
    if len(edges) == 2 and by_argument.keys() == {first, second}:
        return _pair(kind, tell(by_argument[first]), tell(by_argument[second]))
    return listed(shorten([_role(edge, tell(edge)) for edge in edges]))


def _pair(kind: str, first: str, second: str) -> str:
    match kind:
        case "Add":
            return say("{left} plus {right}", left=first, right=second)
        case "Sub" | "Rsub":
            return say("{left} minus {right}", left=first, right=second)
        case "Mul":
            return say("{left} times {right}", left=first, right=second)
        case "Div":
            return say("{dividend} divided by {divisor}", dividend=first, divisor=second)
        case "Pow":
            return say("{base} to the power {exponent}", base=first, exponent=second)
        case "Dot":
            return say("the inner product of {left} and {right}", left=first, right=second)
        case _:
            return say("the matrix product of {left} and {right}", left=first, right=second)


def _role(edge: Edge, told: str) -> str:
    argument = edge.argument
    if argument is None or argument in _PLAIN or told.split(" ")[0] == argument:
        return told
    return say("{argument} {value}", argument=argument.replace("_", " "), value=told)
