"""A picture as SVG: standalone, with neither script nor reference to anything outside it."""

from markupsafe import Markup

from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.render.options import Theme, ViewOptions
from chainrule.render.picture.compose import compose
from chainrule.render.picture.elements import write_groups
from chainrule.render.primitives import Picture
from chainrule.render.templates import template
from chainrule.render.theme import stylesheet


def draw_svg(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph's picture as SVG.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    return write_svg(compose(graph, options, engine, source), options.theme)


def write_svg(picture: Picture, theme: Theme = "auto") -> bytes:
    """Return a picture as a standalone SVG.

    Args:
        picture: the marks.
        theme: "auto" writes colours as custom properties with fallbacks, the others write plain colours.
    """
    # The stylesheet is ours, with nothing of the program in it; the groups come escaped.
    styles, groups = Markup(stylesheet(theme)), Markup(write_groups(picture.groups))
    svg = template("graph.svg").render(picture=picture, stylesheet=styles, groups=groups)
    return f"{svg}\n".encode()
