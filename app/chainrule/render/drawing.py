"""One way in to every format of picture."""

from collections.abc import Callable
from dataclasses import dataclass

from chainrule.errors import ViewInvalidError
from chainrule.graph.model import Graph
from chainrule.layout import Engine
from chainrule.render.formats.dot import draw_dot
from chainrule.render.formats.html import draw_html
from chainrule.render.formats.mermaid import draw_mermaid
from chainrule.render.formats.pdf import draw_pdf
from chainrule.render.formats.png import draw_png, to_png
from chainrule.render.formats.svg import draw_svg, write_svg
from chainrule.render.formats.text_json import draw_json, draw_text
from chainrule.render.options import Theme, ViewOptions
from chainrule.render.picture.message import message_picture


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished picture."""

    content: bytes
    media_type: str


_FORMATS: dict[str, tuple[str, Callable[[Graph, ViewOptions, Engine, str], bytes]]] = {
    "svg": ("image/svg+xml", draw_svg),
    "png": ("image/png", draw_png),
    "pdf": ("application/pdf", draw_pdf),
    "html": ("text/html", draw_html),
    "dot": ("text/vnd.graphviz", draw_dot),
    "mermaid": ("text/vnd.mermaid", draw_mermaid),
    "text": ("text/plain", draw_text),
    "json": ("application/json", draw_json),
}


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
    if format not in _FORMATS:
        raise ViewInvalidError("format", f"{format!r} is not one of {', '.join(sorted(_FORMATS))}")
    media_type, drawer = _FORMATS[format]
    return Drawing(drawer(graph, options, engine, source), media_type)


def error_picture(title: str, detail: str, format: str = "svg", theme: Theme = "auto") -> Drawing:
    """Draw what went wrong, in the format that was asked for where that can show it, else as SVG."""
    picture = message_picture(title, detail)
    if format == "png":
        return Drawing(to_png(write_svg(picture, "light" if theme == "auto" else theme), title), "image/png")
    return Drawing(write_svg(picture, theme), "image/svg+xml")
