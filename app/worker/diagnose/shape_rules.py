"""Shapes that do not fit, explained with both shapes and with what would fit."""

import ast
import math
import re

import torch

from app.graph.wire import Fix
from app.worker.diagnose.layer_rules import module_input
from app.worker.diagnose.moment import Moment, numbers
from app.worker.diagnose.rule import Diagnosis, rule
from app.worker.diagnose.text import called, grouped


def _broadcast(moment: Moment, match: re.Match[str]) -> Diagnosis:
    a, b, dimension = int(match[1]), int(match[2]), int(match[3])
    left, right = moment.operands
    one, other = moment.tensor(left), moment.tensor(right)
    told = moment.told(left, "the left side"), moment.told(right, "the right side")
    detail = f"{told[0]} and {told[1]} are combined element by element"
    if one is not None and other is not None:
        detail += f". {_aligned(list(one.shape), list(other.shape))[:-1]}"
    detail += (
        "."
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
        return module_input(moment)
    left, right = moment.operands
    one, other = moment.tensor(left), moment.tensor(right)
    first, second = moment.told(left, "the left side"), moment.told(right, "the right side")
    if one is None or other is None:
        told = match.groupdict()
        shapes = told.get("one"), told.get("other")
        if shapes[0] and shapes[1]:
            first = f"{moment.label(left, 'the left side')} of shape {numbers(shapes[0])}"
            second = f"{moment.label(right, 'the right side')} of shape {numbers(shapes[1])}"
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
    is_product = isinstance(moment.node, ast.BinOp) or called(moment.node) in ("matmul", "mm", "bmm", "mv")
    if left is None or right is None or one is None or other is None or moment.node is None or not is_product:
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


def _reshape(moment: Moment, match: re.Match[str]) -> Diagnosis:
    asked, size = numbers(match[1]), int(match[2])
    node, base = moment.node, moment.subject
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


def _dimension(moment: Moment, match: re.Match[str]) -> Diagnosis:
    low, high, got = (int(group) for group in match.groups())
    node, base = moment.node, moment.subject
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
        f"{match[3]}). The tensor has shape {numbers(match[5])}, the target is {numbers(match[4])}. Add a dimension "
        "of size "
        "1 first, with unsqueeze, or use repeat."
    )


def _in_place_shape(moment: Moment, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    left, right = moment.operands
    if isinstance(statement, ast.AugAssign):
        left, right = statement.target, statement.value
    fixes: list[Fix] = []
    operators = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
    if isinstance(statement, ast.AugAssign) and type(statement.op) in operators and isinstance(left, ast.Name):
        sign = operators[type(statement.op)]
        made = f"{left.id} = {left.id} {sign} {grouped(moment.text.of(statement.value), statement.value)}"
        fixes.append(moment.text.replace(f"Make a new {left.id} instead", statement, made))
    return Diagnosis(
        f"A change in place keeps the shape {numbers(match[1])} of {moment.label(left, 'the tensor')}, but with "
        f"{moment.told(right, 'the other side')} the result would have shape {numbers(match[2])}.",
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
)
