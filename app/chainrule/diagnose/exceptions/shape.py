"""Shapes that do not fit, explained with both shapes and with what would fit."""

import ast
import re

import torch

from chainrule.diagnose.exceptions.context import RaiseContext, numbers
from chainrule.diagnose.exceptions.layer import module_input
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import called, grouped
from chainrule.protocol.messages import Fix
from chainrule.words.saying import joined, say
from chainrule.words.shapes import torch_shape


def _broadcast(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    a, b, dimension = int(match[1]), int(match[2]), int(match[3])
    left, right = moment.operands
    one, other = moment.tensor(left), moment.tensor(right)
    told = moment.told(left, say("the left side")), moment.told(right, say("the right side"))
    detail = say("{tensor} and {other_tensor} are combined element by element", tensor=told[0], other_tensor=told[1])
    if one is not None and other is not None:
        detail += ". " + _aligned(list(one.shape), list(other.shape))
    detail += say(
        ". Shapes are compared from the right, and two sizes fit if they are equal or one of "
        "them is 1: here {size} meets {other_size} in dimension {dimension}.",
        size=a,
        other_size=b,
        dimension=dimension,
    )
    fixes = _broadcast_fixes(moment, left, right, one, other)
    if fixes:
        detail += say(" What would fit: {text}.", text=fixes[0].text)
    elif one is not None and other is not None and one.ndim == other.ndim == 2 and one.shape[1] == other.shape[0]:
        detail += say(" For a product of matrices write @ instead of *.")
    return Diagnosis(detail, tuple(fixes))


def _aligned(one: list[int], other: list[int]) -> str:
    width = max(len(one), len(other))
    rows = []
    for index in range(-width, 0):
        a = one[index] if -index <= len(one) else None
        b = other[index] if -index <= len(other) else None
        rows.append(say("{items} and {item}", items="-" if a is None else a, item="-" if b is None else b))
    return say("Side by side, dimension by dimension: ") + joined(rows, "; ")


def _broadcast_fixes(
    moment: RaiseContext,
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
                title = say(
                    "Give {name} one more dimension, shape {shape}",
                    name=moment.label(node, say("this side")),
                    shape=torch_shape(made),
                )
                fixes.append(moment.text.replace(title, node, f"{text}.unsqueeze({dimension})"))
                break
        if mine.ndim == 2 and _fits([mine.shape[1], mine.shape[0]], list(its.shape)):
            title = say("Transpose {name}", name=moment.label(node, say("this side")))
            fixes.append(moment.text.replace(title, node, f"{text}.T"))
    if isinstance(moment.node, ast.BinOp) and isinstance(moment.node.op, ast.Mult) and _multiplies(one, other):
        product = f"{moment.text.of(left)} @ {moment.text.of(right)}"
        fixes.append(moment.text.replace(say("Multiply as matrices"), moment.node, product))
    return fixes[:3]


def _fits(one: list[int], other: list[int]) -> bool:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return all(a == b or 1 in (a, b) for a, b in pairs)


def _multiplies(one: torch.Tensor, other: torch.Tensor) -> bool:
    return one.ndim == 2 and 1 <= other.ndim <= 2 and one.shape[1] == other.shape[0]


def _matmul(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    if moment.module is not None:
        return module_input(moment)
    left, right = moment.operands
    one, other = moment.tensor(left), moment.tensor(right)
    first, second = moment.told(left, say("the left side")), moment.told(right, say("the right side"))
    if one is None or other is None:
        told = match.groupdict()
        shapes = told.get("one"), told.get("other")
        if shapes[0] and shapes[1]:
            first = say(
                "{name} of shape {shape}",
                name=moment.label(left, say("the left side")),
                shape=torch_shape(numbers(shapes[0])),
            )
            second = say(
                "{name} of shape {shape}",
                name=moment.label(right, say("the right side")),
                shape=torch_shape(numbers(shapes[1])),
            )
    detail = say(
        "A product of matrices of shape [n, k] and [k, m] has shape [n, m]: the last size of the "
        "left side and the {position} size of the right side must be equal. Here {size} meets "
        "{other_size}.",
        position=say("last but one") if other is None or other.ndim != 1 else say("only"),
        size=first,
        other_size=second,
    )
    fixes = _matmul_fixes(moment, left, right, one, other)
    if fixes:
        detail += say(" What would fit: {text}.", text=fixes[0].text)
    return Diagnosis(detail, tuple(fixes))


def _matmul_fixes(
    moment: RaiseContext,
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
        fixes.append(
            moment.text.replace(
                say("Transpose {name}", name=moment.label(right, say("the right side"))), right, f"{b}.mT"
            )
        )
    if one.ndim >= 2 and _inner(one.mT, other):
        fixes.append(
            moment.text.replace(say("Transpose {name}", name=moment.label(left, say("the left side"))), left, f"{a}.mT")
        )
    if _inner(other, one) and isinstance(moment.node, ast.BinOp):
        made = f"{moment.text.of(right)} @ {moment.text.of(left)}"
        fixes.append(moment.text.replace(say("Swap the two sides"), moment.node, made))
    if one.shape == other.shape and isinstance(moment.node, ast.BinOp):
        made = f"{moment.text.of(left)} * {moment.text.of(right)}"
        fixes.append(moment.text.replace(say("Multiply element by element instead"), moment.node, made))
    return fixes[:3]


def _inner(one: torch.Tensor, other: torch.Tensor) -> bool:
    if not one.ndim or not other.ndim:
        return False
    return one.shape[-1] == (other.shape[-2] if other.ndim > 1 else other.shape[0])


def _expand(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "expand repeats a dimension of size 1; it cannot make {size} elements into {target_size} "
            "(dimension {dimension}). The tensor has shape {shape}, the target is {target_shape}. Add a "
            "dimension of size 1 first, with unsqueeze, or use repeat.",
            size=match[2],
            target_size=match[1],
            dimension=match[3],
            shape=torch_shape(numbers(match[5])),
            target_shape=torch_shape(numbers(match[4])),
        )
    )


def _in_place_shape(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    left, right = moment.operands
    if isinstance(statement, ast.AugAssign):
        left, right = statement.target, statement.value
    fixes: list[Fix] = []
    operators = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}
    if isinstance(statement, ast.AugAssign) and type(statement.op) in operators and isinstance(left, ast.Name):
        sign = operators[type(statement.op)]
        made = f"{left.id} = {left.id} {sign} {grouped(moment.text.of(statement.value), statement.value)}"
        fixes.append(moment.text.replace(say("Make a new {tensor} instead", tensor=left.id), statement, made))
    return Diagnosis(
        say(
            "A change in place keeps the shape {shape} of {name}, but with {operand} the result "
            "would have shape {result_shape}.",
            shape=torch_shape(numbers(match[1])),
            name=moment.label(left, say("the tensor")),
            operand=moment.told(right, say("the other side")),
            result_shape=torch_shape(numbers(match[2])),
        ),
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
