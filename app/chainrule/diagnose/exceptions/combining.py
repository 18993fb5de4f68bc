"""Tensors that do not fit together in a list, a loss, a mask or an einsum, explained."""

import ast
import re

from chainrule.diagnose.exceptions.context import RaiseContext, dimensions, numbers
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import grouped
from chainrule.protocol.messages import Fix
from chainrule.words.saying import joined, say
from chainrule.words.shapes import torch_shape


def _cat(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    dimension, expected, got, number = (int(group) for group in match.groups())
    items = _items(moment)
    shapes = [tensor.shape for item in items if (tensor := moment.tensor(item)) is not None]
    told = ", ".join(map(torch_shape, shapes))
    detail = say(
        "cat puts tensors one after the other along dimension {dimension}; in every other "
        "dimension their sizes must be equal, and tensor number {number} (counted from 0) has "
        "{size} where the first has {first_size}.",
        dimension=dimension,
        number=number,
        size=got,
        first_size=expected,
    )
    if told and len(shapes) == len(items):
        detail += say(" Their shapes are {shapes}.", shapes=told)
    fixes: list[Fix] = []
    node = moment.node
    if len(shapes) == len(items) and len(shapes) > 1 and isinstance(node, ast.Call):
        for other in range(len(shapes[0])):
            alike = {(*shape[:other], *shape[other + 1 :]) for shape in shapes}
            if other != dimension and len(alike) == 1:
                given = next((keyword.value for keyword in node.keywords if keyword.arg in ("dim", "axis")), None)
                given = given if given is not None else node.args[1] if len(node.args) > 1 else None
                title = say("Put them together along dimension {dimension}", dimension=other)
                fixes.append(
                    moment.text.argument(title, node, f"dim={other}")
                    if given is None
                    else moment.text.replace(title, given, str(other))
                )
    return Diagnosis(detail, tuple(fixes))


def _items(moment: RaiseContext) -> list[ast.expr]:
    node = moment.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return list(first.elts) if isinstance(first, ast.List | ast.Tuple) else []


def _stack(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call):
        text = moment.text.of(node.func)
        if text.endswith("stack"):
            fixes = [
                moment.text.replace(
                    say("Put them one after the other with cat"), node.func, f"{text.removesuffix('stack')}cat"
                )
            ]
    return Diagnosis(
        say(
            "stack makes a new dimension and puts tensors of the same shape side by side in it. "
            "Entry {position} has shape {shape}, entry {other_position} has {other_shape}. cat joins them along "
            "a dimension that is there.",
            position=match[2],
            shape=torch_shape(numbers(match[1])),
            other_position=match[4],
            other_shape=torch_shape(numbers(match[3])),
        ),
        tuple(fixes),
    )


def _einsum(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    shapes: list[str] = []
    letters: list[str] = []
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        letters = str(node.args[0].value).replace(" ", "").split("->")[0].split(",")
        for letter, operand in zip(letters, node.args[1:], strict=False):
            shapes.append(say("{letter} for {name}", letter=letter, name=moment.told(operand, say("an operand"))))
    detail = say(
        "The same letter stands for the same size everywhere: {letter} is {size} in operand "
        "{operand} (counted from 0), and was {first_size} before.",
        letter=match[1],
        size=match[2],
        operand=match[3],
        first_size=match[4],
    )
    if shapes:
        detail += say(" Your letters: {letters}.", letters=joined(shapes, "; "))
    return Diagnosis(detail)


def _batch(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "A loss compares one row of the input with one target: there are {rows} rows and "
            "{targets} targets. For cross_entropy the input is [batch, classes] and the target "
            "[batch] (numbers of classes).",
            rows=match[1],
            targets=match[2],
        )
    )


def _target_size(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    sizes = [numbers(group) for group in match.groups()]
    left, right = moment.operands
    one, other = moment.tensor(left), moment.tensor(right)
    fixes: list[Fix] = []
    if one is not None and other is not None and right is not None and one.numel() == other.numel():
        text = grouped(moment.text.of(right), right)
        title = say(
            "Give {target} the shape of {input}",
            target=moment.label(right, say("the target")),
            input=moment.label(left, say("the input")),
        )
        fixes.append(moment.text.replace(title, right, f"{text}.view_as({moment.text.of(left) if left else ''})"))
    return Diagnosis(
        say(
            "The target has shape {target_shape}, the input {input_shape}. Each element of the input is compared "
            "with one of the target, so the shapes must be equal.",
            target_shape=sizes[0],
            input_shape=sizes[1],
        ),
        tuple(fixes),
    )


def _dimensions_differ(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    told = joined([moment.told(item, say("a tensor")) for item in _items(moment)], ", ")
    return Diagnosis(
        say(
            "cat joins tensors with the same number of dimensions, and here {dimensions} meets {other_dimensions}",
            dimensions=match[1],
            other_dimensions=match[2],
        )
        + (joined([": ", told, "."]) if told else ".")
        + say(" Add the missing one with unsqueeze.")
    )


def _mask(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "A mask says of every element whether it is taken, so its shape {mask_shape} must be that "
            "of the tensor, {tensor_shape}, or of its first dimensions.",
            mask_shape=torch_shape(numbers(match[1])),
            tensor_shape=torch_shape(numbers(match[2])),
        )
    )


def _ragged(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "Lists on one level of a tensor have the same length, and here one has {length} where the "
            "first has {first_length} (level {level}, counted from 0).",
            length=match[3],
            first_length=match[1],
            level=match[2],
        )
    )


def _permutation(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "permute names every dimension once, in the new order: {name} has {dimensions}, and {count} are named.",
            name=moment.label(moment.subject, say("the tensor")),
            dimensions=match[1],
            count=match[2],
        )
    )


