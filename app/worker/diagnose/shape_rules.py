"""Shapes that do not fit, explained with both shapes and with what would fit."""

import ast
import math
import re

import torch

from app.graph.wire import Fix
from app.worker.diagnose.moment import Moment
from app.worker.diagnose.rule import Diagnosis, rule
from app.worker.diagnose.text import grouped


def _ints(text: str) -> list[int]:
    return [int(number) for number in re.findall(r"-?\d+", text)]


def _operands(moment: Moment) -> tuple[ast.expr | None, ast.expr | None]:
    """The two sides of the operation at the span."""
    match moment.node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return left, right
        case ast.Compare(left=left, comparators=[right]):
            return left, right
        case ast.Call(func=ast.Attribute(value=base), args=[other]) if moment.tensor(base) is not None:
            return base, other
        case ast.Call(args=[left, right, *_]):
            return left, right
        case _:
            return None, None


def _broadcast(moment: Moment, match: re.Match[str]) -> Diagnosis:
    a, b, dimension = int(match[1]), int(match[2]), int(match[3])
    left, right = _operands(moment)
    one, other = moment.tensor(left), moment.tensor(right)
    told = moment.told(left, "the left side"), moment.told(right, "the right side")
    detail = f"{told[0]} and {told[1]} are combined element by element"
    if one is not None and other is not None:
        detail += f". {_aligned(list(one.shape), list(other.shape))}"
    detail += (
        f" Shapes are compared from the right, and two sizes fit if they are equal or one of them is 1: here {a} meets "
        f"{b} in dimension {dimension}."
    )
    fixes = _broadcast_fixes(moment, left, right, one, other)
    if fixes:
        detail += f" What would fit: {fixes[0].text}."
    elif one is not None and other is not None and one.ndim == other.ndim == 2 and one.shape[1] == other.shape[0]:
        detail += " For a product of matrices write @ instead of *."
    return Diagnosis(detail, tuple(fixes))


def _aligned(one: list[int], other: list[int]) -> str:
    width = max(len(one), len(other))
    rows = []
    for index in range(-width, 0):
        a = one[index] if -index <= len(one) else None
        b = other[index] if -index <= len(other) else None
        rows.append(f"{a if a is not None else '-'} and {b if b is not None else '-'}")
    return "Side by side, dimension by dimension: " + "; ".join(rows) + "."


def _broadcast_fixes(
    moment: Moment,
    left: ast.expr | None,
    right: ast.expr | None,
    one: torch.Tensor | None,
    other: torch.Tensor | None,
) -> list[Fix]:
    if left is None or right is None or one is None or other is None:
        return []
    fixes: list[Fix] = []
    for node, mine, its in ((right, other, one), (left, one, other)):
        text = grouped(moment.text.of(node), node)
        for dimension in range(mine.ndim + 1):
            made = [*mine.shape[:dimension], 1, *mine.shape[dimension:]]
            if _fits(made, list(its.shape)) and len(made) <= its.ndim:
                title = f"Give {moment.label(node, 'this side')} one more dimension, shape {made}"
                fixes.append(moment.text.replace(title, node, f"{text}.unsqueeze({dimension})"))
                break
        if mine.ndim == 2 and _fits([mine.shape[1], mine.shape[0]], list(its.shape)):
            title = f"Transpose {moment.label(node, 'this side')}"
            fixes.append(moment.text.replace(title, node, f"{text}.T"))
    if isinstance(moment.node, ast.BinOp) and isinstance(moment.node.op, ast.Mult) and _multiplies(one, other):
        product = f"{moment.text.of(left)} @ {moment.text.of(right)}"
        fixes.append(moment.text.replace("Multiply as matrices", moment.node, product))
    return fixes[:3]


def _fits(one: list[int], other: list[int]) -> bool:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)


