"""Gradients that are given and do not fit, explained."""

import ast
import re

from chainrule.diagnose.exceptions.context import RaiseContext, is_autograd, numbers, start_of
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import called, grouped
from chainrule.protocol.messages import Fix
from chainrule.words.saying import say
from chainrule.words.shapes import torch_shape


def _gradient_shape(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    call, root = start_of(moment)
    name = moment.label(root, say("the root"))
    gave, wants = ([int(n) for n in re.findall(r"\d+", shape)] for shape in match.groups())
    detail = say(
        "gradient= says how much each element of {name} counts, so it has {name}'s shape: "
        "{shape}, not {given_shape}. It is the gradient of some later loss with respect to {name}.",
        name=name,
        shape=torch_shape(wants),
        given_shape=torch_shape(gave),
    )
    fixes: list[Fix] = []
    given = _gradient_argument(call)
    if given is not None and root is not None:
        ones = f"torch.ones_like({moment.text.of(root)})"
        fixes.append(moment.text.replace(say("Let every element of {name} count 1", name=name), given, ones))
        tensor = moment.tensor(given)
        count = 1
        for size in wants:
            count *= size
        if tensor is not None and tensor.numel() == count:
            text = grouped(moment.text.of(given), given)
            fixes.insert(
                0,
                moment.text.replace(
                    say("Reshape it to {shape}", shape=torch_shape(wants)), given, f"{text}.reshape({wants})"
                ),
            )
    return Diagnosis(detail, tuple(fixes))


def _gradient_argument(call: ast.Call | None) -> ast.expr | None:
    if call is None:
        return None
    for keyword in call.keywords:
        if keyword.arg in ("gradient", "grad_tensors", "grad_outputs"):
            return keyword.value
    own = isinstance(call.func, ast.Attribute) and called(call) == "backward" and not is_autograd(call.func.value)
    position = 0 if own else 2 if called(call) == "grad" else 1
    return call.args[position] if len(call.args) > position else None


def _gradient_type(moment: RaiseContext, match: re.Match[str]) -> Diagnosis | None:
    call, root = start_of(moment)
    given = _gradient_argument(call)
    if given is None:
        return None
    name = moment.label(root, say("the root"))
    made = f"torch.tensor({moment.text.of(given)})"
    if isinstance(given, ast.Constant) and root is not None:
        made = f"torch.full_like({moment.text.of(root)}, {moment.text.of(given)})"
    fix = moment.text.replace(say("Make it a tensor"), given, made)
    return Diagnosis(
        say("gradient= must be a tensor of the shape of {name}; this is a plain Python value.", name=name),
        (fix,) if isinstance(given, ast.List | ast.Constant) else (),
    )


def _assigned_gradient(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "A gradient has the shape of what it belongs to: {shape}, not {given_shape}.",
            shape=torch_shape(numbers(match[2])),
            given_shape=torch_shape(numbers(match[1])),
        )
    )


RULES = (
    rule(
        r"assign a gradient of size '\[([\d, ]*)\]' to a tensor of size '\[([\d, ]*)\]'",
        "gradient-shape",
        _assigned_gradient,
    ),
    rule(
        r"Mismatch in shape: grad_output\[\d+\] has a shape of torch.Size\(\[([\d, ]*)\]\) and output\[\d+\] has "
        r"a shape of torch.Size\(\[([\d, ]*)\]\)",
        "gradient-shape",
        _gradient_shape,
    ),
    rule(
        r"gradients can be either Tensors or None|'(?:float|int)' object is not iterable",
        "gradient-shape",
        _gradient_type,
    ),
)
