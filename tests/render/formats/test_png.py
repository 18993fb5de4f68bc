"""The picture as PNG: what the SVG shows, in pixels."""

import io
import struct

import pytest
from chainrule.errors import PictureError
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw, error_picture
from chainrule.render.formats.png import to_png
from chainrule.render.formats.typst import is_covered, size_of
from chainrule.render.palette import PALETTE
from PIL import Image

from tests.graph.program import CUBES, trace


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def pixels(content: bytes) -> Image.Image:
    return Image.open(io.BytesIO(content)).convert("RGB")


def size(content: bytes) -> tuple[int, int]:
    assert content.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def hexadecimal(colour: tuple[int, ...]) -> str:
    return "#" + "".join(f"{part:02x}" for part in colour[:3])


def test_a_png_is_as_large_as_its_svg(engine: Engine) -> None:
    graph = trace(CUBES)
    width, height = size_of(draw(graph, "svg", ViewOptions(), engine).content)
    drawing = draw(graph, "png", ViewOptions(), engine)
    assert drawing.media_type == "image/png"
    assert size(drawing.content) == pytest.approx((width, height), abs=1)


def test_scale_multiplies_the_pixels(engine: Engine) -> None:
    graph = trace(CUBES)
    single = size(draw(graph, "png", ViewOptions(), engine).content)
    double = size(draw(graph, "png", ViewOptions(scale=2), engine).content)
    assert double == pytest.approx((2 * single[0], 2 * single[1]), abs=1)


@pytest.mark.parametrize(
    ("theme", "shown"), [("light", "light"), ("dark", "dark"), ("print", "print"), ("auto", "light")]
)
def test_the_ground_has_the_colour_of_the_theme(engine: Engine, theme: str, shown: str) -> None:
    content = draw(trace(CUBES), "png", ViewOptions.from_query({"theme": theme}), engine).content
    assert hexadecimal(pixels(content).getpixel((2, 2))) == PALETTE["ground"].on(shown)  # type: ignore[arg-type]


def test_the_words_of_the_cards_are_there(engine: Engine) -> None:
    """Ink is found where the SVG has text, and not where the same SVG has it taken out."""
    svg = draw(trace(CUBES), "svg", ViewOptions(theme="light"), engine).content
    with_text = pixels(to_png(svg, "z"))
    without = pixels(to_png(svg.replace(b"<text", b"<text visibility='hidden'"), "z"))
    changed = sum(a != b for a, b in zip(with_text.convert("L").tobytes(), without.convert("L").tobytes(), strict=True))
    assert changed > 0.01 * with_text.width * with_text.height


def test_the_same_graph_gives_the_same_bytes(engine: Engine) -> None:
    graph = trace(CUBES)
    assert draw(graph, "png", ViewOptions(), engine) == draw(graph, "png", ViewOptions(), engine)


def test_too_many_pixels_are_refused_with_a_scale_that_would_do() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="5000" height="5000"></svg>'
    with pytest.raises(PictureError, match=r"20,000 × 20,000 pixels.*scale=1\.2 would do"):
        to_png(svg, "large", 4)


def test_a_picture_that_no_scale_makes_small_enough_is_refused_with_another_way() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="50000" height="5000"></svg>'
    with pytest.raises(PictureError, match="fold more, or ask for svg or pdf"):
        to_png(svg, "wide")


def test_an_svg_without_a_size_is_refused() -> None:
    with pytest.raises(PictureError, match="no size"):
        to_png(b"<svg/>", "none")


def test_the_bundled_font_is_enough_for_latin_text_only() -> None:
    assert is_covered("mul × 3, größe ∂")
    assert not is_covered("переменная")
    assert not is_covered("変数")


def test_an_error_can_be_shown_as_png() -> None:
    drawing = error_picture("It failed", "For a reason.", "png", "dark")
    assert drawing.media_type == "image/png"
    assert hexadecimal(pixels(drawing.content).getpixel((2, 2))) == PALETTE["ground"].dark  # type: ignore[arg-type]


def test_an_error_in_a_format_without_pixels_is_an_svg() -> None:
    assert error_picture("It failed", "For a reason.", "pdf").media_type == "image/svg+xml"
