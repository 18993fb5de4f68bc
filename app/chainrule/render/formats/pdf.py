"""A picture as PDF: vectors and text, as the SVG has them, with the font embedded."""

from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.render.formats.svg import draw_svg
from chainrule.render.formats.typst import POINTS, fixed_theme, print_svg, size_of
from chainrule.render.options import ViewOptions
from chainrule.render.picture.alt_text import title_of_graph

MOST_POINTS = 14_400.0
"""Width or height of a PDF page at most [pt]: readers show no larger one."""


def draw_pdf(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph's picture as a PDF of one page of its size; "auto" is light.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    return to_pdf(draw_svg(graph, fixed_theme(options), engine, source), title_of_graph(graph))


def to_pdf(svg: bytes, title: str) -> bytes:
    """Turn an SVG of ours into a PDF, smaller than it is where no page could hold it.

    Raises:
        PictureError: it cannot be read.
    """
    width, height = size_of(svg)
    return print_svg(svg, "pdf", title, width * min(POINTS, MOST_POINTS / max(width, height)))
