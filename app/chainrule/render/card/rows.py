"""The rows of a card: a tensor, a norm, a remark, what was saved."""

from collections.abc import Iterator
from typing import NamedTuple

from chainrule.graph.model import Node, Saved, Tensor
from chainrule.layout.measure import text
from chainrule.layout.measure.card import Block
from chainrule.layout.measure.forms import Form, form_of, histogram, line_of, words
from chainrule.words.numbers import say_number
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import count_not_finite

_MOST_SAVED = 5
_NORM_CHARACTERS = 9


class Row(NamedTuple):
    """A block and what is in it."""

    block: Block
    content: Tensor | str
    hidden: Tensor | None = None
    """What is not there yet in the step that is shown; it counts for the scale of the tints, which stays the same."""


def tensor_row(kind: str, label: str, tensor: Tensor | None, missing: str) -> Row:
    """Return the row of a tensor in the form that its shape asks for, or of why it is missing."""
    if tensor is None:
        return remark_row(kind, missing, label)
    return Row(Block(kind, label, form_for(tensor)), tensor)


def form_for(tensor: Tensor) -> Form:
    """Return the form of a tensor: what its shape asks for, or a histogram where its numbers were too many to list."""
    listed = tensor.is_listed or not tensor.numel
    return form_of(tuple(tensor.shape), tensor.dtype) if listed else histogram()


def norm_row(kind: str, label: str, tensor: Tensor | None) -> Row:
    """Return the row of a tensor of which only the norm is told, or how many elements are not finite."""
    if tensor is None:
        return remark_row(kind, "none", label)
    remark = ", ".join(count_not_finite(tensor.extent))
    if not remark:
        norm = tensor.norm
        if norm is None:
            return remark_row(kind, "none", label)
        remark = f"norm {say_number(norm, _NORM_CHARACTERS)}"
    return Row(Block(kind, label, line_of(5 + _NORM_CHARACTERS)), text.shorten(remark, 5 + _NORM_CHARACTERS))


def remark_row(kind: str, remark: str, label: str = "") -> Row:
    """Return a row of words."""
    return Row(Block(kind, label, words(remark)), remark)


def saved_rows(node: Node) -> Iterator[Row]:
    """Yield the rows of what a node saved for backward."""
    # Tensors first: the sizes that PyTorch keeps beside them tell less.
    ordered = sorted(node.saved.items(), key=lambda item: not isinstance(item[1], Tensor))
    for name, saved in ordered[:_MOST_SAVED]:
        yield Row(Block("saved", tail(name.removeprefix("_saved_"), 14), line_of(18)), _saved_words(saved))
    left = len(node.saved) - _MOST_SAVED
    if left > 0:
        yield remark_row("", f"and {left} more saved")


def _saved_words(saved: Saved) -> str:
    if isinstance(saved, Tensor):
        return text.shorten(f"{say_shape(saved.shape)} {saved.dtype}", 18)
    if isinstance(saved, float):
        return say_number(saved)
    if isinstance(saved, list):
        return text.shorten(", ".join(_saved_words(part) for part in saved[:6]), 18)
    return text.shorten(str(saved), 18)


def tail(name: str, limit: int) -> str:
    """Return a name in at most so many cells, its end rather than its beginning."""
    # The end of a long dotted name tells more than its beginning.
    name = text.clean(name)
    if text.cells(name) <= limit or not name.isascii():
        return text.shorten(name, limit)
    return text.ELLIPSIS + name[1 - limit :]


def count_of(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun; empty for 0."""
    return f"{number} {one if number == 1 else many or one + 's'}" if number else ""
