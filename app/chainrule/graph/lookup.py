"""Find what a person means: the node by an id or a variable's name, the pass where none is named."""

from collections.abc import Mapping
from difflib import get_close_matches

from chainrule.errors import ViewInvalidError
from chainrule.graph.model import Graph


def names_of(graph: Graph) -> Mapping[str, str]:
    """Node ids by what a person may call them: ids, the program's variables at its end, earlier names, roots' names."""
    names: dict[str, str] = {}
    for root in graph.roots:
        if root.name is not None:
            names.setdefault(root.name, root.node)
    for variable in graph.variables:
        if variable.node is not None:
            names.setdefault(variable.name, variable.node)
    for node in reversed(graph.nodes):
        for name in node.names:
            names.setdefault(name, node.id)
    names.update((node.id, node.id) for node in graph.nodes)
    return names


def find_node(graph: Graph, name: str, option: str) -> str:
    """Return the id of the node that an id or a variable's name stands for; of several of the same name, the last.

    Args:
        graph: The graph.
        name: A node's id, or a name that the program gave to a tensor.
        option: The view option that asks, for the error.

    Raises:
        ViewInvalidError: there is no such node.
    """
    names = names_of(graph)
    if name in names:
        return names[name]
    near = get_close_matches(name, list(names), n=3, cutoff=0.5)
    hint = f"; did you mean {' or '.join(near)}?" if near else ""
    raise ViewInvalidError(option, f"there is no variable or node {name!r} in this graph{hint}")


def shown_pass(graph: Graph) -> int | None:
    """Return the pass that is shown where none is asked for, from 1.

    The last that ran to its end, else the last that ran.
    """
    ran = [one for one in graph.passes if one.order]
    whole = [one for one in ran if one.error is None]
    return next((one.index for one in reversed(whole or ran)), None)
