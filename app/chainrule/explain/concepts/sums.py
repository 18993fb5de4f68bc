"""Why a gradient is a sum: over the uses of a leaf, and over passes."""

from typing import Literal

import numpy as np

from chainrule.explain.model import Math
from chainrule.explain.values import array
from chainrule.graph.gradients import arrival_at
from chainrule.graph.history import EMPTY
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Data, Node, Tensor
from chainrule.words.saying import Words, joined, say
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_values

Slug = Literal["why-a-scalar", "gradient-argument", "grad-is-none", "gradient-adds-up", "backward-or-grad"]

WRITTEN_SIZE = 6
"""Rows and columns up to which a matrix is written out."""


class Concept(Data):
    """A question with its answer."""

    slug: Slug
    question: Words
    paragraphs: list[Words]
    math: list[Math]
    nodes: list[str]
    """What to look at."""


def over_uses(index: GraphIndex, name: str, leaf: Node, pass_index: int) -> Concept | None:
    """Return why a gradient is the sum over a leaf's uses; None where there is one use."""
    arrival = arrival_at(index, leaf.id, leaf.outputs[0], pass_index) if leaf.outputs else None
    if arrival is None or len(arrival.contributions) < 2:
        return None
    users = [part.edge for part in arrival.contributions]
    shown = joined([told(part.gradient) for part in arrival.contributions], " + ")
    arrived = arrival.gradient
    paragraphs = [
        say(
            "{name} is used {count} times. When it grows a little, each use changes the result, and "
            "the changes add up: so do the contributions that come back.",
            name=name,
            count=len(users),
        )
    ]
    if arrived is not None and len(users) <= WRITTEN_SIZE:
        paragraphs.append(joined([shown, " = ", told(arrived), "."]))
    return Concept(
        slug="gradient-adds-up",
        question=say("Why is the gradient of {name} a sum?", name=name),
        paragraphs=paragraphs,
        math=[],
        nodes=[leaf.id, *dict.fromkeys(edge.source for edge in users)],
    )


def over_passes(name: str, leaf: Node) -> Concept | None:
    """Return why .grad holds several passes; None where it does not."""
    gradients = leaf.outputs[0].gradients if leaf.outputs else EMPTY
    for run, now in gradients.items():
        before, after = in_pass(leaf.accumulated, run - 1), in_pass(leaf.accumulated, run)
        if before is None or after is None or not _is_sum(before, now, after):
            continue
        return Concept(
            slug="gradient-adds-up",
            question=say("Why did {name}.grad add up?", name=name),
            paragraphs=[
                say(
                    "backward adds to .grad and never replaces it. Pass {number} left {old_sum} there, pass "
                    "{next_number} computed {gradient}, so {name}.grad is {new_sum}.",
                    number=run - 1,
                    old_sum=told(before),
                    next_number=run,
                    gradient=told(now),
                    name=name,
                    new_sum=told(after),
                ),
                say(
                    "To start afresh, set {name}.grad = None before backward, as optimizer.zero_grad() does; "
                    "{name}.grad.zero_() fills it with zeros instead, as optimizer.zero_grad(set_to_none=False) does.",
                    name=name,
                ),
            ],
            math=[],
            nodes=[leaf.id],
        )
    return None


def _is_sum(before: Tensor, now: Tensor, after: Tensor) -> bool:
    """Return whether what was there before counts in what is there after."""
    values = [array(tensor) for tensor in (before, now, after)]
    first, second, third = values
    if first is None or second is None or third is None or first.shape != third.shape or not first.any():
        return False
    return second.shape == first.shape and bool(np.allclose(first + second, third, rtol=1e-4, equal_nan=True))


def told(tensor: Tensor) -> str:
    """Return a tensor in a sentence: its numbers where they are few, else its shape."""
    value = array(tensor)
    if value is None or value.size > WRITTEN_SIZE or not value.size:
        return say("a tensor of shape {shape}", shape=say_shape(tensor.shape))
    return say_values(value.tolist())
