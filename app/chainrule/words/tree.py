"""A graph as words: an indented tree with values and gradients."""

from collections.abc import Iterator, Mapping, Sequence

from chainrule.graph.flags import OF_PASS, flags_in
from chainrule.graph.model import Edge, Graph, Node, Pass
from chainrule.words.wording import say_node, say_shape, say_tensor

INDENT = "  "
DEEPEST = 40
"""Depth past which lines are indented no further and begin with their depth instead [levels]."""


def write_tree(graph: Graph, *, constants: bool = True, detached: bool = True) -> str:
    """Write the graph as an indented tree, each root above what it was computed from.

    A node is told once; where it takes part again, its line points to the first. What no root was computed from comes
    last. Where an operation takes in one other operation and leaves or constants, these stand below it, indented, and
    the other follows at the operation's own depth, so that long programs stay readable.

    Args:
        graph: The graph.
        constants: Whether constants are told.
        detached: Whether operations that autograd did not record are told.
    """
    if not graph.nodes:
        return "The graph is empty: nothing in the program requires a gradient.\n"
    hidden = {kind for kind, shown in (("constant", constants), ("detached", detached)) if not shown}
    nodes = {node.id: node for node in graph.nodes if node.kind not in hidden}
    taken: dict[str, list[Edge]] = {}
    used: set[str] = set()
    for edge in graph.edges:
        if edge.source in nodes and edge.target in nodes:
            taken.setdefault(edge.source, []).append(edge)
            used.add(edge.target)
    starts = [root.node for root in graph.roots if root.node in nodes]
    starts += [key for key in reversed(nodes) if key not in used and key not in starts]
    lines: list[str] = []
    told: set[str] = set()
    for start in starts:
        if start not in told:
            lines.extend(_subtree(start, nodes, taken, told, graph.passes))
    return "\n".join(lines) + "\n"


def _subtree(
    start: str,
    nodes: Mapping[str, Node],
    taken: Mapping[str, list[Edge]],
    told: set[str],
    passes: Sequence[Pass],
) -> Iterator[str]:
    waiting = [(start, 0)]
    while waiting:
        key, depth = waiting.pop()
        node = nodes[key]
        indent = INDENT * depth if depth <= DEEPEST else f"{INDENT * DEEPEST}({depth}) "
        if key in told:
            yield f"{indent}{say_node(node)} [{key}], told above"
            continue
        told.add(key)
        yield indent + _line(node, passes)
        inputs = [edge.target for edge in taken.get(key, ())]
        operations = [target for target in inputs if nodes[target].kind in ("function", "detached")]
        if len(operations) == 1 and depth:
            waiting.append((operations[0], depth))
            inputs.remove(operations[0])
        waiting.extend((target, depth + 1) for target in reversed(inputs))


def _firsts(node: Node, passes: Sequence[Pass]) -> Iterator[str]:
    """Yield where NaN and infinities come up; of several passes in which."""
    for flag in node.flags:
        if flag.startswith("first_"):
            told = [one.index for place, one in enumerate(passes) if flag in flags_in(node, passes, place)]
            of_pass = f" of pass {', '.join(map(str, told))}" if flag in OF_PASS and len(passes) > 1 else ""
            yield flag.replace("_", " ") + of_pass


def _line(node: Node, passes: Sequence[Pass]) -> str:
    """Return one node: its name, what it is, its value, and each pass's gradient."""
    facts: list[str] = []
    if node.kind == "constant":
        facts.append("constant")
    elif node.kind == "detached":
        facts.append("not recorded by autograd")
    elif node.kind == "function":
        facts.append(node.op)
    else:
        facts.append("parameter" if "parameter" in node.flags else "leaf")
    if node.span:
        facts.append(f"line {node.span.line}")
    for output in node.outputs:
        which = f"output {output.output_nr} " if len(node.outputs) > 1 else ""
        if output.value is not None and node.kind != "constant":
            facts.append(f"{which}{say_shape(output.value)} {output.value.dtype}, value {say_tensor(output.value)}")
        for number, gradient in enumerate(output.gradients, 1):
            of_pass = f" of pass {number}" if len(output.gradients) > 1 else ""
            if gradient is not None:
                facts.append(f"{which}gradient{of_pass} {say_tensor(gradient)}")
    facts.extend(_firsts(node, passes))
    return f"{say_node(node)} [{node.id}]: {'; '.join(facts)}"
