"""What a picture says in words: its title and its description, for those who do not see it."""

from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Graph, Node, Tensor
from chainrule.graph.values import flat
from chainrule.layout.measure.text import clean
from chainrule.words.nodes import name_of
from chainrule.words.numbers import say_number, say_numbers
from chainrule.words.shapes import say_shape

_MOST_LEAVES = 8


def title_of_graph(graph: Graph) -> str:
    """Return the title of a graph's picture."""
    names = list(dict.fromkeys(clean(root.name) for root in graph.roots if root.name))
    return f"Autograd graph of {', '.join(names[:3])}" if names else "Autograd graph"


def describe_graph(index: GraphIndex, pass_index: int | None) -> str:
    """Return one or two sentences: what is computed, and the gradients of the leaves."""
    graph, nodes = index.graph, index.nodes
    functions = sum(node.kind == "function" for node in graph.nodes)
    leaves = [node for node in graph.nodes if node.kind == "leaf"]
    roots = [nodes[root.node] for root in graph.roots if root.node in nodes]
    computed = ", ".join(_named(node) for node in roots[:3]) or "the graph"
    operations = "1 operation" if functions == 1 else f"{functions} operations"
    sentences = [f"Computes {computed} in {operations} from {_several(leaves)}."]
    if pass_index is not None and leaves:
        gradients = "; ".join(_gradient(node, pass_index) for node in leaves[:_MOST_LEAVES])
        more = f"; and {len(leaves) - _MOST_LEAVES} more" if len(leaves) > _MOST_LEAVES else ""
        several = f" of pass {pass_index}" if len(graph.passes) > 1 else ""
        sentences.append(f"Gradients{several}: {gradients}{more}.")
    return " ".join(sentences)


def _called(node: Node) -> str:
    return clean(name_of(node))


def _named(node: Node) -> str:
    value = node.outputs[0].value if node.outputs else None
    return f"{_called(node)} ({_told(value)})" if value else _called(node)


def _several(leaves: list[Node]) -> str:
    named = [_named_shape(node) for node in leaves[:3]]
    if len(leaves) > 3:
        return f"{len(leaves)} leaves"
    return " and ".join(named) if named else "no leaf"


def _named_shape(node: Node) -> str:
    value = node.outputs[0].value if node.outputs else None
    return f"{_called(node)} ({say_shape(value.shape)})" if value else _called(node)


def _gradient(node: Node, pass_index: int) -> str:
    gradient = in_pass(node.outputs[0].gradients, pass_index) if node.outputs else None
    held = in_pass(node.accumulated, pass_index)
    if gradient is None and held is not None:
        return f"{_called(node)}.grad {_told(held)}"
    return f"{_called(node)} {_told(gradient) if gradient else 'none'}"


def _told(tensor: Tensor) -> str:
    if 0 < tensor.numel <= 9 and tensor.values is not None:  # in this order: a long list is not made to be looked at
        listed = list(flat(tensor.values))
        if not tensor.shape:
            return say_number(listed[0])
        return f"{say_shape(tensor.shape)}: {' '.join(say_numbers(listed))}"
    norm = tensor.norm
    return say_shape(tensor.shape) + (f", norm {say_number(norm)}" if norm is not None else "")
