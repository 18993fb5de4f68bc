"""Numbers, tensors and nodes in a few plain words, for sentences and for the text of a graph."""

import math

from chainrule.graph.model import Complex, Node, Number, Tensor, Values
from chainrule.graph.values import same_everywhere
from chainrule.words.operators import short_name
from chainrule.words.saying import joined, say

_MARKS = {"nan": "NaN", "inf": "Inf", "-inf": "-Inf"}
LISTED = 9
"""Elements up to which a tensor's numbers are told one by one."""


def say_number(number: Number) -> str:
    """Return a number with four decimals, fewer where they are zeros, and an exponent where four would not show it.

    >>> say_number(0.08333334), say_number(2.0), say_number(-1.25e-7), say_number("nan"), say_number(True)
    ('0.0833', '2', '-1.25e-07', 'NaN', 'True')
    """
    if isinstance(number, Complex):
        return f"{say_number(number.re)}{_signed(say_number(number.im))}i"
    if isinstance(number, str):
        return _MARKS[number]
    if isinstance(number, int):
        return str(number)
    if number == 0 or 1e-3 <= abs(number) < 1e6:
        return f"{number:.4f}".rstrip("0").rstrip(".")
    return f"{number:.4g}"


def _signed(word: str) -> str:
    return word if word.startswith("-") else f"+{word}"


def say_shape(tensor: Tensor) -> str:
    """Return the shape as a person writes it.

    Shapes: "scalar" for none, "4" for a vector, "3×3" for a matrix.
    """
    return "×".join(map(str, tensor.shape)) if tensor.shape else say("scalar")


def say_tensor(tensor: Tensor | None) -> str:
    """Return a tensor in one line: its number, its few numbers, or its shape and norm.

    Args:
        tensor: None for one that was not seen.
    """
    if tensor is None:
        return say("nothing")
    if not tensor.numel:
        return say("an empty tensor ({shape})", shape=say_shape(tensor))
    same = same_everywhere(tensor)
    if same is not None:
        return say_number(same) if tensor.numel == 1 else say("{number} at every element", number=say_number(same))
    if tensor.values is not None and tensor.numel <= LISTED:
        return say_values(tensor.values)
    marks: list[str] = [
        f"{count} {name}" for count, name in ((tensor.stats.nan, "NaN"), (tensor.stats.inf, "Inf")) if count
    ]
    if tensor.stats.norm is not None and math.isfinite(tensor.stats.norm):
        marks.insert(0, say("norm {number}", number=say_number(tensor.stats.norm)))
    return joined([say_shape(tensor), " (", joined(marks, ", "), ")"]) if marks else say_shape(tensor)


def say_values(values: Values) -> str:
    """Nested lists of numbers, as Python writes them.

    Args:
        values: Few enough to be told one by one.
    """
    words: list[str] = []
    waiting: list[Values | None] = [values]
    while waiting:
        value = waiting.pop()
        if value is None:
            words.append("]")
        elif isinstance(value, list):
            words.append("[")
            waiting.append(None)
            waiting.extend(reversed(value))
        else:
            words.append(say_number(value))
    text = " ".join(words)
    return text.replace("[ ", "[").replace(" ]", "]").replace(" ", ", ")


def say_node(node: Node) -> str:
    """Return what a person calls a node.

    The variable with the operation, or the operation alone; a constant is its number.
    """
    value = node.outputs[0].value if node.outputs else None
    if node.kind == "constant":
        name = node.names[0] if node.names else None
        words = say_tensor(value) if value is not None and value.numel else say("constant")
        return joined([f"{name} = ", words]) if name else words
    if node.kind == "leaf":
        return node.names[0] if node.names else say("leaf {node}", node=node.id)
    op = short_name(node.op, "custom" in node.flags)
    return f"{node.names[0]} = {op}" if node.names else op


def say_function(node: Node) -> str:
    """Return the node as autograd names it, with the variable that its output is bound to."""
    if node.kind == "leaf":
        return node.names[0] if node.names else say("leaf {node}", node=node.id)
    return f"{node.op} ({node.names[0]})" if node.names else node.op
