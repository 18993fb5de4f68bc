"""Find what a person means: a node by its id or by a variable's name, two nodes by the way between them."""

from chainrule.errors import ViewInvalidError
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.graph.similar import similar


def find_node(graph: Graph | GraphIndex, name: str, option: str) -> str:
    """Return the id of the node that an id or a variable's name stands for; of several of the same name, the last.

    Args:
        graph: The graph.
        name: A node's id, or a name that the program gave to a tensor.
        option: The view option that asks, for the error.

    Raises:
        ViewInvalidError: there is no such node.
    """
    names = GraphIndex.of(graph).named
    if name in names:
        return names[name]
    near = similar(name, names, most=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise ViewInvalidError(option, f"there is no variable or node {name!r} in this graph{hint}")


def parse_path(graph: Graph | GraphIndex, text: str) -> tuple[str, str]:
    """Read "x..z" as two nodes.

    Raises:
        ViewInvalidError: it is not two names with ".." between, or one of them is not there.
    """
    first, dots, last = text.partition("..")
    if not (first and dots and last):
        raise ViewInvalidError("path", f"{text!r} is not two names with '..' between, as in x..z")
    index = GraphIndex.of(graph)
    return find_node(index, first.strip(), "path"), find_node(index, last.strip(), "path")
