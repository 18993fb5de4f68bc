"""Gradients that were added up, cut off, or never came."""

import ast

from app.graph.model import Node, Span, Tensor
from app.graph.problems import title_of
from app.graph.wire import Fix, Problem
from app.worker.diagnose.flow import Flow
from app.worker.diagnose.text import Text, called

TOLD = 4
"""How many names are listed at most."""


def accumulated(flow: Flow) -> list[Problem]:
    """Find the first pass that added to gradients of an earlier one."""
    for index, one in flow.passes:
        added = [node for node in flow.graph.nodes if node.kind == "leaf" and _added(node, index)]
        if not added or one.span is None:
            continue
        names = [flow.called(node) for node in added]
        first = names[0]
        line = one.span.line
        detail = (
            f"Pass {index + 1} (line {line}) added its gradient to what was in {_listed([f'{n}.grad' for n in names])} "
            f"already: {first}.grad is now the sum of several passes. Where that is not meant, set it back before."
        )
        optimizer = _optimizer(flow.text)
        fixes: list[Fix] = []
        statement = flow.text.statement(one.span)
        if statement is not None:
            if optimizer is not None:
                reset = f"{optimizer}.zero_grad()"
            else:
                reset = "; ".join(f"{name}.grad = None" for name in names[:TOLD] if "`" not in name)
            if reset:
                fixes.append(flow.text.before_line("Set the gradient back first", statement.lineno, reset))
        return [_problem("gradient-accumulated", "warning", detail, one.span, added[0].id, fixes)]
    return []


def _added(leaf: Node, index: int) -> bool:
    own = leaf.outputs[0].gradients if leaf.outputs else []
    now = leaf.accumulated[index] if index < len(leaf.accumulated) else None
    gradient = own[index] if index < len(own) else None
    if index == 0 or now is None or gradient is None:
        return False
    return not _equal(now, gradient)


def _equal(one: Tensor, other: Tensor) -> bool:
    if one.values is not None and other.values is not None:
        return one.values == other.values
    return one.stats == other.stats


def _optimizer(text: Text) -> str | None:
    """The name of the program's optimizer."""
    for node in text.nodes:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and isinstance(node.targets[0], ast.Name):
            name = ast.unparse(node.value.func)
            if name.startswith(("torch.optim.", "optim.")) and "lr_scheduler" not in name:
                return node.targets[0].id
    return None


def without_gradient(flow: Flow) -> list[Problem]:
    """Find leaves that no pass reached, and the places where the way to them is cut."""
    if not any(one.call != "autograd.grad" for _, one in flow.passes):
        return _cut_problems(flow, severity="notice")
    lonely = _lonely(flow)
    cuts = _cut_problems(flow, severity="warning" if lonely else "notice")
    if not lonely:
        return cuts
    names = list(lonely)
    node = next((node for node in lonely.values() if node is not None), None)
    detail = (
        f"Backward ran, and {_listed(names)} got no gradient: .grad is None. What backward started from does not "
        f"depend on {'it' if len(names) == 1 else 'them'}"
    )
    detail += ", or only by a way that is cut (see the other problem)." if cuts else "."
    detail += (
        " An optimizer will leave it as it is." if len(names) == 1 else " An optimizer will leave them as they are."
    )
    span = _where_bound(flow.text, names[0].split(".")[0])
    own = _problem("parameter-without-gradient", "warning", detail, span, node.id if node else None, [])
    return [*cuts, own]


def _lonely(flow: Flow) -> dict[str, Node | None]:
    """Leaves that require a gradient and have none after all passes, by name."""
    found: dict[str, Node | None] = {}
    for variable in flow.graph.variables:
        tensor = variable.tensor
        if tensor is None or not (tensor.requires_grad and tensor.is_leaf) or variable.gradient is not None:
            continue
        node = flow.nodes.get(variable.node) if variable.node else None
        if node is None or not _reached(node):
            found[variable.name] = node
    for node in flow.graph.nodes:
        if node.kind == "leaf" and not _reached(node) and ("parameter" in node.flags or node.no_gradient is not None):
            found.setdefault(flow.called(node), node)
    return found


