"""The one-file page in a real browser, opened from a disk, without network."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from chainrule.layout import make_engine
from chainrule.render import ViewOptions, draw
from playwright.sync_api import Browser, Page, expect

from tests.graph.program import CUBES, trace
from tests.render.hostile import STRINGS, hostile_graph


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1200, "height": 800}, offline=True)
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(page: Page, tmp_path: Path) -> Iterator[Page]:
    file = tmp_path / "graph.html"
    file.write_bytes(draw(trace(CUBES), "html", ViewOptions(theme="light"), make_engine(), CUBES).content)
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda message: errors.append(message.text))
    page.goto(file.as_uri())
    yield page
    assert errors == []


def test_a_click_on_a_box_tells_about_it(opened: Page) -> None:
    opened.locator('[data-node="n4"]').click()
    expect(opened.locator("#details h3")).to_have_text("g = mul")
    expect(opened.locator("#details")).to_contain_text("2 × 0.0833 = 0.1667")
    expect(opened.locator("#program li.here")).to_have_text("g = 2 * (x**3)")


def test_a_box_can_be_chosen_with_the_keyboard(opened: Page) -> None:
    opened.locator('[data-node="n0"]').focus()
    opened.keyboard.press("Enter")
    expect(opened.locator("#details h3")).to_have_text("x")
    opened.keyboard.press("Escape")
    expect(opened.locator("#details")).to_contain_text("Nothing is chosen")


def test_steps_pale_what_is_not_there_yet(opened: Page) -> None:
    opened.get_by_label("One step on").click()
    opened.keyboard.press("ArrowRight")
    expect(opened.locator("#player p")).to_contain_text("Step 2 of 10, forward: pow computed x^3")
    expect(opened.locator(".node.now")).to_have_attribute("data-node", "n2")
    later = [node.get_attribute("data-node") for node in opened.locator(".node.later").all()]
    assert sorted(later, key=str) == ["n3", "n4", "n5", "n6", "n7"]
    opened.get_by_label("One step back").click()
    opened.get_by_label("One step back").click()
    expect(opened.locator(".node.later")).to_have_count(0)


def test_it_zooms_about_the_pointer_and_moves_with_it(opened: Page) -> None:
    node = opened.locator('[data-node="n4"] .card')
    before = node.bounding_box()
    assert before
    middle = (before["x"] + before["width"] / 2, before["y"] + before["height"] / 2)
    opened.mouse.move(*middle)
    opened.mouse.wheel(0, -300)
    opened.wait_for_function(
        "width => document.querySelector('[data-node=n4] .card').getBoundingClientRect().width > 1.3 * width",
        arg=before["width"],
    )
    larger = node.bounding_box()
    assert larger
    assert larger["x"] + larger["width"] / 2 == pytest.approx(middle[0], abs=2)
    opened.mouse.down()
    opened.mouse.move(middle[0] + 60, middle[1] - 40, steps=4)
    opened.mouse.up()
    moved = node.bounding_box()
    assert moved
    assert (moved["x"] - larger["x"], moved["y"] - larger["y"]) == pytest.approx((60, -40), abs=2)
    expect(opened.locator(".node.chosen")).to_have_count(0)
    opened.get_by_role("button", name="Fit").click()
    assert node.bounding_box() == pytest.approx(before, abs=1)


def test_without_scripts_the_picture_is_there(tmp_path: Path, page: Page) -> None:
    file = tmp_path / "graph.html"
    file.write_bytes(draw(trace(CUBES), "html", ViewOptions(), make_engine(), CUBES).content)
    browser = page.context.browser
    assert browser
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(file.as_uri())
    expect(plain.locator("svg .node")).to_have_count(8)
    expect(plain.locator("#player")).to_be_hidden()


def test_hostile_text_runs_no_script(tmp_path: Path, page: Page) -> None:
    dialogs: list[str] = []
    page.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    for number, word in enumerate(STRINGS):
        file = tmp_path / f"{number}.html"
        file.write_bytes(draw(hostile_graph(word), "html", ViewOptions(), make_engine(), word).content)
        page.goto(file.as_uri())
        page.locator(".node").first.click()
        expect(page.locator("#details h3")).to_have_count(1)
    assert dialogs == []