def _multiplies(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.ndim == 2 and 1 <= other.ndim <= 2 and one.shape[1] == other.shape[0]


def _matmul(moment: Moment, match: re.Match[str]) -> Diagnosis:
    if moment.module is not None:
        return _module_input(moment)
    left, right = _operands(moment)
    one, other = moment.tensor(left), moment.tensor(right)
    first, second = moment.told(left, "the left side"), moment.told(right, "the right side")
    if one is None or other is None:
        numbers = match.groupdict()
        shapes = numbers.get("one"), numbers.get("other")
        if shapes[0] and shapes[1]:
            first = f"{moment.label(left, 'the left side')} of shape {_ints(shapes[0])}"
            second = f"{moment.label(right, 'the right side')} of shape {_ints(shapes[1])}"
    detail = (
        f"A product of matrices of shape [n, k] and [k, m] has shape [n, m]: the last size of the left side and the "
        f"{'last but one' if other is None or other.ndim != 1 else 'only'} size of the right side must be equal. Here "
        f"{first} meets {second}."
    )
    fixes = _matmul_fixes(moment, left, right, one, other)
    if fixes:
        detail += f" What would fit: {fixes[0].text}."
    return Diagnosis(detail, tuple(fixes))


def _matmul_fixes(
    moment: Moment,
    left: ast.expr | None,
    right: ast.expr | None,
    one: torch.Tensor | None,
    other: torch.Tensor | None,
) -> list[Fix]:
    if left is None or right is None or one is None or other is None or moment.node is None:
        return []
    a, b = grouped(moment.text.of(left), left), grouped(moment.text.of(right), right)
    fixes: list[Fix] = []
    if other.ndim >= 2 and _inner(one, other.mT):
        fixes.append(moment.text.replace(f"Transpose {moment.label(right, 'the right side')}", right, f"{b}.mT"))
    if one.ndim >= 2 and _inner(one.mT, other):
        fixes.append(moment.text.replace(f"Transpose {moment.label(left, 'the left side')}", left, f"{a}.mT"))
    if _inner(other, one) and isinstance(moment.node, ast.BinOp):
        made = f"{moment.text.of(right)} @ {moment.text.of(left)}"
        fixes.append(moment.text.replace("Swap the two sides", moment.node, made))
    if one.shape == other.shape and isinstance(moment.node, ast.BinOp):
        made = f"{moment.text.of(left)} * {moment.text.of(right)}"
        fixes.append(moment.text.replace("Multiply element by element instead", moment.node, made))
    return fixes[:3]


def _inner(one: torch.Tensor, other: torch.Tensor) -> bool:
    if not one.ndim or not other.ndim:
        return False
    return one.shape[-1] == (other.shape[-2] if other.ndim > 1 else other.shape[0])


def _module_input(moment: Moment) -> Diagnosis:
    """A module that was given something of the wrong size."""
    module, taken = moment.module, moment.taken
    name = moment.name_of(module) or "A module"
    got = f" {list(taken.shape)}" if isinstance(taken, torch.Tensor) else " something else"
    fixes: list[Fix] = []
    wants, position, size = _expected(module, taken)
    detail = f"{name} is {module}"
    detail = detail if len(detail) < 200 else f"{name} is a {type(module).__name__}"
    detail += f". It takes {wants} and was given{got}."
    if position is not None and size is not None:
        for call in moment.text.calls(None, type(module).__name__):
            arguments = [argument.value for argument in call.args if isinstance(argument, ast.Constant)]
            expected = [getattr(module, position)]
            if arguments[:1] == expected:
                title = f"Make {name} take {size}"
                fixes.append(moment.text.replace(title, call.args[0], str(size)))
        if len(fixes) > 1:
            fixes = []
        detail += f" Its {position} should be {size}, or what comes before it should give {getattr(module, position)}."
    if isinstance(module, torch.nn.Linear) and isinstance(taken, torch.Tensor) and taken.ndim > 2:
        rest = math.prod(taken.shape[1:])
        if rest == module.in_features:
            detail += f" Flattened from dimension 1 on, the input would have {rest} features, as {name} wants."
            fixes = _flatten(moment) + fixes
    return Diagnosis(detail, tuple(fixes[:2]), slug="layer-input")


def _expected(module: torch.nn.Module | None, taken: object) -> tuple[str, str | None, int | None]:
    shape = list(taken.shape) if isinstance(taken, torch.Tensor) else []
    match module:
        case torch.nn.Linear():
            return f"[..., {module.in_features}]", "in_features", shape[-1] if shape else None
        case torch.nn.Conv1d() | torch.nn.Conv2d() | torch.nn.Conv3d():
            sizes = {1: "length", 2: "height, width", 3: "depth, height, width"}[len(module.kernel_size)]
            wants = f"[batch, {module.in_channels}, {sizes}]"
            fits = len(shape) == len(module.kernel_size) + 2
            return wants, "in_channels" if fits else None, shape[1] if fits else None
        case torch.nn.LayerNorm():
            sizes = ", ".join(map(str, module.normalized_shape))
            return f"[..., {sizes}]", None, None
        case torch.nn.RNNBase():
            order = "batch, time" if module.batch_first else "time, batch"
            return f"[{order}, {module.input_size}]", "input_size", shape[-1] if shape else None
        case torch.nn.BatchNorm1d() | torch.nn.BatchNorm2d() | torch.nn.BatchNorm3d():
            return f"[batch, {module.num_features}, ...]", "num_features", shape[1] if len(shape) > 1 else None
        case _:
            return "another shape", None, None


def _flatten(moment: Moment) -> list[Fix]:
    node = moment.node
    if isinstance(node, ast.Call) and len(node.args) == 1 and moment.tensor(node.args[0]) is moment.taken:
        text = grouped(moment.text.of(node.args[0]), node.args[0])
        return [moment.text.replace("Flatten the input", node.args[0], f"{text}.flatten(1)")]
    return []


def _module_or(moment: Moment, match: re.Match[str]) -> Diagnosis | None:
    return _module_input(moment) if moment.module is not None else Diagnosis(f"{moment.words.strip().rstrip('.')}.")


def _reshape(moment: Moment, match: re.Match[str]) -> Diagnosis:
    asked, size = _ints(match[1]), int(match[2])
    node = moment.node
    base = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    tensor = moment.tensor(base)
    name = moment.label(base, "The tensor")
    known = math.prod(number for number in asked if number >= 0)
    shape = f" (shape {list(tensor.shape)})" if tensor is not None else ""
    detail = f"{name} has {size} elements{shape}, and reshaping keeps every one of them: shape {asked} "
    detail += f"would need a multiple of {known}." if -1 in asked else f"would need {known}."
    fixes: list[Fix] = []
    if isinstance(node, ast.Call):
        for index, argument in enumerate(node.args):
            if -1 in asked or index >= len(asked) or isinstance(argument, ast.Tuple | ast.List | ast.Starred):
                break
            rest = math.prod(asked) // asked[index] if asked[index] else 0
            if rest and size % rest == 0:
                made = [*asked[:index], size // rest, *asked[index + 1 :]]
                fixes.append(moment.text.replace(f"Let PyTorch find dimension {index}: shape {made}", argument, "-1"))
    if not fixes:
        detail += f" {size} = {_factors(size)}."
    return Diagnosis(detail, tuple(fixes[:2]))


def _factors(size: int) -> str:
    pairs = [f"{a} x {size // a}" for a in range(1, min(math.isqrt(size), 64) + 1) if size % a == 0]
    return " = ".join(pairs[-4:]) or str(size)


def _strides(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    base = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
        rest = moment.text.of(node)[len(moment.text.of(node.func)) :]
        fixes = [
            moment.text.replace(
                "Use reshape, which copies where it must", node, f"{moment.text.of(base)}.reshape{rest}"
            )
        ]
    return Diagnosis(
        "view only looks at the same memory in another way, and the elements of "
        f"{moment.label(base, 'this tensor')} do "
        "not lie in memory in the order that it would need (a transpose or a slice before it changed that). reshape "
        "copies them where it must; the gradient is the same.",
        tuple(fixes),
    )


def _cat(moment: Moment, match: re.Match[str]) -> Diagnosis:
    dimension, expected, got, number = (int(group) for group in match.groups())
    items = _items(moment)
    shapes = [tensor.shape for item in items if (tensor := moment.tensor(item)) is not None]
    told = ", ".join(str(list(shape)) for shape in shapes)
    detail = (
        f"cat puts tensors one after the other along dimension {dimension}; in every other dimension their sizes must "
        f"be equal, and tensor number {number} (counted from 0) has {got} where the first has {expected}."
    )
    if told and len(shapes) == len(items):
        detail += f" Their shapes are {told}."
    fixes: list[Fix] = []
    node = moment.node
    if len(shapes) == len(items) and len(shapes) > 1 and isinstance(node, ast.Call):
        for other in range(len(shapes[0])):
            alike = {(*shape[:other], *shape[other + 1 :]) for shape in shapes}
            if other != dimension and len(alike) == 1:
                given = next((keyword.value for keyword in node.keywords if keyword.arg in ("dim", "axis")), None)
                given = given if given is not None else node.args[1] if len(node.args) > 1 else None
                title = f"Put them together along dimension {other}"
                fixes.append(
                    moment.text.argument(title, node, f"dim={other}")
                    if given is None
                    else moment.text.replace(title, given, str(other))
                )
    return Diagnosis(detail, tuple(fixes))


def _items(moment: Moment) -> list[ast.expr]:
    node = moment.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    return list(first.elts) if isinstance(first, ast.List | ast.Tuple) else []


def _stack(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call):
        text = moment.text.of(node.func)
        if text.endswith("stack"):
            fixes = [
                moment.text.replace(
                    "Put them one after the other with cat", node.func, f"{text.removesuffix('stack')}cat"
                )
            ]
    return Diagnosis(
        f"stack makes a new dimension and puts tensors of the same shape side by side in it. Entry {match[2]} "
        "has shape "
        f"{_ints(match[1])}, entry {match[4]} has {_ints(match[3])}. cat joins them along a dimension that is there.",
        tuple(fixes),
    )


def _dimension(moment: Moment, match: re.Match[str]) -> Diagnosis:
    low, high, got = (int(group) for group in match.groups())
    node = moment.node
    base = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    base = (
        base if moment.tensor(base) is not None else node.args[0] if isinstance(node, ast.Call) and node.args else None
    )
    count = high + 1
    dims = "1 dimension" if count == 1 else f"{count} dimensions"
    detail = (
        f"{moment.told(base, 'The tensor')} has {dims}, numbered from 0 to {high} (or from {low} to -1, counted from "
        f"the end); there is no dimension {got}."
    )
    fixes = []
    if isinstance(node, ast.Call):
        given = [*node.args, *(keyword.value for keyword in node.keywords)]
        wrong = [argument for argument in given if isinstance(argument, ast.Constant) and argument.value == got]
        if wrong:
            fixes = [moment.text.replace("Use the last dimension", wrong[-1], "-1")]
    return Diagnosis(detail, tuple(fixes))


def _expand(moment: Moment, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        f"expand repeats a dimension of size 1; it cannot make {match[2]} elements into {match[1]} (dimension "
        f"{match[3]}). The tensor has shape {_ints(match[5])}, the target is {_ints(match[4])}. Add a dimension "
        "of size "
        "1 first, with unsqueeze, or use repeat."
    )


def _in_place_shape(moment: Moment, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    left, right = _operands(moment)
    if isinstance(statement, ast.AugAssign):
        left, right = statement.target, statement.value
    fixes: list[Fix] = []
    operators = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
    if isinstance(statement, ast.AugAssign) and type(statement.op) in operators and isinstance(left, ast.Name):
        sign = operators[type(statement.op)]
        made = f"{left.id} = {left.id} {sign} {grouped(moment.text.of(statement.value), statement.value)}"
        fixes.append(moment.text.replace(f"Make a new {left.id} instead", statement, made))
    return Diagnosis(
        f"A change in place keeps the shape {_ints(match[1])} of {moment.label(left, 'the tensor')}, but with "
        f"{moment.told(right, 'the other side')} the result would have shape {_ints(match[2])}.",
        tuple(fixes),
    )


def _einsum(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    shapes: list[str] = []
    letters: list[str] = []
    if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
        letters = str(node.args[0].value).replace(" ", "").split("->")[0].split(",")
        for letter, operand in zip(letters, node.args[1:], strict=False):
            shapes.append(f"{letter} for {moment.told(operand, 'an operand')}")
    detail = (
        f"The same letter stands for the same size everywhere: {match[1]} is {match[2]} in operand {match[3]} (counted "
        f"from 0), and was {match[4]} before."
    )
    if shapes:
        detail += f" Your letters: {'; '.join(shapes)}."
    return Diagnosis(detail)


def _batch(moment: Moment, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        f"A loss compares one row of the input with one target: there are {match[1]} rows and {match[2]} targets. For "
        "cross_entropy the input is [batch, classes] and the target [batch] (numbers of classes)."
    )


def _target_size(moment: Moment, match: re.Match[str]) -> Diagnosis:
    sizes = [_ints(group) for group in match.groups()]
    left, right = _operands(moment)
    one, other = moment.tensor(left), moment.tensor(right)
    fixes: list[Fix] = []
    if one is not None and other is not None and right is not None and one.numel() == other.numel():
        text = grouped(moment.text.of(right), right)
        title = f"Give {moment.label(right, 'the target')} the shape of {moment.label(left, 'the input')}"
        fixes.append(moment.text.replace(title, right, f"{text}.view_as({moment.text.of(left) if left else ''})"))
    return Diagnosis(
        f"The target has shape {sizes[0]}, the input {sizes[1]}. Each element of the input is compared with one of the "
        "target, so the shapes must be equal.",
        tuple(fixes),
    )


RULES = (
    rule(
        r"size of tensor a \((\d+)\) must match the size of tensor b \((\d+)\) at non-singleton dimension (\d+)",
        "shape-mismatch",
        _broadcast,
    ),
    rule(
        r"mat1 and mat2 shapes cannot be multiplied \((?P<one>[\dx]+) and (?P<other>[\dx]+)\)",
        "shape-mismatch",
        _matmul,
    ),
    rule(
        r"size mismatch, got input \(\d+\), mat|inconsistent tensor size, expected|1D tensors expected|Expected "
        r"size for first two dimensions of batch2|self must be a matrix",
        "shape-mismatch",
        _matmul,
    ),
    rule(r"shape '\[([-\d, ]*)\]' is invalid for input of size (\d+)", "reshape-size", _reshape),
    rule(r"view size is not compatible", "view-strides", _strides),
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
        r"Dimension out of range \(expected to be in range of \[(-?\d+), (-?\d+)\], but got (-?\d+)\)",
        "no-such-dimension",
        _dimension,
    ),
    rule(
        r"expanded size of the tensor \((\d+)\) must match the existing size \((\d+)\) at non-singleton "
        r"dimension (\d+)\.\s+Target sizes: \[([-\d, ]*)\]\.\s+Tensor sizes: \[([\d, ]*)\]",
        "shape-mismatch",
        _expand,
    ),
    rule(
        r"output with shape \[([\d, ]*)\] doesn't match the broadcast shape \[([\d, ]*)\]",
        "shape-mismatch",
        _in_place_shape,
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
    rule(
        r"expected input\[.*\] to have \d+ channels|Expected \d+D \(unbatched\)|must be equal to "
        r"input_size|Given normalized_shape|running_mean should contain",
        "layer-input",
        _module_or,
    ),
)
