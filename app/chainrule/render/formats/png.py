"""A picture as PNG, with the bundled font: the same pixels on every machine."""

from chainrule.errors import PictureError
from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.render.formats.svg import draw_svg, write_svg
from chainrule.render.formats.typst import POINTS, fixed_theme, print_svg, size_of
from chainrule.render.options import Theme, ViewOptions
from chainrule.render.picture.alt_text import title_of_graph
from chainrule.render.primitives import Picture
from chainrule.words.numbers import say_count, say_number

MOST_PIXELS = 36_000_000
"""Width times height of a PNG at most [px]: four bytes of memory each."""


def draw_png(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph's picture as PNG, ``options.scale`` pixels for each unit of the SVG; "auto" is light.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out, or has too many pixels at this scale.
    """
    return to_png(draw_svg(graph, fixed_theme(options), engine, source), title_of_graph(graph), options.scale)


def write_png(picture: Picture, theme: Theme = "auto") -> bytes:
    """Return a picture as PNG; "auto" is light.

    Raises:
        PictureError: it has too many pixels.
    """
    return to_png(write_svg(picture, "light" if theme == "auto" else theme), picture.title)


def to_png(svg: bytes, title: str, scale: float = 1.0) -> bytes:
    """Turn an SVG of ours into a PNG.

    Args:
        svg: With plain colours.
        title: What it shows.
        scale: Pixels for each unit of the SVG.

    Raises:
        PictureError: it has too many pixels.
    """
    width, height = size_of(svg)
    if width * height * scale**2 > MOST_PIXELS:
        fits = (MOST_PIXELS / (width * height)) ** 0.5
        smaller = f"scale={say_number(int(fits * 100) / 100)} would do"
        advice = smaller if fits >= 0.5 else "fold more, or ask for svg or pdf"
        size = " × ".join(say_count(round(side * scale)) for side in (width, height))
        raise PictureError(
            f"The PNG would have {size} pixels, more than the {say_count(MOST_PIXELS)} that are drawn; {advice}."
        )
    return print_svg(svg, "png", title, width * POINTS, 72 / POINTS * scale)
