"""The page for everyone: axe finds nothing, the keyboard reaches everything, motion and contrast are respected."""

import pytest
from chainrule.render.palette import PALETTE
from playwright.sync_api import Page, expect

from tests import ROOT
from tests.e2e.conftest import DESKTOP, PHONE
from tests.e2e.pages import SEED, fill, shown, type_program, visit

AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
needs_axe = pytest.mark.skipif(not AXE.is_file(), reason="axe-core is not installed: run npm ci in frontend/")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]

sizes_and_themes = pytest.mark.parametrize(
    "context",
    [
        {"viewport": size, "color_scheme": theme} | ({"forced_colors": "active"} if forced else {})
        for size, theme, forced in (
            (DESKTOP, "light", False),
            (DESKTOP, "dark", False),
            (PHONE, "light", False),
            (PHONE, "dark", False),
            (DESKTOP, "dark", True),
        )
    ],
    ids=["desktop-light", "desktop-dark", "phone-light", "phone-dark", "high-contrast"],
    indirect=True,
)


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found = page.evaluate("rules => axe.run(document, {runOnly: rules})", RULES)
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


@needs_axe
@sizes_and_themes
def test_axe_finds_nothing_on_the_page_with_a_card_selected(page: Page, address: str) -> None:
    visit(page, address)
    page.locator("#picture .node.root").click()
    expect(page.locator("#inspector h2")).to_contain_text("z")
    page.click("#tab-variables")
    page.select_option("#colour-select", "gradient")
    assert violations(page) == []


@needs_axe
@pytest.mark.parametrize(
    "context", [{"color_scheme": "light"}, {"color_scheme": "dark", "viewport": PHONE}], ids=str, indirect=True
)
def test_axe_finds_nothing_in_the_states_of_the_page(page: Page, address: str, watch) -> None:
    watch.allow("status of 422")
    visit(page, address)
    assert violations(page) == []
    type_program(page, "(w*x).sum() + tenosr(1)")
    expect(page.locator("#problems")).to_contain_text("tenosr")
    assert violations(page) == []
    type_program(page, "(w*x).sum()")
    page.click("#table-button")
    expect(page.locator("#table-view table")).to_be_visible()
    assert violations(page) == []
    page.click("#table-button")
    page.click("#predict-button")
    expect(page.locator("#predict-answer")).to_be_visible()
    assert violations(page) == []


@needs_axe
@pytest.mark.parametrize(
    "context", [{"color_scheme": "light"}, {"color_scheme": "dark"}], ids=["light", "dark"], indirect=True
)
def test_axe_finds_nothing_in_the_dialogs(page: Page, address: str) -> None:
    visit(page, address)
    for button, dialog in (("#examples-button", "#gallery"), ("#share-button", "#share"), ("#keys-button", "#keys")):
        page.click(button)
        expect(page.locator(dialog)).to_be_visible()
        assert violations(page) == [], dialog
        page.keyboard.press("Escape")


@needs_axe
@pytest.mark.parametrize("context", [{"java_script_enabled": True, "locale": "ko-KR"}], indirect=True)
def test_axe_finds_nothing_in_korean(page: Page, address: str) -> None:
    visit(page, address)
    expect(page.locator("#run-button")).to_contain_text("실행")
    assert violations(page) == []


def test_the_keyboard_alone_reaches_the_cards_and_leaves_the_editor(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.keyboard.press("Escape")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('.cm-editor') === null")
    for _ in range(40):
        if page.evaluate("document.activeElement.matches('#picture .node')"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(".node.selected")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    expect(page.locator(".node.selected")).to_contain_text("PowBackward0")
    page.keyboard.press(".")
    page.keyboard.press("Home")
    expect(page.locator("#step-place")).to_contain_text("Forward 1 of 3")


def test_live_regions_tell_runs_problems_and_steps(page: Page, address: str) -> None:
    visit(page, address)
    for selector in ("#status", "#problems", "#step-text", "#inspector"):
        assert page.get_attribute(selector, "aria-live") == "polite", selector


@pytest.mark.parametrize(
    "context", [{"viewport": {"width": width, "height": 800}} for width in (360, 600, 760, 1024, 1920)], indirect=True
)
def test_no_width_scrolls_sideways_or_hides_a_button(page: Page, address: str) -> None:
    visit(page, address)
    width = page.viewport_size["width"]  # type: ignore[index]
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for button in page.locator(".bar button, .bar a, .tools button, .stepper button").all():
        box = button.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert box["height"] >= 24


def test_keys_alone_can_be_switched_off(page: Page, address: str) -> None:
    visit(page, address)
    page.click("#keys-button")
    page.uncheck("#single-keys")
    page.keyboard.press("Escape")
    page.locator("#picture .node.root").click()
    page.keyboard.press("t")
    expect(page.locator("#table-view")).to_be_hidden()
    page.reload()
    page.wait_for_selector("html.ready")
    page.click("#keys-button")
    page.check("#single-keys")
    page.keyboard.press("Escape")
    page.locator("#picture .node.root").click()
    page.keyboard.press("t")
    expect(page.locator("#table-view")).to_be_visible()


@pytest.mark.parametrize(
    "context",
    [{"viewport": {"width": width, "height": 768}, "java_script_enabled": False} for width in (360, 1024, 1440)],
    ids=["360", "1024", "1440"],
    indirect=True,
)
def test_without_scripts_problems_and_picture_are_whole(page: Page, address: str) -> None:
    page.goto(address + "/?example=in_place_error")
    picture = page.locator("#picture svg").bounding_box()
    host = page.locator("#viewport").bounding_box()
    problem = page.locator("#problems .problem").bounding_box()
    panel = page.locator("#problems").bounding_box()
    assert picture is not None
    assert host is not None
    assert problem is not None
    assert panel is not None
    assert picture["y"] + picture["height"] <= host["y"] + host["height"] + 1
    assert abs((picture["x"] + picture["width"] / 2) - (host["x"] + host["width"] / 2)) < 2
    assert problem["height"] <= panel["height"] + 1
    below = page.locator(".output").bounding_box()
    assert below is not None
    assert below["y"] >= panel["y"] + panel["height"] - 1


@pytest.mark.parametrize("context", [{"color_scheme": "dark"}], indirect=True)
def test_on_paper_the_page_is_dark_on_white_and_whole(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.locator("#picture .node.leaf").click()
    expect(page.locator("#inspector h2")).to_have_text("x")
    page.emulate_media(media="print", color_scheme="dark")
    for control in (".tools", "#stepper", "#run-button", "#minimap"):
        expect(page.locator(control)).to_be_hidden()
    for part in ("#editor", "#console", "#picture svg", "#inspector"):
        expect(page.locator(part).first).to_be_visible()
    assert PALETTE["ink"].on("print") == "#000000"
    assert page.locator("#inspector").evaluate("e => getComputedStyle(e).color") == "rgb(0, 0, 0)"
    picture, inspector = page.locator("#picture svg").bounding_box(), page.locator("#inspector").bounding_box()
    assert picture is not None
    assert inspector is not None
    assert picture["y"] + picture["height"] <= inspector["y"]
    assert picture["x"] >= 0


def test_a_picture_of_another_program_says_that_it_is_busy(page: Page, address: str) -> None:
    visit(page, address)
    shown(page)
    page.route("**/run", lambda route: None, times=1)  # never answered: the next question cancels it
    with page.expect_request("**/run"):
        fill(page, SEED)
    expect(page.locator("#viewport")).to_have_attribute("aria-busy", "true")
    page.click("#run-button")
    shown(page)
    expect(page.locator("#picture .node.root")).to_contain_text("5")
