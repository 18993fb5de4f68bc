"""Where NaN and infinity first appear, forward and backward."""

import ast
from collections.abc import Iterator, Sequence

from chainrule.diagnose.findings.derivative import say_derivative
from chainrule.diagnose.findings.flow import GraphFlow, elements, is_finite
from chainrule.diagnose.source import called, grouped
from chainrule.graph.index import in_pass
from chainrule.graph.model import Edge, Node, Pass, Tensor
from chainrule.protocol.messages import Fix, Problem
from chainrule.words.numbers import say_number
from chainrule.words.saying import joined, say

_CAUSES = {
    "Sqrt": say("the square root of a negative number is NaN"),
    "Log": say("the logarithm of 0 is -∞, that of a negative number is NaN"),
    "Log2": say("the logarithm of 0 is -∞, that of a negative number is NaN"),
    "Log10": say("the logarithm of 0 is -∞, that of a negative number is NaN"),
    "Log1P": say("log1p of -1 is -∞, that of less is NaN"),
    "Div": say("a number divided by 0 is infinite, and 0/0 is NaN"),
    "Reciprocal": say("1/0 is infinite"),
    "Rsqrt": say("1 over the root of 0 is infinite"),
    "Exp": say("exp of more than 88 is too large for float32"),
    "Sub": say("inf - inf is NaN"),
    "Mul": say("0 times inf is NaN, and large factors overflow"),
    "Pow": say("0 to a negative power is infinite, a negative number to a power that is not whole is NaN"),
    "Acos": say("it is defined from -1 to 1"),
    "Asin": say("it is defined from -1 to 1"),
    "Atanh": say("it is infinite at -1 and 1"),
    "Softmax": say("a row in which everything is -∞ has no softmax"),
    "Norm": say("its sum of squares is too large"),
}
# Where a derivative is infinite or 0/0, and that of a norm in one letter, the table of formulas does not say.
_SLOPES = {
    "Sqrt": say(
        "the derivative of sqrt(x) is {slope}, infinite at 0", slope=say_derivative("SqrtBackward0", result="sqrt(x)")
    ),
    "Rsqrt": say("the derivative of 1/sqrt(x) is infinite at 0"),
    "Pow": say(
        "the derivative of x^p is {slope}, infinite at 0 where p is below 1",
        slope=say_derivative("PowBackward0", self="x", exponent="p"),
    ),
    "LinalgVectorNorm": say("the derivative of the norm is x / |x|, which is 0/0 at 0"),
    "Norm": say("the derivative of the norm is x / |x|, which is 0/0 at 0"),
    "Div": say("the derivative of a/b has b squared below the line"),
    "Log": say("the derivative of log(x) is {slope}, infinite at 0", slope=say_derivative("LogBackward0", self="x")),
    "Acos": say("the derivative of acos is infinite at -1 and 1"),
    "Asin": say("the derivative of asin is infinite at -1 and 1"),
    "Atan2": say("the derivative of atan2 is 0/0 where both are 0"),
    "Std": say("the derivative of the standard deviation is 0/0 where all elements are equal"),
    "Var": say("one element alone has no variance"),
    "LinalgEigh": say("eigenvectors have no derivative where eigenvalues are equal"),
    "LinalgEig": say("eigenvectors have no derivative where eigenvalues are equal"),
    "LinalgSvd": say("singular vectors have no derivative where singular values are equal"),
    "Cdist": say("the derivative of a distance is 0/0 where two points coincide"),
}


def nonfinite(flow: GraphFlow) -> list[Problem]:
    """Find the first node whose value is not finite, else the first that passes on a gradient that is not.

    Where what backward started from is finite all the same, such values were left out on the way, as a mask does: they
    matter only if their gradients are not finite.
    """
    forward = _forward(flow)
    if forward and not _is_left_out(flow):
        return forward
    for one in flow.passes:
        for node in flow.in_order(one):
            problem = _backward(flow, node, one.index, is_clean=not forward)
            if problem is not None:
                return [problem]
        hooked = _put_in(flow, one)
        if hooked is not None:
            return [hooked]
    return []


def _put_in(flow: GraphFlow, one: Pass) -> Problem | None:
    """Return where a gradient stops being finite while all that came to it is: a hook did that, or the program."""
    for kind, firsts in (("nan", one.first_nan), ("infinite", one.first_inf)):
        for node in (flow.nodes[id] for id in firsts if id in flow.nodes):
            for output in node.outputs:
                arrived = in_pass(output.gradients, one.index)
                came = [flow.carried(edge, one.index) for edge in flow.incoming[node.id, output.output_nr]]
                if is_finite(arrived) or not came or not all(part is not None and is_finite(part) for part in came):
                    continue
                return _problem(
                    flow,
                    kind,
                    node,
                    say(
                        "In pass {pass_number} what operations pass on to {node} is finite, and its gradient is not: a "
                        "hook of the program changed it.",
                        pass_number=one.index,
                        node=flow.called(node),
                    ),
                )
    return None