def _too_many(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    base = moment.node.value if isinstance(moment.node, ast.Subscript) else None
    return Diagnosis(
        say(
            "{name} has {dimensions}, and the index names more of them.",
            name=moment.told(base, say("The tensor")),
            dimensions=dimensions(int(match[1])),
        )
    )


def _equation(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "The letters before the arrow name one operand each, with a comma in between, and "
            "{comparison} operands than that were given.",
            comparison=match[1],
        )
    )


RULES = (
    rule(
        r"Sizes of tensors must match except in dimension (\d+). Expected size (\d+) but got size (\d+) for "
        r"tensor number (\d+)",
        "shape-mismatch",
        _cat,
    ),
    rule(
        r"stack expects each tensor to be equal size, but got \[([\d, ]*)\] at entry (\d+) and \[([\d, ]*)\] at "
        r"entry (\d+)",
        "shape-mismatch",
        _stack,
    ),
    rule(
        r"einsum\(\): subscript (\w) has size (\d+) for operand (\d+) which does not broadcast with previously "
        r"seen size (\d+)",
        "shape-mismatch",
        _einsum,
    ),
    rule(r"Expected input batch_size \((\d+)\) to match target batch_size \((\d+)\)", "shape-mismatch", _batch),
    rule(
        r"[Tt]arget size \(torch\.Size\(\[([\d, ]*)\]\)\).*input size \(torch\.Size\(\[([\d, ]*)\]\)\)",
        "shape-mismatch",
        _target_size,
    ),
    rule(r"Tensors must have same number of dimensions: got (\d+) and (\d+)", "shape-mismatch", _dimensions_differ),
    rule(
        r"shape of the mask \[([\d, ]*)\] at index \d+ does not match the shape of the indexed tensor \[([\d, ]*)\]",
        "shape-mismatch",
        _mask,
    ),
    rule(r"expected sequence of length (\d+) at dim (\d+) \(got (\d+)\)", "shape-mismatch", _ragged),
    rule(
        r"desired ordering of dimensions.*input\.dim\(\) = (\d+) is not equal to len\(dims\) = (\d+)",
        "no-such-dimension",
        _permutation,
    ),
    rule(r"too many indices for tensor of dimension (\d+)", "no-such-dimension", _too_many),
    rule(r"einsum\(\): (fewer|more) operands were provided", "shape-mismatch", _equation),
)
