"""The picture as PDF: vectors and text, the same as the PNG when it is rasterised."""

import io
from collections.abc import Iterator

import numpy as np
import pypdfium2
import pytest
from chainrule.errors import PictureError
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw
from chainrule.render.formats.pdf import to_pdf
from PIL import Image, ImageChops

from tests.graph.program import CUBES, trace
from tests.render.hostile import STRINGS, hostile_graph


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


@pytest.fixture(scope="module")
def page(engine: Engine) -> Iterator[pypdfium2.PdfPage]:
    document = pypdfium2.PdfDocument(draw(trace(CUBES), "pdf", ViewOptions(), engine, CUBES).content)
    try:
        yield document[0]
    finally:
        document.close()


def test_it_is_one_page_of_the_size_of_the_picture(page: pypdfium2.PdfPage, engine: Engine) -> None:
    png = Image.open(io.BytesIO(draw(trace(CUBES), "png", ViewOptions(), engine, CUBES).content))
    assert page.get_size() == pytest.approx((png.width * 0.75, png.height * 0.75), abs=1)
    assert len(page.pdf) == 1


def test_the_words_can_be_selected_and_searched(page: pypdfium2.PdfPage) -> None:
    text = page.get_textpage().get_text_range()
    assert "PowBackward0" in text
    assert "-1.1008" in text


def test_the_font_is_embedded(engine: Engine) -> None:
    content = draw(trace(CUBES), "pdf", ViewOptions(), engine).content
    assert b"JetBrainsMonoNL" in content
    assert b"/FontFile" in content


def test_it_shows_the_same_as_the_png(page: pypdfium2.PdfPage, engine: Engine) -> None:
    png = Image.open(io.BytesIO(draw(trace(CUBES), "png", ViewOptions(), engine, CUBES).content)).convert("L")
    pdf = page.render(scale=1 / 0.75).to_pil().convert("L").resize(png.size)
    far_off = np.asarray(ImageChops.difference(png, pdf)) > 90
    assert far_off.mean() < 0.02
    # The measure must see what is missing: without the words it is well above.
    blank = Image.new("L", png.size, 255)
    assert (np.asarray(ImageChops.difference(png, blank)) > 90).mean() > 0.04


def test_the_same_graph_gives_the_same_bytes(engine: Engine) -> None:
    graph = trace(CUBES)
    assert draw(graph, "pdf", ViewOptions(), engine) == draw(graph, "pdf", ViewOptions(), engine)


def test_a_picture_larger_than_a_page_may_be_is_made_smaller() -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg" width="1000" height="40000" viewBox="0 0 1000 40000"></svg>'
    document = pypdfium2.PdfDocument(to_pdf(svg, "tall"))
    assert document[0].get_size() == pytest.approx((360, 14_400), rel=1e-3)
    document.close()


def test_a_broken_svg_is_an_error_of_the_picture() -> None:
    with pytest.raises(PictureError, match="cannot be printed"):
        to_pdf(b'<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><g', "broken")


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
@pytest.mark.parametrize("format", ["pdf", "png"])
def test_any_text_can_be_printed(engine: Engine, format: str, word: str) -> None:
    content = draw(hostile_graph(word), format, ViewOptions(), engine, word.replace("\n", " ")).content
    assert content.startswith(b"%PDF-" if format == "pdf" else b"\x89PNG")


def test_a_title_is_the_documents(engine: Engine) -> None:
    document = pypdfium2.PdfDocument(draw(trace(CUBES), "pdf", ViewOptions(), engine).content)
    assert document.get_metadata_value("Title") == "Autograd graph of z"
    document.close()
