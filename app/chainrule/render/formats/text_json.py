"""A graph as text and as JSON: what it holds, without a picture."""

from chainrule.graph.gradients import norms_by_depth
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.graph.tensors.listing import Listing
from chainrule.layout import Engine
from chainrule.render.focus import focus_of
from chainrule.render.options import ViewOptions
from chainrule.render.picture.alt_text import describe_graph, title_of_graph
from chainrule.render.picture.compose import shown_pass
from chainrule.words.numbers import say_number
from chainrule.words.tree import write_tree

MOST_OPERATIONS = 40
"""Operations up to which the text tells gradients as expressions."""
MOST_LEAVES = 12
"""Leaves up to which it does."""
FEWEST_DEPTHS = 4
"""Distances from the roots from which on the text tells how gradients change with them."""


def draw_text(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as an indented tree with values, under a title and a sentence that says what it computes.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
    """
    index = GraphIndex.of(graph)
    pass_index = shown_pass(index, options, focus_of(index, options))
    tree = write_tree(index, constants=options.constants, detached=options.detached)
    if not graph.nodes:
        return tree.encode()
    text = f"{title_of_graph(graph)}\n{describe_graph(index, pass_index)}\n\n{tree}"
    if pass_index is not None:
        text += _depths(index, pass_index) + _closed_forms(index, pass_index, source)
    return "".join(
        character if character == "\n" or character.isprintable() else "\ufffd" for character in text
    ).encode()


def _depths(index: GraphIndex, pass_index: int) -> str:
    """Return how large gradients are the farther they are from the roots, where there is some way to go."""
    levels = norms_by_depth(index, pass_index)
    if len(levels) < FEWEST_DEPTHS:
        return ""
    lines = ["", f"Norms of gradients in pass {pass_index} by the fewest edges from a root:"]
    for level in levels:
        smallest, largest = say_number(level.smallest), say_number(level.largest)
        norms = smallest if smallest == largest else f"{smallest} to {largest}"
        nodes = f"{len(level.nodes)} nodes" if len(level.nodes) > 1 else level.nodes[0]
        lines.append(f"  {level.depth}: {norms} ({nodes})")
    return "\n".join(lines) + "\n"


def _closed_forms(index: GraphIndex, pass_index: int, source: str) -> str:
    """Return the gradient of each leaf as one expression, of a program that is short enough for it."""
    leaves = [node for node in index.graph.nodes if node.kind == "leaf"]
    operations = sum(node.kind == "function" for node in index.graph.nodes)
    if operations > MOST_OPERATIONS or not 0 < len(leaves) <= MOST_LEAVES:
        return ""
    from chainrule.explain.closed.closed_form import closed_forms  # imports SymPy, a third of a second

    lines = []
    for form in closed_forms(index, source, pass_index):
        if form.gradient is not None:
            lines.append(f"  {form.gradient.text}")
            if form.chain is not None:
                lines.append(f"    {form.chain.text}")
        elif form.largest_error is None:
            lines.append(f"  {form.name}: {form.reason}")
        else:
            lines.append(f"  {form.name}: {form.reason} The largest difference is {say_number(form.largest_error)}.")
    if not lines:
        return ""
    return "\n".join(["", "Closed forms, each with autograd's numbers:", *lines]) + "\n"


def draw_json(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as JSON: the options of a view change nothing."""
    return write_graph(graph, Listing())


def write_graph(graph: Graph, listing: Listing) -> bytes:
    """Return a graph as JSON.

    Args:
        graph: the graph.
        listing: up to what size the numbers of tensors are listed; Jacobians are told where the graph has them.
    """
    return graph.model_dump_json(context=listing.context()).encode()
