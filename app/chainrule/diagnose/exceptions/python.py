"""Plain Python values where tensors were meant, and names that are not there, explained."""

import ast
import re

import torch

from chainrule.diagnose.edits import torch_instead, updated_in_place
from chainrule.diagnose.exceptions.context import RaiseContext
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.source import called, grouped
from chainrule.program.policy.lookup import closest
from chainrule.protocol.messages import Fix
from chainrule.tape.tensors.autograd_meta import is_leaf
from chainrule.words.saying import say


def _has_no_grad(tensor: torch.Tensor | None) -> bool:
    return tensor is not None and (not is_leaf(tensor) or tensor.grad is None)


def _none(moment: RaiseContext, match: re.Match[str]) -> Diagnosis | None:
    """Something was None: most often a .grad that is not there yet, or a function without a return."""
    grads = [
        node
        for node in moment.text.nodes
        if isinstance(node, ast.Attribute)
        and node.attr == "grad"
        and moment.line is not None
        and node.lineno == moment.line
        and _has_no_grad(moment.tensor(node.value))
    ]
    if grads:
        node = grads[0]
        name = moment.text.of(node.value)
        tensor = moment.tensor(node.value)
        assert tensor is not None
        rebound = _rebound(moment, name)
        if rebound is not None:
            return _rebinding(moment, name, rebound)
        detail = say("{name}.grad is None. ", name=name)
        if not tensor.requires_grad:
            detail += say("{name} does not require a gradient: make it with requires_grad=True.", name=name)
        elif not is_leaf(tensor):
            detail += say(
                "{name} is the result of an operation, and backward keeps gradients of leaves only: call "
                "{name}.retain_grad() before.",
                name=name,
            )
        elif not moment.graph.passes:
            detail += say("No backward has run yet, so there is no gradient.")
        else:
            detail += say(
                "Backward ran, and {name} was not on its way: the loss does not depend on it, or a detach cut it off.",
                name=name,
            )
        statement = moment.text.statement(moment.span)
        fixes = []
        if statement is not None and re.search(r"\.zero_\(\)$", moment.text.of(statement)):
            fixes = [
                moment.text.replace(say("Set it to None instead, which always works"), statement, f"{name}.grad = None")
            ]
        return Diagnosis(detail, tuple(fixes), slug="grad-is-none")
    call = next((node for node in _calls_at(moment) if isinstance(node.func, ast.Name)), None)
    if call is not None and isinstance(call.func, ast.Name):
        made = moment.around.get(call.func.id)
        for function in moment.text.nodes:
            if isinstance(function, ast.FunctionDef) and function.name == call.func.id and callable(made):
                last = function.body[-1]
                fix: tuple[Fix, ...] = ()
                if isinstance(last, ast.Expr):
                    fix = (moment.text.replace(say("Return the value"), last, f"return {moment.text.of(last.value)}"),)
                return Diagnosis(
                    say(
                        "{name} has no return in line {line}, so its calls give None.",
                        name=function.name,
                        line=last.lineno,
                    ),
                    fix,
                )
    return Diagnosis(say("Something here is None: a function without a return, or a .grad before backward."))


def _rebinding(moment: RaiseContext, name: str, rebound: ast.Assign) -> Diagnosis:
    """Return what is said of a leaf that was updated by binding its name to another tensor."""
    detail = say(
        "{name}.grad is None. `{code}` in line {line} binds {name} to another tensor, the result of an operation: the "
        "leaf that has the gradient is not called {name} any more. To update it as an optimizer does, change it in "
        "place, with recording switched off.",
        code=moment.text.short(moment.text.span(rebound)) or name,
        line=rebound.lineno,
        name=name,
    )
    fixes = updated_in_place(moment.text, rebound)
    guard = moment.text.enclosing(moment.text.span(rebound), ast.With)
    if fixes and not (
        isinstance(guard, ast.With) and any(called(one.context_expr) == "no_grad" for one in guard.items)
    ):
        off = f"with torch.no_grad():\n{moment.text.indent(rebound.lineno)}    {fixes[0].text}"
        fixes = [moment.text.replace(say("Change {name} in place, with recording off", name=name), rebound, off)]
    return Diagnosis(detail, tuple(fixes), span=moment.text.span(rebound), slug="grad-is-none")


def _rebound(moment: RaiseContext, name: str) -> ast.Assign | None:
    """Return the statement before that bound a name to something computed from what it stood for: ``w = w - lr*g``."""
    tensor = moment.around.get(name, moment.local.get(name))
    for statement in moment.text.bindings(name, moment.line):
        if isinstance(statement, ast.Assign) and isinstance(tensor, torch.Tensor):
            reads = {ast.unparse(one) for one in ast.walk(statement.value) if isinstance(one, ast.Attribute)}
            return statement if f"{name}.grad" in reads else None
    return None


def _calls_at(moment: RaiseContext) -> list[ast.Call]:
    statement = moment.text.statement(moment.span)
    return [node for node in ast.walk(statement) if isinstance(node, ast.Call)] if statement is not None else []


