"""One way in to every format of picture."""

from dataclasses import dataclass

from chainrule.errors import ViewInvalidError
from chainrule.graph.model import Graph
from chainrule.graph.training.moment import moment_of
from chainrule.layout import Engine
from chainrule.render.formats.registry import FORMATS
from chainrule.render.options import Theme, ViewOptions
from chainrule.render.picture.message import message_picture


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture."""

    content: bytes
    media_type: str


def draw(graph: Graph, format: str, options: ViewOptions, engine: Engine, source: str = "") -> Drawing:
    """Draw a graph.

    Args:
        graph: what is drawn.
        format: "svg", ...
        options: what is shown of it, and how.
        engine: what places it.
        source: the program, for the sub-expressions on the cards.

    Raises:
        ViewInvalidError: the format does not exist, or an option names what this graph does not have.
        LayoutDeadlineError: layout took too long.
        PictureError: the graph cannot be drawn.
    """
    if format not in FORMATS:
        raise ViewInvalidError("format", f"{format!r} is not one of {', '.join(sorted(FORMATS))}")
    wanted = FORMATS[format]
    if wanted.is_picture:
        graph = moment_of(graph, options.pass_index).graph
    return Drawing(wanted.draw(graph, options, engine, source), wanted.media_type)


def error_picture(title: str, detail: str, format: str = "svg", theme: Theme = "auto") -> Drawing:
    """Draw what went wrong, in the format that was asked for where that can show it, else as SVG."""
    wanted = FORMATS[format] if FORMATS[format].message_drawer else FORMATS["svg"]
    return Drawing(wanted.draw_message(message_picture(title, detail), theme), wanted.media_type)
