"""A graph as text and as JSON: what it holds, without a picture."""

from app.graph.model import Graph
from app.graph.text import write_tree
from app.layout import Engine
from app.render.compose import pass_position
from app.render.describe import describe_graph, title_of_graph
from app.render.focus import focus_of
from app.render.options import ViewOptions


def draw_text(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as an indented tree with values, under a title and a sentence that says what it computes.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
    """
    position = pass_position(graph, options, focus_of(graph, options))
    tree = write_tree(graph, constants=options.constants, detached=options.detached)
    if not graph.nodes:
        return tree.encode()
    text = f"{title_of_graph(graph)}\n{describe_graph(graph, position)}\n\n{tree}"
    return "".join(
        character if character == "\n" or character.isprintable() else "\ufffd" for character in text
    ).encode()


def draw_json(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph as JSON, whole: the options of a view change nothing."""
    return graph.model_dump_json().encode()
