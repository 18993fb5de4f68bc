"""What modules, optimizers and custom Functions refuse, explained."""

import ast
import re

import torch

from chainrule.diagnose.edits import leaf_instead
from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import called, grouped
from chainrule.protocol.messages import Fix
from chainrule.tape.tensors.autograd_meta import is_leaf
from chainrule.words.saying import say


def _function_named(moment: RaiseContext, name: str) -> ast.ClassDef | None:
    return next((n for n in moment.text.nodes if isinstance(n, ast.ClassDef) and n.name == name), None)


def _method(owner: ast.ClassDef | None, name: str) -> ast.FunctionDef | None:
    body = owner.body if owner is not None else []
    return next((n for n in body if isinstance(n, ast.FunctionDef) and n.name == name), None)


def _gradient_count(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    name, wants, got = match[1].removesuffix("Backward"), int(match[2]), int(match[3])
    owner = _function_named(moment, name)
    backward, forward = _method(owner, "backward"), _method(owner, "forward")
    inputs = [argument.arg for argument in forward.args.args[1:]] if forward is not None else []
    detail = say("{name}.backward must return one gradient for each input of forward", name=name)
    detail += f" ({', '.join(inputs)})" if inputs else ""
    detail += say(
        ": {inputs}, and it returned {gradients}. Return None for an input that needs none.",
        inputs=wants,
        gradients=got,
    )
    fixes: list[Fix] = []
    span = None
    answer = next((n for n in ast.walk(backward) if isinstance(n, ast.Return)), None) if backward is not None else None
    if answer is not None and answer.value is not None:
        span = moment.text.span(answer)
        given = list(answer.value.elts) if isinstance(answer.value, ast.Tuple) else [answer.value]
        texts = [moment.text.of(item) for item in given]
        made = texts[:wants] if got > wants else [*texts, *(["None"] * (wants - got))]
        title = (
            say("Return {gradients}, the first ones", gradients=wants)
            if got > wants
            else say("Return {gradients}, None for the last ones", gradients=wants)
        )
        if len(given) == got:
            fixes.append(moment.text.replace(title, answer.value, ", ".join(made)))
    return Diagnosis(detail, tuple(fixes), span=span)


def _gradient_of_wrong_shape(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    name = match[1].removesuffix("Backward")
    backward = _method(_function_named(moment, name), "backward")
    span = moment.text.span(backward.body[-1]) if backward is not None else None
    return Diagnosis(
        say(
            "{name}.backward returned a gradient of shape [{gradient_shape}] for input number {position} "
            "(counted from 0), which has shape [{input_shape}]. A gradient has the shape of what it "
            "belongs to.",
            name=name,
            gradient_shape=match[3],
            position=match[2],
            input_shape=match[4],
        ),
        span=span,
    )


def _no_backward(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "A custom Function has two static methods: forward, and backward, which gets the "
            "gradient of the output and returns one gradient for each input. backward is missing "
            "here."
        )
    )


def _instantiated(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Call):
        inner = moment.text.of(node.func.func)
        fixes = [moment.text.replace(say("Call apply on the class"), node.func, f"{inner}.apply")]
    return Diagnosis(
        say("A custom Function is not made into an object: call its apply, on the class itself."), tuple(fixes)
    )


def _non_leaf_optimised(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    detail = say(
        "An optimizer changes leaves in place, and this tensor is the result of an operation: w "
        "= torch.randn(3, requires_grad=True) * 0.1 makes w from a leaf that has no name. Ask "
        "for the gradient after the operation."
    )
    fixes: list[Fix] = []
    for name, value in moment.around.items():
        if isinstance(value, torch.Tensor) and not is_leaf(value):
            for statement in moment.text.bindings(name, moment.line)[:1]:
                fixes += leaf_instead(name, statement, moment.text)
    return Diagnosis(detail, tuple(fixes[:2]))


def _no_parameters(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    return Diagnosis(
        say(
            "The optimizer was given nothing to change. A module knows the parameters of the modules "
            "and nn.Parameters that are set on self in __init__; those in a plain list or dict are "
            "not seen: use nn.ModuleList or nn.ModuleDict. A generator such as model.parameters() is "
            "empty after its first use."
        )
    )


def _parameters_wanted(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call) and node.args:
        fixes = [moment.text.replace(say("Put it in a list"), node.args[0], f"[{moment.text.of(node.args[0])}]")]
    return Diagnosis(say("An optimizer takes a list of tensors, also where there is one."), tuple(fixes))


def _loss_given_tensors(moment: RaiseContext, match: re.Match[str]) -> Diagnosis | None:
    """Explain ``nn.MSELoss(a, b)``: the class takes options, and what it makes takes the tensors."""
    node = moment.node
    if not isinstance(node, ast.Call) or not (called(node) or "").endswith("Loss"):
        return None
    if len(node.args) < 2 or isinstance(node.args[0], ast.Constant):
        return None
    name = moment.text.of(node.func)
    return Diagnosis(
        say(
            "{name} is a class, and its arguments are options. Make the loss first, and give the tensors to what it "
            "made.",
            name=name,
        ),
        (moment.text.replace(say("Call what {name}() made", name=name), node.func, f"{name}()"),),
    )


def _super_missing(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    method = moment.text.enclosing(moment.span, ast.FunctionDef)
    fixes = []
    if isinstance(method, ast.FunctionDef):
        fixes = [moment.text.before_line(say("Call it first"), method.body[0].lineno, "super().__init__()")]
    return Diagnosis(
        say(
            "nn.Module keeps a book of parameters and modules, which its own __init__ makes: call "
            "super().__init__() before setting anything on self."
        ),
        tuple(fixes),
    )


def _no_forward(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    owner = _function_named(moment, match[1])
    fixes = []
    names = [n for n in (owner.body if owner is not None else []) if isinstance(n, ast.FunctionDef)]
    near = [n for n in names if not n.name.startswith("__")]
    if len(near) == 1:
        span = moment.text.span(near[0])
        line = moment.text.line(span.line)
        column = line.index(near[0].name)
        place = span.model_copy(
            update={"column": column, "end_line": span.line, "end_column": column + len(near[0].name)}
        )
        fixes = [Fix(title=say("Rename {name} to forward", name=near[0].name), span=place, text="forward")]
    return Diagnosis(say("Calling a module calls its forward, and {name} has none.", name=match[1]), tuple(fixes))


def _copy(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    fixes = []
    if isinstance(node, ast.Call) and called(node) == "deepcopy" and node.args:
        text = grouped(moment.text.of(node.args[0]), node.args[0])
        fixes = [moment.text.replace(say("Copy it within the graph"), node, f"{text}.clone()")]
    return Diagnosis(
        say(
            "deepcopy makes something that stands alone, and a result of an operation does not: it "
            "has a history. .clone() copies it within the graph, .detach().clone() without its "
            "history."
        ),
        tuple(fixes),
    )


def _nan_found(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    op, number = match[1], match[2]
    node = next((n for n in moment.graph.nodes if n.op == op), None)
    place = (
        say(" (`{code}`, line {line})", code=moment.text.cut(node.span), line=node.span.line)
        if node is not None and node.span is not None
        else ""
    )
    return Diagnosis(
        say(
            "Anomaly detection stopped at {op}{place}: the gradient that it passes to its input "
            "number {number} has NaN. The local derivative is infinite there (a square root, "
            "logarithm or division at 0), and 0 times infinity is NaN. Keep the value away from that "
            "point.",
            op=op,
            place=place,
            number=number,
        ),
        node=node.id if node is not None else None,
        span=node.span if node is not None else None,
    )


RULES = (
    rule(
        r"function (\w+) returned an incorrect number of gradients \(expected (\d+), got (\d+)\)",
        "custom-function",
        _gradient_count,
    ),
    rule(
        r"Function (\w+) returned an invalid gradient at index (\d+) - got \[([\d, ]*)\] but expected shape "
        r"compatible with \[([\d, ]*)\]",
        "custom-function",
        _gradient_of_wrong_shape,
    ),
    rule(r"implement either the backward or vjp method", "custom-function", _no_backward),
    rule(r"Legacy autograd function with non-static forward", "custom-function", _instantiated),
    rule(r"can't optimize a non-leaf Tensor", "leaf-from-operation", _non_leaf_optimised),
    rule(r"optimizer got an empty parameter list", "no-parameters", _no_parameters),
    rule(r"params argument given to the optimizer should be an iterable", "no-parameters", _parameters_wanted),
    rule(r"Boolean value of Tensor with more than one value is ambiguous", "module-set-up", _loss_given_tensors),
    rule(r"before Module\.__init__\(\) call", "module-set-up", _super_missing),
    rule(r'Module \[(\w+)\] is missing the required "forward" function', "module-set-up", _no_forward),
    rule(r"\(graph leaves\) support the deepcopy protocol", "copy-of-non-leaf", _copy),
    rule(r"Function '(\w+)' returned nan values in its (\d+)th output", "nan", _nan_found),
)
