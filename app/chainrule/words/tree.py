"""A graph as words: an indented tree with values and gradients."""

from collections.abc import Iterator, Mapping

from chainrule.graph.index import OF_PASS, GraphIndex
from chainrule.graph.model import Graph, Node
from chainrule.words.nodes import say_flag, say_node
from chainrule.words.shapes import say_shape
from chainrule.words.tensors import say_tensor

INDENT = "  "
DEEPEST = 40
"""Depth past which lines are indented no further and begin with their depth instead [levels]."""


def write_tree(graph: Graph | GraphIndex, *, constants: bool = True, detached: bool = True) -> str:
    """Write the graph as an indented tree, each root above what it was computed from.

    A node is told once; where it takes part again, its line points to the first. What no root was computed from comes
    last. Where an operation takes in one other operation and leaves or constants, these stand below it, indented, and
    the other follows at the operation's own depth, so that long programs stay readable.

    Args:
        graph: The graph.
        constants: Whether constants are told.
        detached: Whether operations that autograd did not record are told.
    """
    index = GraphIndex.of(graph)
    if not index.nodes:
        return "The graph is empty: nothing in the program requires a gradient.\n"
    hidden = {kind for kind, shown in (("constant", constants), ("detached", detached)) if not shown}
    nodes = {key: node for key, node in index.nodes.items() if node.kind not in hidden}
    roots = dict.fromkeys(root.node for root in index.graph.roots if root.node in nodes)
    unused = [
        key for key in reversed(nodes) if key not in roots and not any(edge.source in nodes for edge in index.uses[key])
    ]
    lines: list[str] = []
    told: set[str] = set()
    for start in (*roots, *unused):
        if start not in told:
            lines.extend(_subtree(start, index, nodes, told))
    return "\n".join(lines) + "\n"


def _subtree(start: str, index: GraphIndex, nodes: Mapping[str, Node], told: set[str]) -> Iterator[str]:
    waiting = [(start, 0)]
    while waiting:
        key, depth = waiting.pop()
        node = nodes[key]
        indent = INDENT * depth if depth <= DEEPEST else f"{INDENT * DEEPEST}({depth}) "
        if key in told:
            yield f"{indent}{say_node(node)} [{key}], told above"
            continue
        told.add(key)
        yield indent + _line(node, index)
        inputs = [edge.target for edge in index.inputs[key] if edge.target in nodes]
        operations = [target for target in inputs if nodes[target].kind in ("function", "detached")]
        if len(operations) == 1 and depth:
            waiting.append((operations[0], depth))
            inputs.remove(operations[0])
        waiting.extend((target, depth + 1) for target in reversed(inputs))


def _firsts(node: Node, index: GraphIndex) -> Iterator[str]:
    """Yield where NaN and infinities come up; of several passes in which."""
    for flag in node.flags:
        if flag.startswith("first_"):
            passes = range(1, len(index.graph.passes) + 1)
            told = [number for number in passes if flag in index.flags(node, number)]
            of_pass = f" of pass {', '.join(map(str, told))}" if flag in OF_PASS and len(passes) > 1 else ""
            yield say_flag(flag) + of_pass


def _line(node: Node, index: GraphIndex) -> str:
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
            facts.append(
                f"{which}{say_shape(output.value.shape)} {output.value.dtype}, value {say_tensor(output.value)}"
            )
        for number, gradient in output.gradients.items():
            of_pass = f" of pass {number}" if len(index.graph.passes) > 1 else ""
            facts.append(f"{which}gradient{of_pass} {say_tensor(gradient)}")
    if not any(output.gradients for output in node.outputs):
        # A pass that ran before the tape was there: what it left is all that is known of it.
        facts.extend(f".grad {say_tensor(held)}" for held in node.accumulated)
    facts.extend(_firsts(node, index))
    return f"{say_node(node)} [{node.id}]: {'; '.join(facts)}"
