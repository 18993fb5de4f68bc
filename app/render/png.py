"""A picture as PNG, by resvg with the bundled font: the same pixels on every machine."""

import re
from dataclasses import replace

import resvg_py

from app import paths
from app.errors import PictureError
from app.graph.model import Graph
from app.layout import Engine
from app.render.options import ViewOptions
from app.render.svg import draw_svg

FONTS = tuple(str(paths.STATIC / "fonts" / f"JetBrainsMonoNL-{weight}.ttf") for weight in ("Regular", "Bold"))
MOST_PIXELS = 36_000_000
"""Width times height of a PNG at most [px]: four bytes of memory each."""
_SIZE = re.compile(rb'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"')


def draw_png(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return a graph's picture as PNG, ``options.scale`` pixels for each unit of the SVG; "auto" is light.

    Raises:
        ViewInvalidError: an option names what this graph does not have.
        PictureError: the graph cannot be laid out, or has too many pixels at this scale.
    """
    return rasterise(draw_svg(graph, fixed_theme(options), engine, source), options.scale)


def fixed_theme(options: ViewOptions) -> ViewOptions:
    """The same options with a theme of plain colours, for formats that cannot follow the reader's preference."""
    return replace(options, theme="light") if options.theme == "auto" else options


def size_of(svg: bytes) -> tuple[float, float]:
    """The width and height that an SVG of ours says at its beginning [px]."""
    found = _SIZE.search(svg[:2000])
    if found is None:
        raise PictureError("The picture has no size.")
    return float(found[1]), float(found[2])


def rasterise(svg: bytes, scale: float = 1.0) -> bytes:
    """Turn an SVG of ours into a PNG.

    Args:
        svg: With plain colours: resvg knows no custom properties.
        scale: Pixels for each unit of the SVG.

    Raises:
        PictureError: it has too many pixels.
    """
    width, height = size_of(svg)
    if width * height * scale**2 > MOST_PIXELS:
        fits = (MOST_PIXELS / (width * height)) ** 0.5
        advice = f"scale={int(fits * 100) / 100:g} would do" if fits >= 0.5 else "fold more, or ask for svg or pdf"
        raise PictureError(
            f"The PNG would have {width * scale:,.0f} × {height * scale:,.0f} pixels, more than the "
            f"{MOST_PIXELS:,} that are drawn; {advice}."
        )
    text = svg.decode()
    # Other fonts are asked only for what the bundled one may lack, for they differ from machine to machine.
    content = resvg_py.svg_to_bytes(
        svg_string=text,
        zoom=scale,
        font_files=list(FONTS),
        skip_system_fonts=is_covered(text),
        monospace_family="JetBrains Mono NL",
    )
    return bytes(content)


def is_covered(text: str) -> bool:
    """Whether the bundled font has every character: the Latin ones and the signs that the cards use."""
    return all(character in _COVERED for character in set(text))


_COVERED = frozenset(map(chr, (*range(9, 127), *range(160, 384)))) | frozenset("…·×∞→←≈≤≥∂Σ‖−–—‘’“”")
