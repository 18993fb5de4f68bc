"""A picture as PDF, by Typst with the bundled font: vectors and text, as the SVG has them."""

from functools import cache

import typst

from app import paths
from app.errors import PictureError
from app.graph.model import Graph
from app.layout import Engine
from app.render.describe import title_of_graph
from app.render.options import ViewOptions
from app.render.png import fixed_theme, is_covered, size_of
from app.render.svg import draw_svg

MOST_POINTS = 14_400.0
"""Width or height of a PDF page at most [pt]: readers show no larger one."""
_POINTS = 0.75
"""Points for each pixel."""
_PAGE = b"""
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.width) * 1pt, alt: sys.inputs.title)
"""


def draw_pdf(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph's picture as a PDF of one page of its size; "auto" is light.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out.
    """
    return print_svg(draw_svg(graph, fixed_theme(options), engine, source), title_of_graph(graph))


def print_svg(svg: bytes, title: str) -> bytes:
    """Turn an SVG of ours into a PDF.

    Args:
        svg: With plain colours.
        title: The title of the document.

    Raises:
        PictureError: Typst cannot read it.
    """
    width, height = size_of(svg)
    points = width * min(_POINTS, MOST_POINTS / max(width, height))
    text = svg.decode()
    compiler = typst.Compiler(font_paths=_fonts(system=not is_covered(text)))
    try:
        inputs = {"svg": text, "title": title, "width": f"{points:.4f}"}
        content = compiler.compile(_PAGE, format="pdf", sys_inputs=inputs)
    except typst.TypstError as error:
        raise PictureError(f"The picture cannot be printed: {error.message}") from error
    if not isinstance(content, bytes):
        raise PictureError("The picture cannot be printed: it has no page.")
    return content


@cache
def _fonts(*, system: bool) -> typst.Fonts:
    """The bundled fonts, with those of the system where the bundled ones lack a character."""
    folder = str(paths.STATIC / "fonts")
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[folder])
