"""An SVG of ours in print: Typst sets it on a page of its size, for PDF and PNG alike."""

import re
from dataclasses import replace
from functools import cache
from typing import Literal

import typst

from chainrule import assets
from chainrule.errors import PictureError
from chainrule.render.options import ViewOptions

POINTS = 0.75
"""Points for each pixel."""
_PAGE = b"""
#set document(title: sys.inputs.title, date: none)
#set page(width: auto, height: auto, margin: 0pt)
#image(bytes(sys.inputs.svg), format: "svg", width: float(sys.inputs.width) * 1pt, alt: sys.inputs.title)
"""
_SIZE = re.compile(rb'<svg[^>]* width="([0-9.]+)" height="([0-9.]+)"')
_COVERED = frozenset(map(chr, (*range(9, 127), *range(160, 306), *range(308, 384)))) | frozenset("…·×∞→←≈≤≥∂Σ−–—‘’“”")


def fixed_theme(options: ViewOptions) -> ViewOptions:
    """Return the same options with a theme of plain colours, for formats that cannot follow the reader's preference."""
    return replace(options, theme="light") if options.theme == "auto" else options


def size_of(svg: bytes) -> tuple[float, float]:
    """Return the width and height that an SVG of ours says at its beginning [px].

    Raises:
        PictureError: it says none.
    """
    found = _SIZE.search(svg[:2000])
    if found is None:
        raise PictureError("The picture has no size.")
    return float(found[1]), float(found[2])


def print_svg(svg: bytes, format: Literal["pdf", "png"], title: str, points: float, density: float = 72.0) -> bytes:
    """Set an SVG of ours on a page of its own size.

    Args:
        svg: With plain colours: custom properties are not known here.
        format: What to make of the page.
        title: The title of the document.
        points: The width of the page [pt].
        density: Pixels of a PNG for each inch.

    Raises:
        PictureError: Typst cannot read it.
    """
    text = svg.decode()
    # Other fonts are asked only for what the bundled one may lack, for they differ from machine to machine.
    compiler = typst.Compiler(font_paths=_fonts(system=not is_covered(text)))
    inputs = {"svg": text, "title": title, "width": f"{points:.4f}"}
    try:
        content = compiler.compile(_PAGE, format=format, ppi=density, sys_inputs=inputs)
    except typst.TypstError as error:
        raise PictureError(f"The picture cannot be printed: {error.message}") from error
    if not isinstance(content, bytes):
        raise PictureError("The picture cannot be printed: it is not of one page.")
    return content


def is_covered(text: str) -> bool:
    """Return whether the bundled font has every character: the Latin ones and the signs that the cards use."""
    return _COVERED.issuperset(text)


@cache
def _fonts(*, system: bool) -> typst.Fonts:
    """Return the bundled fonts, with those of the system where the bundled ones lack a character."""
    folder = str(assets.STATIC / "fonts")
    return typst.Fonts(include_system_fonts=system, include_embedded_fonts=False, font_paths=[folder])