def _reached(node: Node) -> bool:
    return any(gradient is not None for output in node.outputs for gradient in output.gradients)


def _cut_problems(flow: Flow, severity: str) -> list[Problem]:
    """Nodes that take in what requires a gradient, give what does not, and are used on the way to a root."""
    found: list[Problem] = []
    for node in flow.graph.nodes:
        if node.kind != "detached" or not _gives_no_gradient(node) or not _differentiable(node):
            continue
        sources = [edge for edge in flow.taken[node.id] if (value := flow.incoming(edge)) and value.requires_grad]
        if not sources or not _used_in_graph(flow, node):
            continue
        name = flow.called(flow.nodes[sources[0].target])
        how, fixes = _how(flow, node)
        detail = (
            f"{how} keeps the value of {name} and leaves its history behind: what comes after counts it as a constant, "
            "and nothing behind it gets a gradient on this way. That is right for a target, and wrong in the middle of "
            "what should be trained."
        )
        found.append(_problem("graph-cut", severity, detail, node.span, node.id, fixes))
    return found[:3]


def _gives_no_gradient(node: Node) -> bool:
    values = [output.value for output in node.outputs if output.value is not None]
    return bool(values) and not any(value.requires_grad for value in values)


def _differentiable(node: Node) -> bool:
    """Whether the result is of a type that could have had a gradient: a comparison or an argmax has not."""
    values = [output.value for output in node.outputs if output.value is not None]
    return any(value.dtype.startswith(("float", "bfloat", "complex")) for value in values)


def _used_in_graph(flow: Flow, node: Node) -> bool:
    seen, pending = {node.id}, [node.id]
    while pending:
        for edge in flow.used[pending.pop()]:
            source = flow.nodes[edge.source]
            if source.kind == "function":
                return not source.op.startswith(("WhereBackward", "MaskedFill")) or edge.slot > 0
            if source.id not in seen:
                seen.add(source.id)
                pending.append(source.id)
    return False


def _how(flow: Flow, node: Node) -> tuple[str, list[Fix]]:
    """How a value left the graph, and the edit that keeps it in."""
    syntax = flow.text.at(node.span)
    line = f" in line {node.span.line}" if node.span else ""
    match syntax:
        case ast.Call(func=ast.Attribute(value=base, attr="detach" | "item" | "tolist" as method)):
            kept = flow.text.of(base)
            return f".{method}(){line}", [flow.text.replace(f"Leave out .{method}()", syntax, kept)]
        case ast.Attribute(value=base, attr="data"):
            return f".data{line}", [flow.text.replace("Leave out .data", syntax, flow.text.of(base))]
        case ast.Call(args=[argument]) if called(syntax) == "tensor":
            return f"torch.tensor(){line}", [flow.text.replace("Use the tensor itself", syntax, flow.text.of(argument))]
        case _:
            words = flow.words(node.span)
            guard = flow.text.enclosing(node.span, ast.With)
            what = f"`{words}`{line}" if words else f"{node.op}{line}"
            return (f"{what}, with recording switched off," if guard is not None else what), []


def _where_bound(text: Text, name: str) -> Span | None:
    bound = text.bindings(name)
    return text.span(bound[-1]) if bound else None


def _listed(names: list[str]) -> str:
    shown = names[:TOLD]
    if len(names) > TOLD:
        return f"{', '.join(shown)} and {len(names) - TOLD} more"
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def _problem(slug: str, severity: str, detail: str, span: Span | None, node: str | None, fixes: list[Fix]) -> Problem:
    return Problem(
        slug=slug,
        severity=severity,  # type: ignore[arg-type]  # one of the two words above
        title=title_of(slug) or slug,
        detail=detail,
        span=span,
        node=node,
        fixes=fixes,
    )