def _is_left_out(flow: GraphFlow) -> bool:
    """Return whether the passes started from finite values."""
    roots = [flow.value(root.node, root.output_nr) for one in flow.passes for root in one.roots]
    return bool(roots) and all(value is not None and is_finite(value) for value in roots)


def _forward(flow: GraphFlow) -> list[Problem]:
    found: dict[str, Problem] = {}
    for node in flow.graph.nodes:
        inputs = [flow.taken_in(edge) for edge in flow.inputs[node.id]]
        for output in node.outputs:
            value = output.value
            if value is None or is_finite(value):
                continue
            before = output.before
            clean = all(is_finite(tensor) for tensor in [*inputs, before])
            kind = "nan" if value.stats.nan else "infinite"
            if node.kind in ("leaf", "constant"):
                if node.kind == "leaf" or (kind == "nan" and _comes_through(flow, node)):
                    found.setdefault(kind, _leaf_problem(flow, node, value, kind))
                continue
            had_nan = any(tensor is not None and tensor.stats.nan for tensor in inputs)
            if clean or (kind == "nan" and not had_nan):
                found.setdefault(kind, _forward_problem(flow, node, value, kind, clean))
    return list(found.values())


def _comes_through(flow: GraphFlow, constant: Node) -> bool:
    """Return whether an operation made NaN of it.

    ``where`` may leave it out. An infinite constant is a mask more often.
    """
    users = [flow.nodes[edge.source] for edge in flow.uses[constant.id]]
    return any(output.value is not None and output.value.stats.nan for user in users for output in user.outputs)


def _leaf_problem(flow: GraphFlow, node: Node, value: Tensor, kind: str) -> Problem:
    word, number = ("NaN", value.stats.nan) if kind == "nan" else (say("infinite"), value.stats.inf)
    detail = say(
        "{node} itself is {condition} in {number} of {elements}, before any operation.",
        node=flow.called(node),
        condition=word,
        number=number,
        elements=elements(value.numel),
    )
    return _problem(flow, kind, node, detail)


def _forward_problem(flow: GraphFlow, node: Node, value: Tensor, kind: str, clean: bool) -> Problem:
    word, number = ("NaN", value.stats.nan) if kind == "nan" else (say("infinite"), value.stats.inf)
    operation = _operation(node)
    detail = say(
        "{operation} gives {word} in {number} of {count}",
        operation=flow.operation(node),
        word=word,
        number=number,
        count=elements(value.numel),
    )
    detail += say(", and everything that went into it is finite.") if clean else say(", from an infinite input.")
    told = [_told(flow, edge) for edge in flow.inputs[node.id]]
    told = [words for words in dict.fromkeys(told) if words]
    if told:
        detail += say(" It took in {inputs}.", inputs=joined(told, ", "))
    if operation in _CAUSES:
        detail += say(" Remember: {cause}.", cause=_CAUSES[operation])
    return _problem(flow, kind, node, detail)


def _backward(flow: GraphFlow, node: Node, pass_index: int, *, is_clean: bool) -> Problem | None:
    arrived = flow.gradients(node, pass_index)
    if not arrived or not all(is_finite(tensor) for tensor in arrived):
        return None
    for edge, carried in flow.passed_on(node, pass_index):
        if is_finite(carried):
            continue
        kind = "nan" if carried.stats.nan else "infinite"
        word, number = ("NaN", carried.stats.nan) if kind == "nan" else (say("infinite"), carried.stats.inf)
        target = flow.nodes[edge.target]
        detail = say("All values are finite. ") if is_clean else ""
        detail += say(
            "In pass {pass_number} a finite gradient arrives at {operation}, and "
            "what it passes on to {node} is {condition} in {number} of {elements}",
            pass_number=pass_index,
            operation=flow.operation(node),
            node=flow.called(target),
            condition=word,
            number=number,
            elements=elements(carried.numel),
        )
        value = flow.held_in(edge, pass_index)
        masked = _masked(node, value)
        if masked is not None:
            detail += say(": {value} is not finite in {number} of {elements}", **masked)
            detail += say(
                ". What follows leaves these elements out, so the gradient that arrives there is 0, and 0 times NaN or "
                "infinity is NaN: put finite numbers there before this operation, not after it."
            )
            return _problem(flow, kind, node, detail, _filled(flow, node))
        slope = _SLOPES.get(_operation(node))
        detail += joined([": ", slope, "."]) if slope else "."
        if value is not None and value.stats.zero:
            detail += say(
                " {node} is 0 in {number} of {elements}.",
                node=flow.called(target),
                number=value.stats.zero,
                elements=elements(value.numel),
            )
        if kind == "nan" and any(tensor.stats.zero for tensor in arrived):
            detail += say(" The gradient that arrives is 0 there, and 0 times infinity is NaN")
            chosen = any(
                flow.nodes[e.source].op.startswith(("Where", "MaskedFill", "Clamp")) for e in flow.uses[node.id]
            )
            detail += say(": choosing another branch with where or a mask afterwards does not help.") if chosen else "."
        return _problem(flow, kind, node, detail)
    return None


