"""The PNG shows what a browser shows of the SVG."""

import io

import numpy as np
import pytest
from chainrule.layout import make_engine
from chainrule.render import ViewOptions, draw
from PIL import Image, ImageChops
from playwright.sync_api import Browser

from tests.e2e.test_text_fits import _faces
from tests.graph.program import CUBES, trace


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_png_is_what_a_browser_shows_of_the_svg(browser: Browser, theme: str) -> None:
    engine, graph = make_engine(), trace(CUBES)
    options = ViewOptions.from_query({"theme": theme})
    svg = draw(graph, "svg", options, engine, CUBES).content.decode()
    png = Image.open(io.BytesIO(draw(graph, "png", options, engine, CUBES).content)).convert("L")
    page = browser.new_page(viewport={"width": png.width, "height": png.height})
    style = f"{_faces()} body{{margin:0}} svg{{display:block}}"
    page.set_content(f"<!doctype html><style>{style}</style>{svg}")
    page.evaluate("() => document.fonts.ready")
    shot = Image.open(io.BytesIO(page.screenshot())).convert("L")
    page.close()
    assert far_off(png, shot) < 0.015
    # The measure sees what is missing: of an empty ground it is well above.
    assert far_off(Image.new("L", png.size, png.getpixel((2, 2))), shot) > 0.03


def far_off(one: Image.Image, other: Image.Image) -> float:
    """How many of the pixels differ by more than edges that are smoothed in another way [of 1]."""
    return float((np.asarray(ImageChops.difference(one, other)) > 90).mean())
