"""Types of numbers and indices that do not fit, explained."""

import ast
import re

import torch

from app.graph.wire import Fix
from app.worker.diagnose.moment import Moment, shape_of
from app.worker.diagnose.rule import Diagnosis, rule
from app.worker.diagnose.text import called, grouped


def _sides(moment: Moment) -> list[ast.expr]:
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


def _dtypes_differ(moment: Moment, match: re.Match[str]) -> Diagnosis:
    known = [(node, tensor) for node in _sides(moment) if (tensor := moment.tensor(node)) is not None]
    if moment.module is not None and isinstance(moment.taken, torch.Tensor):
        weight = next(iter(moment.module.parameters()), None)
        name = moment.name_of(moment.module) or type(moment.module).__name__
        told = f"{name} computes in {_dtype(weight)}" if weight is not None else name
        detail = f"{told} and was given a tensor of type {_dtype(moment.taken)}. Convert the input."
        fixes = [
            moment.text.replace("Convert the input to float32", node, f"{grouped(moment.text.of(node), node)}.float()")
            for node, tensor in known
            if tensor is moment.taken and weight is not None and weight.dtype == torch.float32
        ]
        return Diagnosis(detail, tuple(fixes))
    told = ", ".join(f"{moment.label(node, 'one side')} is {_dtype(tensor)}" for node, tensor in known)
    detail = "A product of matrices needs one type on both sides"
    detail += f": {told}." if told else f". {moment.words.strip()}."
    fixes = []
    if len(known) == 2:
        (_, first), (node, second) = known
        if not second.is_floating_point() or first.is_floating_point():
            fixes = [_convert(moment, node, first)]
        else:
            fixes = [_convert(moment, known[0][0], second)]
    return Diagnosis(detail + " Convert one of them.", tuple(fixes))


def _convert(moment: Moment, node: ast.expr, to: torch.Tensor) -> Fix:
    text = grouped(moment.text.of(node), node)
    return moment.text.replace(
        f"Convert {moment.label(node, 'it')} to {_dtype(to)}", node, f"{text}.to(torch.{_dtype(to)})"
    )


def _target_dtype(moment: Moment, match: re.Match[str]) -> Diagnosis:
    sides = _sides(moment)
    target = sides[1] if len(sides) > 1 else None
    name = moment.label(target, "The target")
    fixes = []
    if target is not None:
        text = grouped(moment.text.of(target), target)
        fixes = [moment.text.replace(f"Convert {name} to whole numbers", target, f"{text}.long()")]
    return Diagnosis(
        f"{name} holds the number of the right class for each row, so it must be of type int64 (long), and it is "
        f"{match[1]}. For probabilities of classes as the target, give it the shape of the input instead.",
        tuple(fixes),
    )


def _to_float(moment: Moment, part: ast.expr | None, name: str) -> tuple[Fix, ...]:
    """The fix that converts a part of the program to floating point, where it is known which part."""
    if part is None:
        return ()
    text = grouped(moment.text.of(part), part)
    return (moment.text.replace(f"Convert {name} to float32", part, f"{text}.float()"),)


def _float_target(moment: Moment, match: re.Match[str]) -> Diagnosis:
    sides = _sides(moment)
    target = sides[1] if len(sides) > 1 else None
    name = moment.label(target, "The target")
    return Diagnosis(
        f"This loss computes with its target, so {name} must be of the input's type {match[2]}, and it is {match[1]}.",
        _to_float(moment, target, name),
    )