def _masked(node: Node, value: Tensor | None) -> dict[str, object] | None:
    """Return what is not finite of what an operation took in, or else gave, and was left out afterwards."""
    made = [output.value for output in node.outputs]
    for one, name in ((value, say("its input")), *((one, say("its result")) for one in made)):
        if one is not None and not is_finite(one):
            return {"value": name, "number": one.nonfinite_count, "elements": elements(one.numel)}
    return None


def _filled(flow: GraphFlow, node: Node) -> list[Fix]:
    """Return the edit that puts numbers in the place of the NaN of data, where an operation's text names that."""
    syntax = flow.text.at(node.span)
    waiting, seen = [node.id], {node.id}
    for at in waiting:
        for edge in flow.inputs[at]:
            source, value = flow.nodes[edge.target], flow.taken_in(edge)
            if source.id in seen or is_finite(value):
                continue
            seen.add(source.id)
            waiting.append(source.id)
            if source.kind not in ("constant", "detached") or syntax is None:
                continue
            named = [one for one in ast.walk(syntax) if isinstance(one, ast.Name) and one.id in source.names]
            if named:
                title = say("Take numbers for the NaN of {name} here", name=named[0].id)
                return [flow.text.replace(title, named[0], f"{named[0].id}.nan_to_num()")]
    return []


def _problem(flow: GraphFlow, kind: str, node: Node, detail: str, own: Sequence[Fix] = ()) -> Problem:
    if own:
        return Problem.of(kind, detail, span=node.span, node=node.id, fixes=own)
    fixes = list(_fixes(flow, node))
    if fixes:
        detail += say(" Keep the value away from that point.")
    return Problem.of(kind, detail, span=node.span, node=node.id, fixes=fixes)


def _operation(node: Node) -> str:
    name = node.op.removeprefix("aten.")
    if node.kind == "function":
        return name.split("Backward")[0].lstrip("_")
    return name[:1].upper() + name[1:]


def _told(flow: GraphFlow, edge: Edge) -> str:
    value = flow.taken_in(edge)
    low, high = (None, None) if value is None else (value.stats.min, value.stats.max)
    if value is None or low is None or high is None:
        return ""
    name = flow.called(flow.nodes[edge.target])
    return (
        f"{name} = {say_number(low)}"
        if value.numel == 1
        else say(
            "{name} with values from {minimum} to {maximum}",
            name=name,
            minimum=say_number(low),
            maximum=say_number(high),
        )
    )


def _fixes(flow: GraphFlow, node: Node) -> Iterator[Fix]:
    """Edits that keep the argument of a root, logarithm or division away from 0."""
    syntax = flow.text.at(node.span)
    text = flow.text
    match syntax:
        case ast.Call() if called(syntax) in ("sqrt", "log", "log2", "log10", "rsqrt", "norm"):
            own = isinstance(syntax.func, ast.Attribute) and not ast.unparse(syntax.func.value).startswith(
                ("torch", "F", "linalg")
            )
            argument = syntax.func.value if own and isinstance(syntax.func, ast.Attribute) else None
            argument = argument if argument is not None else syntax.args[0] if syntax.args else None
            if argument is None:
                return
            inner = text.of(argument)
            if called(syntax) == "norm":
                made = f"({grouped(inner, argument)}.square().sum() + 1e-12).sqrt()"
                yield text.replace(say("Keep the norm away from 0"), syntax, made)
            else:
                made = f"{grouped(inner, argument)}.clamp(min=1e-12)"
                yield text.replace(say("Keep its argument at or above 1e-12"), argument, made)
        case ast.BinOp(op=ast.Div(), right=right):
            yield text.replace(say("Add 1e-12 below the line"), right, f"({text.of(right)} + 1e-12)")
        case ast.BinOp(op=ast.Pow(), left=left):
            yield text.replace(
                say("Keep the base at or above 1e-12"), left, f"{grouped(text.of(left), left)}.clamp(min=1e-12)"
            )
        case _:
            return
