"""What backward and requires_grad refuse, explained."""

import ast
import re

from chainrule.diagnose.causes.carried import carriers, fixes_of
from chainrule.diagnose.causes.ended import cause_of
from chainrule.diagnose.exceptions.context import RaiseContext, numbers, start_of
from chainrule.diagnose.exceptions.rule import Diagnosis, rule
from chainrule.diagnose.requiring import TOLD, let_require, requiring_names
from chainrule.diagnose.source import called, grouped
from chainrule.protocol.messages import Fix
from chainrule.words.saying import joined, listed, say
from chainrule.words.shapes import torch_shape


def _non_scalar(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    call, root = start_of(moment)
    name = moment.label(root, say("the root"))
    tensor = moment.tensor(root)
    shape = (
        say("has {count} elements (shape {shape})", count=tensor.numel(), shape=torch_shape(tensor.shape))
        if tensor is not None
        else say("is not a scalar")
    )
    detail = say(
        "backward starts with the gradient of one number with respect to itself, which is 1. "
        "{name} {shape}, so there is not one number to start from: PyTorch would have to know "
        "how much each element counts. Make it a scalar, as a loss is, or pass gradient=, a "
        "tensor of {name}'s shape that says how much each element counts; ones give the "
        "gradients of {summed}.sum().",
        name=name,
        summed=name if root is None else grouped(name, root),
        shape=shape,
    )
    fixes: list[Fix] = []
    if root is not None and call is not None:
        text = grouped(moment.text.of(root), root)
        fixes = [
            moment.text.replace(say("Differentiate the sum of {name}", name=name), root, f"{text}.sum()"),
            moment.text.replace(say("Differentiate the mean of {name}", name=name), root, f"{text}.mean()"),
        ]
        if called(call) == "backward" and isinstance(call.func, ast.Attribute) and root is call.func.value:
            ones = f"gradient=torch.ones_like({moment.text.of(root)})"
            fixes.append(moment.text.argument(say("Let every element count 1"), call, ones))
    return Diagnosis(detail, tuple(fixes))


def _complex_root(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    _, root = start_of(moment)
    name = moment.label(root, say("the root"))
    fixes = []
    if root is not None:
        text = grouped(moment.text.of(root), root)
        fixes = [
            moment.text.replace(
                say("Differentiate the squared magnitude of {name}", name=name), root, f"{text}.abs().square()"
            )
        ]
    return Diagnosis(
        say(
            "{name} is a complex number, and only a real one can be made smaller or larger: take its "
            "real part, or its magnitude.",
            name=name,
        ),
        tuple(fixes),
    )


def _twice(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    _, root = start_of(moment)
    name = moment.label(root, say("the root"))
    earlier = [p for p in moment.graph.passes if p.error is None and p.span is not None]
    found = carriers(moment.graph, moment.text, name)
    shared = [one for one in found if one.user is not None and one.name is not None]
    parts = list(dict.fromkeys(one.told() for one in shared))[:2]
    last = earlier[-1].span if earlier else None
    if not parts:
        before = say(", in line {line}", line=last.line) if last is not None else ""
        parts = [say("{name} was differentiated before{place}.", name=name, place=before)]
    parts.append(
        say(
            "The first pass frees the values that the nodes had saved for it, so that memory does not grow; a second "
            "pass over the same graph has nothing to work with."
        )
    )
    changed = {leaf for leaves in moment.updates for leaf in leaves}
    fixes = fixes_of(found, moment.text, moment.span, changed) if found else []
    if last is not None and last == moment.span:
        if not shared:
            parts.append(say("In a loop: move what computes the loss into the loop."))
    elif last is not None:
        parts.append(
            say(
                "Either keep them with retain_graph=True at the first pass, or compute the forward part again, which "
                "makes a new graph."
            )
        )
        call = moment.text.at(last)
        number = earlier[-1].index
        is_changed = number <= len(moment.updates) and bool(moment.updates[number - 1])
        if isinstance(call, ast.Call) and not is_changed:
            title = say("Keep the graph in line {line}", line=last.line)
            fixes.append(moment.text.argument(title, call, "retain_graph=True"))
    bound = shared[0].bound if shared else None
    span = None if bound is None else moment.text.span(bound)
    return Diagnosis(joined(parts, " "), tuple(fixes), span=span, node=found[0].node.id if found else None)


def _nothing(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    _, root = start_of(moment)
    name = moment.label(root, say("the root"))
    tensor = moment.tensor(root)
    whole = tensor is not None and not (tensor.is_floating_point() or tensor.is_complex())
    detail = say(
        "No tensor that {name} was computed from has requires_grad=True at this point, so no "
        "graph was recorded and there is nothing to differentiate with respect to.",
        name=name,
    )
    if whole and tensor is not None:
        detail = say(
            "{name} is of type {kind}. Whole numbers and truth values do not change a little when "
            "their inputs change a little, so operations that give them (argmax, ==, >, .long(), "
            ".round() to int) end the graph.",
            name=name,
            kind=str(tensor.dtype).removeprefix("torch."),
        )
    inner = _first_gradient(moment, root)
    if inner is not None and not moment.ancestry.ends:
        detail += say(
            " {name} comes from the gradient computed in line {line}: that is a plain number for "
            "autograd unless the gradient is itself recorded, with create_graph=True.",
            name=name,
            line=inner.lineno,
        )
        return Diagnosis(detail, (moment.text.argument(say("Record the gradient too"), inner, "create_graph=True"),))
    cause = cause_of(moment.ancestry, moment.text, name)
    if cause is not None:
        told = say("{name} has no graph behind it.", name=name) if not whole else detail
        slug = "integer-ends-graph" if whole or cause.is_whole else None
        return Diagnosis(joined([told, cause.detail], " "), cause.fixes, span=cause.span, slug=slug)
    if whole:
        return Diagnosis(detail, slug="integer-ends-graph")
    asking = requiring_names(moment.around)
    if asking:
        detail = say(
            "{name} was not computed from anything that requires a gradient: not from {leaves}.",
            name=name,
            leaves=listed(asking[:TOLD]),
        )
        return Diagnosis(detail)
    fixes = let_require(moment.text, moment.around, moment.line)
    if fixes:
        detail += say(" Ask for it where the leaf is made.")
    return Diagnosis(detail, tuple(fixes))


def _first_gradient(moment: RaiseContext, root: ast.expr | None) -> ast.Call | None:
    """Return the call of autograd.grad, without create_graph, whose result is differentiated again."""
    used = {node.id for node in ast.walk(root) if isinstance(node, ast.Name)} if root is not None else set()
    for call in moment.text.calls(None, "grad"):
        statement = moment.text.statement(moment.text.span(call))
        targets = statement.targets if isinstance(statement, ast.Assign) else []
        names = {node.id for target in targets for node in ast.walk(target) if isinstance(node, ast.Name)}
        plain = all(keyword.arg != "create_graph" for keyword in call.keywords)
        if plain and used & names and (moment.line is None or call.lineno < moment.line):
            return call
    return None


def _unused(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    call, root = start_of(moment)
    index = (numbers(match.group()) or [0])[0]
    asked = call.args[1] if call is not None and len(call.args) > 1 else None
    if isinstance(asked, ast.Tuple | ast.List) and index < len(asked.elts):
        asked = asked.elts[index]
    name, of = moment.label(asked, say("This tensor")), moment.label(root, say("the output"))
    detail = say(
        "{root} was not computed from {name} (or only by a way that a detach cuts), so its "
        "gradient is not there: it would be zero. With allow_unused=True PyTorch gives None "
        "instead of an error. If {name} was used, look whether it was the same tensor: x = "
        "x.clone() or x = x * 2 makes a new one.",
        root=of,
        name=name,
    )
    base = _part_of(moment, asked)
    if base is not None:
        detail = say(
            "{name} is a new tensor, a part of {base} that was taken out only now: {root} was computed from {base} "
            "itself. Ask for the gradient of {base}, and take the part of that.",
            name=name,
            base=base,
            root=of,
        )
        return Diagnosis(detail)
    fixes = (
        [moment.text.argument(say("Give None for tensors that are not used"), call, "allow_unused=True")]
        if call
        else []
    )
    return Diagnosis(detail, tuple(fixes))


def _part_of(moment: RaiseContext, asked: ast.expr | None) -> str | None:
    """Return what the tensor asked about is a part of, where the program takes a slice of a leaf."""
    node: ast.AST | None = asked
    if isinstance(asked, ast.Name):
        bound = next(iter(moment.text.bindings(asked.id, moment.line)), None)
        node = bound.value if isinstance(bound, ast.Assign) else None
    match node:
        case ast.Subscript(value=base) if (tensor := moment.tensor(base)) is not None and tensor.requires_grad:
            return moment.text.of(base)
    return None


def _not_differentiable_input(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    call, _ = start_of(moment)
    asked = call.args[1] if call is not None and len(call.args) > 1 else None
    name = moment.label(asked, say("One of the tensors"))
    return Diagnosis(
        say(
            "{name} does not require a gradient, so nothing was recorded for it. Make it with "
            "requires_grad=True, before it is used.",
            name=name,
        ),
        tuple(let_require(moment.text, moment.around, moment.line)),
    )


def _hook(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    base = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    return Diagnosis(
        say(
            "{name} requires no gradient, so none will come that a hook could see.",
            name=moment.label(base, say("This tensor")),
        ),
        tuple(let_require(moment.text, moment.around, moment.line)) if not requiring_names(moment.around) else (),
    )


def _retain(moment: RaiseContext, match: re.Match[str]) -> Diagnosis:
    node = moment.node
    base = node.func.value if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None
    name = moment.label(base, say("This tensor"))
    return Diagnosis(
        say(
            "{name} requires no gradient, so there will be none to retain. Nothing that it was "
            "computed from has requires_grad=True.",
            name=name,
        ),
        tuple(let_require(moment.text, moment.around, moment.line)),
    )


RULES = (
    rule(r"implicitly created only for scalar outputs", "backward-non-scalar", _non_scalar),
    rule(r"implicitly created only for real scalar outputs", "backward-complex", _complex_root),
    rule(r"backward through the graph a second time", "backward-twice", _twice),
    rule(r"element \d+ of tensors does not require grad", "nothing-requires-grad", _nothing),
    rule(r"Tensor at index \d+ appears to not have been used|appears to not have been used", "not-in-graph", _unused),
    rule(
        r"One of the differentiated Tensors does not require grad", "nothing-requires-grad", _not_differentiable_input
    ),
    rule(r"cannot register a hook on a tensor that doesn't require gradient", "nothing-requires-grad", _hook),
    rule(r"can't retain_grad on Tensor that has requires_grad=False", "nothing-requires-grad", _retain),
)