def _untracked(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    base = None
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        base = node.func.value
    elif isinstance(node, ast.Attribute):
        base = node.value
    name = moment.label(base, "This")
    detail = say(
        "{name} is a plain Python number: it has a value, and no history of how it was computed, "
        "so backward has nowhere to go.",
        name=name,
    )
    fixes: list[Fix] = []
    makers = list(moment.text.calls(None, "item", "tolist")) + [
        call for call in moment.text.calls(None, "float", "int") if isinstance(call.func, ast.Name)
    ]
    for call in makers:
        kept = call.func.value if isinstance(call.func, ast.Attribute) else call.args[0] if call.args else None
        if kept is None:
            continue
        words = moment.text.of(kept)
        detail += say(
            " `{code}` in line {line} made a number of a tensor; add up tensors instead.",
            code=moment.text.of(call),
            line=call.lineno,
        )
        fixes.append(moment.text.replace(say("Keep {expression} as a tensor", expression=words), call, words))
        break
    if any(ast.unparse(call.func).startswith("math.") for call in moment.text.nodes if isinstance(call, ast.Call)):
        detail += say(" Functions of math give plain numbers; use torch's.")
        fixes += torch_instead(moment.text, None)
    return Diagnosis(detail, tuple(fixes))


def _unpack(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    kind = match[1]
    node = moment.node
    base = (
        node.value
        if isinstance(node, ast.Attribute)
        else node.func.value
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
        else None
    )
    name = moment.label(base, "This")
    value = moment.value(base)
    if "return_types" in kind:
        operation = kind.rsplit(".", 1)[-1]
        text = grouped(moment.text.of(base), base) if base is not None else ""
        fixes = (moment.text.replace(say("Take the values"), base, f"{text}.values"),) if base is not None else ()
        return Diagnosis(
            say(
                "{operation} with a dimension gives two tensors, values and indices. Take the one you need.",
                operation=operation,
            ),
            fixes,
        )
    count = f" of {len(value)}" if isinstance(value, tuple) else ""
    detail = say(
        "{name} is a tuple{count}: some modules give several results (an LSTM gives its outputs "
        "and its states). Take the one you need, for example {name}[0].",
        name=name,
        count=count,
    )
    fixes = (
        (moment.text.replace(say("Take the first"), base, f"{moment.text.of(base)}[0]"),) if base is not None else ()
    )
    return Diagnosis(detail, fixes)


def _name(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    name = match[1]
    known = [key for key in [*moment.local, *moment.around] if not key.startswith("__")]
    near = closest(name, [key for key in known if key != name])
    bound = moment.text.bindings(name)
    if bound and moment.line is not None and bound[-1].lineno >= moment.line:
        return Diagnosis(
            say(
                "{name} gets its value in line {assignment_line}, which has not run when line {line} needs it.",
                name=name,
                assignment_line=bound[-1].lineno,
                line=moment.line,
            )
        )
    node = moment.node
    fixes: tuple[Fix, ...] = ()
    if near and isinstance(node, ast.Name):
        fixes = (moment.text.replace(f"Use {near}", node, near),)
    return Diagnosis(
        say("{name} has no value here.", name=name)
        + (say(" Did you mean {suggestion}?", suggestion=near) if near else ""),
        fixes,
    )


def _cpu(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    fixes = []
    node = moment.node
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and called(node) in ("to", "cuda"):
        fixes = [moment.text.replace(say("Leave it on the CPU"), node, moment.text.of(node.func.value))]
    return Diagnosis(say("Programs run on a CPU here; the graph and its gradients are the same there."), tuple(fixes))


def _attribute(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node, wanted = moment.node, match[2]
    place = node.func if isinstance(node, ast.Call) else node
    base = place.value if isinstance(place, ast.Attribute) else None
    owner = moment.value(base) if base is not None else None
    names = [name for name in dir(owner) if not name.startswith("_")] if owner is not None else []
    near = closest(wanted, names)
    detail = say(
        "{name} is of type {kind}, which has nothing called {attribute}.",
        name=moment.label(base, "This"),
        kind=match[1],
        attribute=wanted,
    )
    fixes: list[Fix] = []
    if near and place is not None and base is not None:
        detail += say(" Did you mean {suggestion}?", suggestion=near)
        end = moment.text.span(place)
        word = end.model_copy(update={"line": end.end_line, "column": end.end_column - len(wanted)})
        fixes = [Fix(title=f"Use {near}", span=word, text=near)]
    if isinstance(owner, torch.nn.Module):
        detail += say(" Attributes of a module are set in its __init__.")
    return Diagnosis(detail, tuple(fixes))


def _arguments(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    name = match[1].rpartition(".")[2]
    made = [node for node in moment.text.nodes if isinstance(node, ast.FunctionDef) and node.name == name]
    detail = f"{moment.words.strip()}."
    if made:
        head = ", ".join(argument.arg for argument in made[-1].args.args)
        detail += say(
            " {name}({parameters}) is defined in line {line}.", name=name, parameters=head, line=made[-1].lineno
        )
    if name == "forward":
        detail += say(" self is filled in by the call of the module.")
    return Diagnosis(detail)


RULES = (
    rule(r"'NoneType' object|and 'NoneType'|'NoneType' and|got NoneType|not NoneType", "none-value", _none),
    rule(
        r"'(?:float|int)' object has no attribute '(?:backward|grad|requires_grad|retain_grad|detach)'",
        "not-tracked",
        _untracked,
    ),
    rule(r"'(tuple|torch\.return_types\.\w+)' object has no attribute", "several-results", _unpack),
    rule(r"name '(\w+)' is not defined|local variable '(\w+)'", "name-without-value", _name),
    rule(
        r"Torch not compiled with CUDA|[Nn]o NVIDIA driver|re-initialize CUDA|not compiled with .* enabled|accelerator"
        r"|Cannot get CUDA generator",
        "cpu-only",
        _cpu,
    ),
    rule(r"'(\w+)' object has no attribute '(\w+)'", "no-attribute", _attribute),
    rule(
        r"([\w.<>]+)\(\) (?:missing \d+ required|takes (?:from )?\d+|got an unexpected keyword|got multiple values)",
        "wrong-arguments",
        _arguments,
    ),
)
