"""Types of numbers and indices that do not fit, explained."""

import ast
import re

import torch

from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import called, grouped
from chainrule.protocol.messages import Fix
from chainrule.words.numbers import say_number
from chainrule.words.saying import joined, say
from chainrule.words.shapes import torch_shape


def sides_of(moment: RaiseContext) -> list[ast.expr]:
    """Return the expressions that the operation at the place combines."""
    match moment.node:
        case ast.BinOp(left=left, right=right) | ast.AugAssign(target=left, value=right):
            return [left, right]
        case ast.Call(func=ast.Attribute(value=base), args=args) if moment.tensor(base) is not None:
            return [base, *args]
        case ast.Call(args=args):
            return list(args)
        case _:
            return []


def _dtype(value: torch.Tensor) -> str:
    return str(value.dtype).removeprefix("torch.")


def _dtypes_differ(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    known = [(node, tensor) for node in sides_of(moment) if (tensor := moment.tensor(node)) is not None]
    if moment.module is not None and isinstance(moment.taken, torch.Tensor):
        weight = next(iter(moment.module.parameters()), None)
        name = moment.name_of(moment.module) or type(moment.module).__name__
        told = say("{name} computes in {dtype}", name=name, dtype=_dtype(weight)) if weight is not None else name
        detail = say(
            "{layer} and was given a tensor of type {dtype}. Convert the input.", layer=told, dtype=_dtype(moment.taken)
        )
        fixes = [
            moment.text.replace(
                say("Convert the input to float32"), node, f"{grouped(moment.text.of(node), node)}.float()"
            )
            for node, tensor in known
            if tensor is moment.taken and weight is not None and weight.dtype == torch.float32
        ]
        return Diagnosis(detail, tuple(fixes))
    told = joined(
        [
            say("{name} is {dtype}", name=moment.label(node, say("one side")), dtype=_dtype(tensor))
            for node, tensor in known
        ],
        ", ",
    )
    detail = say("A product of matrices needs one type on both sides")
    detail += joined([": ", told, "."]) if told else f". {moment.words.strip()}."
    fixes = []
    if len(known) == 2:
        (_, first), (node, second) = known
        if not second.is_floating_point() or first.is_floating_point():
            fixes = [_convert(moment, node, first)]
        else:
            fixes = [_convert(moment, known[0][0], second)]
    return Diagnosis(detail + say(" Convert one of them."), tuple(fixes))


def _convert(moment: RaiseContext, node: ast.expr, to: torch.Tensor) -> Fix:
    text = grouped(moment.text.of(node), node)
    return moment.text.replace(
        say("Convert {name} to {dtype}", name=moment.label(node, "it"), dtype=_dtype(to)),
        node,
        f"{text}.to(torch.{_dtype(to)})",
    )


def _target_dtype(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    sides = sides_of(moment)
    target = sides[1] if len(sides) > 1 else None
    name = moment.label(target, say("The target"))
    fixes = []
    if target is not None:
        text = grouped(moment.text.of(target), target)
        fixes = [moment.text.replace(say("Convert {name} to whole numbers", name=name), target, f"{text}.long()")]
    return Diagnosis(
        say(
            "{name} holds the number of the right class for each row, so it must be of type int64 "
            "(long), and it is {dtype}. For probabilities of classes as the target, give it the "
            "shape of the input instead.",
            name=name,
            dtype=match[1],
        ),
        tuple(fixes),
    )


def _to_float(moment: RaiseContext, part: ast.expr | None, name: str) -> tuple[Fix, ...]:
    """Return the fix that converts a part of the program to floating point, where it is known which part."""
    if part is None:
        return ()
    text = grouped(moment.text.of(part), part)
    return (moment.text.replace(say("Convert {name} to float32", name=name), part, f"{text}.float()"),)


def _float_target(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    sides = sides_of(moment)
    target = sides[1] if len(sides) > 1 else None
    name = moment.label(target, say("The target"))
    return Diagnosis(
        say(
            "This loss computes with its target, so {name} must be of the input's type {input_dtype}, and it is "
            "{target_dtype}.",
            name=name,
            input_dtype=match[2],
            target_dtype=match[1],
        ),
        _to_float(moment, target, name),
    )


def _integer_in_place(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    target = statement.target if isinstance(statement, ast.AugAssign) else None
    name = moment.label(target, say("The tensor"))
    fixes = []
    if isinstance(target, ast.Name) and isinstance(statement, ast.AugAssign):
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}.get(type(statement.op))
        if sign:
            right = grouped(moment.text.of(statement.value), statement.value)
            fixes = [
                moment.text.replace(say("Make a new {name}", name=name), statement, f"{name} = {name} {sign} {right}")
            ]
    return Diagnosis(
        say(
            "{name} holds numbers of type {dtype} and is changed in place, so the result of type "
            "{result_dtype} would have to be rounded to fit. Make it a floating-point tensor, or make a "
            "new tensor.",
            name=name,
            dtype=match[2],
            result_dtype=match[1],
        ),
        tuple(fixes),
    )


def _integer_operation(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    base = moment.subject
    name = moment.label(base, say("The tensor"))
    return Diagnosis(
        say(
            "{name} holds whole numbers, and the result would not be whole. Convert it to floating point first.",
            name=name,
        ),
        _to_float(moment, base, name),
    )


def _one_number(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    base: ast.expr | None = None
    if isinstance(node, ast.Call):
        base = node.func.value if isinstance(node.func, ast.Attribute) and called(node) == "item" else None
        base = base if base is not None else node.args[0] if node.args else None
    tensor = moment.tensor(base)
    name = moment.label(base, say("The tensor"))
    shape = (
        say("has shape {shape}", shape=torch_shape(tensor.shape))
        if tensor is not None
        else say("has more than one element")
    )
    fixes: list[Fix] = []
    if base is not None and isinstance(node, ast.Call):
        text = grouped(moment.text.of(base), base)
        if called(node) == "item":
            fixes = [
                moment.text.replace(say("Give all the numbers, as a list"), node, f"{text}.tolist()"),
                moment.text.replace(say("Give their mean"), node, f"{text}.mean().item()"),
            ]
        elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "math":
            fixes = [
                moment.text.replace(say("Use torch's function, which takes whole tensors"), node.func.value, "torch")
            ]
    detail = say("{name} {shape}, and a Python number can only be made of one element.", name=name, shape=shape)
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("math."):
        detail += say(
            " Functions of math take one number and leave no graph; torch has the same ones for whole tensors."
        )
    return Diagnosis(detail, tuple(fixes))


def _numpy(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    sides = sides_of(moment)
    tensors = {id(side): moment.tensor(side) for side in sides}
    # What is computed again here is computed without a graph.
    found = [
        side
        for side in sides
        if (tensor := tensors[id(side)]) is not None and (tensor.requires_grad or moment.value(side) is None)
    ]
    others = [side for side in sides if tensors[id(side)] is None]
    subject = found[0] if found else None
    fixes = []
    if isinstance(node, ast.BinOp | ast.AugAssign) and subject is not None and len(others) == 1:
        title = say("Make a tensor of the array")
        fixes = [moment.text.replace(title, others[0], f"torch.as_tensor({moment.text.of(others[0])})")]
    elif subject is not None and isinstance(node, ast.Call):
        detached = f"{grouped(moment.text.of(subject), subject)}.detach()"
        fixes = [moment.text.replace(say("Leave the graph on purpose"), subject, detached)]
    return Diagnosis(
        say(
            "{name} is part of a graph, and a NumPy array carries none: what is computed from it "
            "gets no gradient. PyTorch wants that said with .detach().",
            name=moment.label(subject, say("This tensor")),
        ),
        tuple(fixes),
    )


def _probability(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    tensor = moment.tensor(first)
    size = say(" does not")
    if tensor is not None:
        low, high = float(tensor.detach().min()), float(tensor.detach().max())
        size = say(" goes from {minimum} to {maximum}", minimum=say_number(low), maximum=say_number(high))
        if low == high:
            size = say(" is {number}", number=say_number(low))
    fixes = []
    if isinstance(node, ast.Call) and called(node) == "binary_cross_entropy":
        text = moment.text.of(node.func)
        fixes = [moment.text.replace(say("Use the form that takes logits"), node.func, f"{text}_with_logits")]
    return Diagnosis(
        say(
            "binary_cross_entropy takes probabilities, from 0 to 1, and {name}{size}. Put a sigmoid "
            "before it, or better, use binary_cross_entropy_with_logits, which has it built in and "
            "stays finite.",
            name=moment.label(first, say("the input")),
            size=size,
        ),
        tuple(fixes),
    )


def _data_type(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(say("What requires a gradient holds floating-point numbers: convert the new data with .float()."))


RULES = (
    rule(
        r"to have the same dtype, but got|must have the same dtype|both vectors to have same dtype|expected "
        r"scalar type",
        "dtype-mismatch",
        _dtypes_differ,
    ),
    rule(r"expected target dtype to be Long or Byte, but got (\w+)", "target-type", _target_dtype),
    rule(r"Found dtype (\w+) but expected (\w+)", "target-type", _float_target),
    rule(r"result type (\w+) can't be cast to the desired output type (\w+)", "dtype-mismatch", _integer_in_place),
    rule(
        r"could not infer output dtype|not implemented for '(?:Long|Int|Short|Bool)'",
        "dtype-mismatch",
        _integer_operation,
    ),
    rule(
        r"elements cannot be converted to Scalar|only one element tensors can be converted",
        "not-one-number",
        _one_number,
    ),
    rule(r"Can't call numpy\(\) on Tensor that requires grad", "graph-cut", _numpy),
    rule(r"all elements of input should be between 0 and 1", "not-a-probability", _probability),
    rule(r"data set to a tensor that requires gradients must be floating point", "dtype-mismatch", _data_type),
)
