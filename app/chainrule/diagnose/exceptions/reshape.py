"""Reshapes, views and dimensions that do not fit, explained."""

import ast
import math
import re

from chainrule.diagnose.exceptions.context import RaiseContext, dimensions, numbers
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.protocol.messages import Fix
from chainrule.words.saying import say
from chainrule.words.shapes import torch_shape


def _reshape(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    asked, size = numbers(match[1]), int(match[2])
    node, base = moment.node, moment.subject
    tensor = moment.tensor(base)
    name = moment.label(base, say("The tensor"))
    known = math.prod(number for number in asked if number >= 0)
    shape = say(" (shape {shape})", shape=torch_shape(tensor.shape)) if tensor is not None else ""
    detail = say(
        "{name} has {size} elements{shape}, and reshaping keeps every one of them: shape {target_shape} ",
        name=name,
        size=size,
        shape=shape,
        target_shape=torch_shape(asked),
    )
    detail += (
        say("would need a multiple of {count}.", count=known)
        if -1 in asked
        else say("would need {count}.", count=known)
    )
    fixes: list[Fix] = []
    if isinstance(node, ast.Call):
        for index, argument in enumerate(node.args):
            if -1 in asked or index >= len(asked) or isinstance(argument, ast.Tuple | ast.List | ast.Starred):
                break
            rest = math.prod(asked) // asked[index] if asked[index] else 0
            if rest and size % rest == 0:
                made = [*asked[:index], size // rest, *asked[index + 1 :]]
                fixes.append(
                    moment.text.replace(
                        say("Let PyTorch find dimension {index}: shape {shape}", index=index, shape=torch_shape(made)),
                        argument,
                        "-1",
                    )
                )
    if not fixes:
        detail += f" {size} = {_factors(size)}."
    return Diagnosis(detail, tuple(fixes[:2]))


def _factors(size: int) -> str:
    pairs = [f"{a} x {size // a}" for a in range(1, min(math.isqrt(size), 64) + 1) if size % a == 0]
    return " = ".join(pairs[-4:]) or str(size)


def _strides(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    base = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        rest = moment.text.of(node)[len(moment.text.of(node.func)) :]
        fixes = [
            moment.text.replace(
                say("Use reshape, which copies where it must"), node, f"{moment.text.of(base)}.reshape{rest}"
            )
        ]
    return Diagnosis(
        say(
            "view only looks at the same memory in another way, and the elements of {name} do not "
            "lie in memory in the order that it would need (a transpose or a slice before it changed "
            "that). reshape copies them where it must; the gradient is the same.",
            name=moment.label(base, say("this tensor")),
        ),
        tuple(fixes),
    )


def _dimension(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    low, high, got = (int(group) for group in match.groups())
    node, base = moment.node, moment.subject
    count = high + 1
    detail = say(
        "{name} has {dimensions}, numbered from 0 to {last_index} (or from {first_index} to -1, counted from the "
        "end); there is no dimension {index}.",
        name=moment.told(base, say("The tensor")),
        dimensions=dimensions(count),
        last_index=high,
        first_index=low,
        index=got,
    )
    fixes = []
    if isinstance(node, ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        wrong = [argument for argument in given if isinstance(argument, ast.Constant) and argument.value == got]
        if wrong:
            fixes = [moment.text.replace(say("Use the last dimension"), wrong[-1], "-1")]
    return Diagnosis(detail, tuple(fixes))


RULES = (
    rule(r"shape '\[([-\d, ]*)\]' is invalid for input of size (\d+)", "reshape-size", _reshape),
    rule(r"view size is not compatible", "view-strides", _strides),
    rule(
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        "no-such-dimension",
        _dimension,
    ),
)
