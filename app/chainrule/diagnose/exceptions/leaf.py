"""Leaves, flags and changes in place that autograd refuses at once, explained."""

import ast
import re

from chainrule.diagnose.edits import not_in_place, out_of_place
from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import called, grouped
from chainrule.protocol.messages import Fix
from chainrule.words.saying import say


def _by_module(moment: RaiseContext, what: str) -> Diagnosis | None:
    """Return what is said where a module changes its input in place."""
    module = moment.module
    if module is None or getattr(module, "inplace", False) is not True:
        return None
    kind = type(module).__name__
    return Diagnosis(
        say(
            "{name}, a {kind} with inplace=True, changes its input itself, and its input is {role}. With inplace=False "
            "it makes a new tensor.",
            name=moment.name_of(module) or kind,
            kind=kind,
            role=what,
        ),
        tuple(not_in_place(moment.text, kind)),
        slug="in-place-leaf",
    )


def _leaf_in_place(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    by_module = _by_module(moment, say("a leaf that requires a gradient"))
    if by_module is not None:
        return by_module
    statement = moment.text.statement(moment.span)
    target = moment.changed(statement)
    name = moment.label(target, say("This leaf"))
    view = say("a view of ") if match.group(1) else ""
    detail = say(
        "{name} is {view}a leaf that requires a gradient: backward will ask for the gradient "
        "with respect to its value as it was. Changed in place, that value would be gone, and "
        "the change itself would be a part of the graph that nothing could be differentiated "
        "through. To update it, as an optimizer does, change it with recording switched off; to "
        "compute something new, make a new tensor.",
        name=name,
        view=view,
    )
    fixes: list[Fix] = []
    if statement is not None:
        indent = moment.text.indent(statement.lineno)
        body = moment.text.of(statement).replace("\n", "\n    ")
        fixes.append(
            moment.text.replace(
                say("Change it with recording off"),
                statement,
                f"with torch.no_grad():\n{indent}    {body}",
            )
        )
        fixes += out_of_place(moment.text, statement, name if isinstance(target, ast.Name) else None)
    return Diagnosis(detail, tuple(fixes), slug="in-place-leaf")


def _view_in_place(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    if match[1].startswith("BackwardHook"):
        what = say("what a module with a full backward hook gave, which nothing may change")
        by_module = _by_module(moment, what)
        if by_module is not None:
            return by_module
    statement = moment.text.statement(moment.span)
    name = moment.label(moment.changed(statement), say("This tensor"))
    return Diagnosis(
        say(
            "{name} is one of several views that {operation} gave of one tensor. Changing one of them in "
            "place would change what the others stand for, and autograd cannot follow that. Make a "
            "new tensor instead.",
            name=name,
            operation=match[1].lower(),
        ),
        tuple(out_of_place(moment.text, statement)),
        slug="in-place-leaf",
    )


def _integer(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    call = node if isinstance(node, ast.Call) else None
    fixes: list[Fix] = []
    base = (
        call.func.value
        if call is not None and isinstance(call.func, ast.Attribute) and called(call) == "requires_grad_"
        else None
    )
    maker = call if base is None else None
    if base is not None and call is not None:
        text = grouped(moment.text.of(base), base)
        fixes.append(moment.text.replace(say("Turn it into float32 first"), base, f"{text}.float()"))
        if isinstance(base, ast.Name):
            fixes = list(_as_float(moment, base.id)) or fixes
    elif call is not None and called(call) == "Parameter" and call.args:
        text = grouped(moment.text.of(call.args[0]), call.args[0])
        fixes.append(moment.text.replace(say("Turn it into float32 first"), call.args[0], f"{text}.float()"))
    elif maker is not None and all(keyword.arg != "dtype" for keyword in maker.keywords):
        fixes.append(moment.text.argument(say("Make it float32"), maker, "dtype=torch.float32"))
    elif isinstance(statement := moment.text.statement(moment.span), ast.Assign) and isinstance(
        statement.targets[0], ast.Attribute
    ):
        fixes += _as_float(moment, moment.text.of(statement.targets[0].value))
    return Diagnosis(
        say(
            "A gradient says how a result changes when a value changes a little, and a whole number "
            "cannot change a little. Only floating-point and complex tensors can require one; "
            "numbers written without a point make an integer tensor."
        ),
        tuple(fixes),
    )


def _as_float(moment: RaiseContext, name: str) -> list[Fix]:
    for statement in moment.text.bindings(name, moment.line)[:1]:
        maker = statement.value if isinstance(statement, ast.Assign) else None
        if isinstance(maker, ast.Call) and all(keyword.arg != "dtype" for keyword in maker.keywords):
            return [moment.text.argument(say("Make {name} float32", name=name), maker, "dtype=torch.float32")]
    return []


def _flag_of_non_leaf(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    statement = moment.text.statement(moment.span)
    target = statement.targets[0] if isinstance(statement, ast.Assign) else None
    base = target.value if isinstance(target, ast.Attribute) else None
    name = moment.label(base, say("This tensor"))
    fixes = []
    if statement is not None and isinstance(base, ast.Name):
        fixes.append(
            moment.text.replace(
                say("Cut {name} from the graph instead", name=name), statement, f"{name} = {name}.detach()"
            )
        )
    return Diagnosis(
        say(
            "{name} is the result of an operation, so whether it requires a gradient follows from "
            "what it was computed from. To go on without its history, use .detach().",
            name=name,
        ),
        tuple(fixes),
        slug="flag-of-non-leaf",
    )


def _inference(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    guards = [
        n
        for n in moment.text.nodes
        if isinstance(n, ast.With) and any(called(i.context_expr) == "inference_mode" for i in n.items)
    ]
    fixes = []
    for guard in guards[:1]:
        call = guard.items[0].context_expr
        fixes.append(moment.text.replace(say("Use no_grad instead"), call, "torch.no_grad()"))
    return Diagnosis(
        say(
            "A tensor made under inference_mode keeps no version counter, so it can never take part "
            "in a graph. Under no_grad nothing is recorded either, and its tensors can be used later."
        ),
        tuple(fixes),
    )


RULES = (
    rule(
        r"(a view of )?a leaf Variable that requires grad is being used in an in-place", "in-place-leaf", _leaf_in_place
    ),
    rule(r"Output \d+ of (\w+) is a view and is being modified inplace", "in-place-leaf", _view_in_place),
    rule(
        r"[Oo]nly Tensors of floating point (?:and complex )?dtype can require gradients",
        "integer-requires-grad",
        _integer,
    ),
    rule(r"only change requires_grad flags of leaf variables", "flag-of-non-leaf", _flag_of_non_leaf),
    rule(r"Inference tensors cannot be saved for backward", "inference-tensor", _inference),
)
