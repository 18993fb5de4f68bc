"""Edits that more than one problem asks for."""

import ast

import torch

from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Span
from chainrule.protocol.messages import Fix
from chainrule.words.saying import say

OPERATORS: dict[type[ast.operator], str] = {
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
    ast.Pow: "**",
    ast.MatMult: "@",
    ast.FloorDiv: "//",
    ast.Mod: "%",
}
"""The sign of each operator."""


def out_of_place(text: SourceText, statement: ast.stmt | None, name: str | None = None) -> list[Fix]:
    """Fixes that turn a change in place into a new tensor: ``y += 1`` into ``y = y + 1``."""
    match statement:
        case ast.AugAssign(target=ast.Name(id=own), op=operator, value=value) if type(operator) in OPERATORS:
            right = text.of(value)
            right = right if isinstance(value, ast.Name | ast.Constant | ast.Call | ast.Attribute) else f"({right})"
            made = f"{own} = {own} {OPERATORS[type(operator)]} {right}"
            return [text.replace(say("Make a new {tensor} instead", tensor=own), statement, made)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=own), attr=method)) as call) if (
            method.endswith("_") and method not in ("requires_grad_", "zero_", "copy_", "fill_")
        ):
            rest = text.of(call)[len(text.of(call.func)) :]
            return [
                text.replace(
                    say("Make a new {tensor} instead", tensor=own), statement, f"{own} = {own}.{method[:-1]}{rest}"
                )
            ]
        case (
            ast.Assign(targets=[ast.Subscript(value=ast.Name(id=own))])
            | ast.AugAssign(target=ast.Subscript(value=ast.Name(id=own)))
        ):
            return [
                text.before_line(
                    say("Change a copy of {tensor}", tensor=own), statement.lineno, f"{own} = {own}.clone()"
                )
            ]
        case _:
            return []


def leaf_instead(name: str, statement: ast.stmt, text: SourceText) -> list[Fix]:
    """Return the edit that makes ``w`` the leaf in ``w = randn(3, requires_grad=True)*2``.

    None where the leaf has a name of its own.
    """
    value = statement.value if isinstance(statement, ast.Assign) else None
    if not isinstance(value, ast.BinOp):
        return []
    for call in (node for node in ast.walk(value) if isinstance(node, ast.Call)):
        kept = [keyword for keyword in call.keywords if keyword.arg != "requires_grad"]
        if len(kept) < len(call.keywords):
            arguments = [text.of(argument) for argument in call.args]
            arguments += [f"{keyword.arg}={text.of(keyword.value)}" for keyword in kept]
            plain = f"{text.of(call.func)}({', '.join(arguments)})"
            made = text.of(value).replace(text.of(call), plain, 1)
            return [text.replace(say("Make {name} itself the leaf", name=name), value, f"({made}).requires_grad_()")]
    return []


def torch_instead(text: SourceText, place: Span | None) -> list[Fix]:
    """Return the fix that puts torch's function in the place of the first of math's, which gives a plain number.

    Args:
        text: of the program.
        place: where to look; everywhere if None.
    """
    for call in (node for node in text.nodes if isinstance(node, ast.Call)):
        match call.func:
            case ast.Attribute(value=ast.Name(id="math"), attr=name) if hasattr(torch, name) and (
                place is None or place.line <= call.lineno <= place.end_line
            ):
                if any(isinstance(node, ast.Name) for argument in call.args for node in ast.walk(argument)):
                    return [
                        text.replace(
                            say("Use torch.{name}, which takes tensors", name=name), call.func, f"torch.{name}"
                        )
                    ]
    return []


def optimizer_of(text: SourceText) -> tuple[str, ast.Call] | None:
    """Return the name of the program's optimizer, and the call that made it."""
    for node in text.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            name = ast.unparse(node.value.func)
            if name.startswith(("torch.optim.", "optim.")) and "lr_scheduler" not in name:
                return node.targets[0].id, node.value
    return None


def updated_in_place(text: SourceText, statement: ast.Assign) -> list[Fix]:
    """Fixes that turn ``w = w - lr*g`` into the change of ``w`` itself, ``w -= lr*g``."""
    match statement:
        case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=operator, right=right)) if type(
            operator
        ) in OPERATORS and text.of(left) == text.of(target):
            made = f"{text.of(target)} {OPERATORS[type(operator)]}= {text.of(right)}"
            return [text.replace(say("Change {name} in place", name=text.of(target)), statement, made)]
        case _:
            return []


def joined_in_graph(text: SourceText, call: ast.Call) -> list[Fix]:
    """Fixes that make a tensor of tensors within the graph: ``torch.tensor([a, b])`` into ``torch.stack([a, b])``."""
    if not call.args:
        return []
    argument = call.args[0]
    if isinstance(argument, ast.List | ast.Tuple):
        prefix = text.of(call.func).rpartition(".")[0]
        made = _stacked(text, argument, f"{prefix}." if prefix else "torch.")
        return [text.replace(say("Stack the tensors, which keeps their history"), call, made)]
    words = text.of(argument)
    plain = words if isinstance(argument, ast.Name | ast.Attribute | ast.Call | ast.Subscript) else f"({words})"
    return [text.replace(say("Copy it within the graph"), call, f"{plain}.clone()")]


def _stacked(text: SourceText, items: ast.List | ast.Tuple, prefix: str) -> str:
    parts = []
    for item in items.elts:
        if isinstance(item, ast.List | ast.Tuple):
            parts.append(_stacked(text, item, prefix))
        elif isinstance(item, ast.Constant) or (
            isinstance(item, ast.UnaryOp) and isinstance(item.operand, ast.Constant)
        ):
            parts.append(f"{prefix}tensor(float({text.of(item)}))")
        else:
            parts.append(text.of(item))
    return f"{prefix}stack([{', '.join(parts)}])"


def not_in_place(text: SourceText, kind: str) -> list[Fix]:
    """Fixes that let a module make a new tensor: ``nn.ReLU(inplace=True)`` into ``nn.ReLU(inplace=False)``.

    Args:
        text: of the program.
        kind: the module's class; where the program makes several of them in place, nobody can say which one it is.
    """
    asked = []
    for call in text.calls(None, kind):
        given = next((one.value for one in call.keywords if one.arg == "inplace"), None)
        if given is None and len(call.args) == 1 and kind in ("ReLU", "ReLU6", "SELU", "SiLU", "Mish", "Hardswish"):
            given = call.args[0]
        if isinstance(given, ast.Constant) and given.value is True:
            asked.append(given)
    edits = [(one, "False") for one in asked]
    return [text.all_of(say("Let {kind} make a new tensor", kind=kind), edits)] if edits else []