def _integer_in_place(moment: Moment, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    target = statement.target if isinstance(statement, ast.AugAssign) else None
    name = moment.label(target, "The tensor")
    fixes = []
    if isinstance(target, ast.Name) and isinstance(statement, ast.AugAssign):
        sign = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/"}.get(type(statement.op))
        if sign:
            right = grouped(moment.text.of(statement.value), statement.value)
            fixes = [moment.text.replace(f"Make a new {name}", statement, f"{name} = {name} {sign} {right}")]
    return Diagnosis(
        f"{name} holds numbers of type {match[2]} and is changed in place, so the result of type {match[1]} would have "
        "to be rounded to fit. Make it a floating-point tensor, or make a new tensor.",
        tuple(fixes),
    )


def _integer_operation(moment: Moment, match: re.Match[str]) -> Diagnosis:
    base = moment.subject
    name = moment.label(base, "The tensor")
    return Diagnosis(
        f"{name} holds whole numbers, and the result would not be whole. Convert it to floating point first.",
        _to_float(moment, base, name),
    )


def _one_number(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    base: ast.expr | None = None
    if isinstance(node, ast.Call):
        base = node.func.value if isinstance(node.func, ast.Attribute) and called(node) == "item" else None
        base = base if base is not None else node.args[0] if node.args else None
    tensor = moment.tensor(base)
    name = moment.label(base, "The tensor")
    shape = f"has shape {shape_of(tensor)}" if tensor is not None else "has more than one element"
    fixes: list[Fix] = []
    if base is not None and isinstance(node, ast.Call):
        text = grouped(moment.text.of(base), base)
        if called(node) == "item":
            fixes = [
                moment.text.replace("Give all the numbers, as a list", node, f"{text}.tolist()"),
                moment.text.replace("Give their mean", node, f"{text}.mean().item()"),
            ]
        elif isinstance(node.func, ast.Attribute) and ast.unparse(node.func.value) == "math":
            fixes = [moment.text.replace("Use torch's function, which takes whole tensors", node.func.value, "torch")]
    detail = f"{name} {shape}, and a Python number can only be made of one element."
    if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("math."):
        detail += " Functions of math take one number and leave no graph; torch has the same ones for whole tensors."
    return Diagnosis(detail, tuple(fixes))


def _truth(moment: Moment, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        "A condition is true or false as a whole, and here it is a tensor with one truth value for each element. Say "
        "whether .any() or .all() of them should count; to choose element by element, use torch.where.",
        tuple(
            moment.text.replace(f"Ask whether {word} element is true", test, f"({moment.text.of(test)}).{method}()")
            for test in _tests(moment)
            for word, method in (("any", "any"), ("every", "all"))
        ),
    )


def _tests(moment: Moment) -> list[ast.expr]:
    statement = moment.text.enclosing(moment.span, ast.If) or moment.text.enclosing(moment.span, ast.While)
    if isinstance(statement, ast.If | ast.While) and moment.span and statement.test.lineno == moment.span.line:
        return [statement.test]
    return []


def _numpy(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    base = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    fixes = []
    if base is not None and isinstance(node, ast.Call):
        fixes = [
            moment.text.replace("Leave the graph on purpose", base, f"{grouped(moment.text.of(base), base)}.detach()")
        ]
    return Diagnosis(
        f"{moment.label(base, 'This tensor')} is part of a graph, and a NumPy array carries none: what is "
        "computed from "
        "it gets no gradient. PyTorch wants that said with .detach().",
        tuple(fixes),
    )


def _index(moment: Moment, match: re.Match[str]) -> Diagnosis:
    index, dimension, size = (int(group) for group in match.groups())
    return Diagnosis(
        f"Dimension {dimension} has size {size}: its elements are numbered from 0 to {size - 1} (or -1 to "
        f"-{size}, from "
        f"the end), and {index} was asked for."
    )


def _class(moment: Moment, match: re.Match[str]) -> Diagnosis:
    sides = _sides(moment)
    scores = moment.tensor(sides[0]) if sides else None
    count = scores.shape[1] if scores is not None and scores.ndim > 1 else None
    known = f"there are {count}, numbered from 0 to {count - 1}" if count else "classes are numbered from 0"
    return Diagnosis(f"The target names class {match[1]}, and {known}. Check for a target that counts from 1.")


def _embedding(moment: Moment, match: re.Match[str]) -> Diagnosis | None:
    taken, module = moment.taken, moment.module
    if not isinstance(module, torch.nn.Embedding) or not isinstance(taken, torch.Tensor):
        return None
    low, high = int(taken.min()), int(taken.max())
    worst = high if high >= module.num_embeddings else low
    return Diagnosis(
        f"{moment.name_of(module) or 'The embedding'} has {module.num_embeddings} rows, numbered from 0 to "
        f"{module.num_embeddings - 1}, and row {worst} was asked for."
    )


def _indices_type(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call) and node.args:
        text = grouped(moment.text.of(node.args[0]), node.args[0])
        fixes = [moment.text.replace("Convert to whole numbers", node.args[0], f"{text}.long()")]
    return Diagnosis("An index must be a whole number: convert it with .long().", tuple(fixes))


def _condition(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    fixes = []
    if first is not None:
        text = grouped(moment.text.of(first), first)
        fixes = [moment.text.replace("Compare it with 0", first, f"{text} != 0")]
    return Diagnosis(
        f"where chooses by truth values, and {moment.label(first, 'the condition')} is {match[1].lower()}. "
        "Compare it with "
        "something.",
        tuple(fixes),
    )


def _probability(moment: Moment, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    first = node.args[0] if isinstance(node, ast.Call) and node.args else None
    tensor = moment.tensor(first)
    size = f" goes from {float(tensor.min()):.4g} to {float(tensor.max()):.4g}" if tensor is not None else " does not"
    fixes = []
    if isinstance(node, ast.Call) and called(node) == "binary_cross_entropy":
        text = moment.text.of(node.func)
        fixes = [moment.text.replace("Use the form that takes logits", node.func, f"{text}_with_logits")]
    return Diagnosis(
        f"binary_cross_entropy takes probabilities, from 0 to 1, and {moment.label(first, 'the input')}{size}. "
        "Put a sigmoid "
        "before it, or better, use binary_cross_entropy_with_logits, which has it built in and stays finite.",
        tuple(fixes),
    )


def _data_type(moment: Moment, match: re.Match[str]) -> Diagnosis:
    return Diagnosis("What requires a gradient holds floating-point numbers: convert the new data with .float().")


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
    rule(r"Boolean value of Tensor with more than one value", "truth-of-tensor", _truth),
    rule(r"Can't call numpy\(\) on Tensor that requires grad", "graph-cut", _numpy),
    rule(r"index (-?\d+) is out of bounds for dimension (\d+) with size (\d+)", "index-out-of-range", _index),
    rule(r"Target (-?\d+) is out of bounds", "index-out-of-range", _class),
    rule(r"index out of range in self", "index-out-of-range", _embedding),
    rule(r"to have one of the following scalar types: Long, Int", "dtype-mismatch", _indices_type),
    rule(
        r"where expected condition to be a boolean tensor, but got a tensor with dtype (\w+)",
        "dtype-mismatch",
        _condition,
    ),
    rule(r"all elements of input should be between 0 and 1", "not-a-probability", _probability),
    rule(r"data set to a tensor that requires gradients must be floating point", "dtype-mismatch", _data_type),
)
