"""The page in a real browser: editing, running, looking, stepping, sharing."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.pages import SEED, TWICE, fill, node, program, ready, shown, type_program, visit

phone = pytest.mark.parametrize("context", [{"viewport": PHONE, "has_touch": True}], indirect=True)
both_sizes = pytest.mark.parametrize("context", [{}, {"viewport": PHONE}], ids=["desktop", "phone"], indirect=True)
no_script = pytest.mark.parametrize("context", [{"java_script_enabled": False}], indirect=True)


@no_script
def test_without_scripts_a_form_shows_picture_console_and_problems(page: Page, address: str) -> None:
    page.goto(address)
    page.fill("#source", "x = torch.ones(2, requires_grad=True)\nprint('hello')\ny = x*3\ny.backward()")
    page.click("#run-button")
    expect(page.locator("#console")).to_contain_text("hello")
    expect(page.locator("#problems")).to_contain_text("grad can be implicitly created only for scalar outputs")
    expect(page.locator("#picture")).to_contain_text("MulBackward0")
    page.click("#examples-button")
    page.click("text=A single expression")
    page.fill("[name='input.x']", "3")
    page.click("#run-button")
    expect(page.locator("#picture")).to_contain_text("4.5")


@both_sizes
def test_typing_runs_the_program(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    expect(node(page, "PowBackward0")).to_be_visible()
    expect(page.locator("#console")).to_contain_text("tensor([2., 4.])")
    assert program(page) == SEED


def test_control_enter_runs_at_once(page: Page, address: str) -> None:
    visit(page, address)
    fill(page, "torch.sigmoid(w)")
    with page.expect_request("**/run"):
        page.keyboard.press("Control+Enter")
    expect(node(page, "SigmoidBackward0")).to_be_visible()


def test_an_error_keeps_the_last_picture_and_marks_the_place(page: Page, address: str, watch) -> None:
    watch.allow("status of 422")
    visit(page, address)
    type_program(page, SEED)
    type_program(page, "x = tenosr([1.])\n")
    expect(page.locator("#problems")).to_contain_text("tenosr")
    expect(page.locator("#picture.stale")).to_contain_text("PowBackward0")
    expect(page.locator(".cm-lintRange-error")).to_have_text("tenosr")
    page.locator("#problems [data-fix]").first.click()
    expect(page.locator("#picture.stale")).to_have_count(0)
    assert program(page) == "x = tensor([1.])\n"


def test_a_new_run_cancels_the_one_under_way(page: Page, address: str) -> None:
    visit(page, address)
    cancelled = []
    page.on("requestfailed", lambda request: cancelled.append(request.url))
    page.route("**/run", lambda route: None, times=1)  # never answered: only cancelling ends it
    fill(page, "torch.sin(w)")
    page.keyboard.press("Control+Enter")
    page.keyboard.press("End")
    page.keyboard.type(".cos()")
    expect(node(page, "CosBackward0")).to_be_visible()
    assert any(url.endswith("/run") for url in cancelled)


def test_the_address_holds_the_program_and_back_brings_the_old_one(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "torch.exp(w)")
    expect(page).to_have_url(re.compile("#p="))
    first = page.url
    page.click("#examples-button")
    page.click("[data-example=gradient_argument]")
    expect(node(page, "MulBackward0")).to_be_visible()
    expect(page).not_to_have_url(first)
    page.go_back()
    expect(node(page, "ExpBackward0")).to_be_visible()
    assert program(page) == "torch.exp(w)"
    page.go_forward()
    expect(node(page, "MulBackward0")).to_be_visible()
    page.goto("about:blank")
    page.goto(first)
    ready(page)
    assert program(page) == "torch.exp(w)"


def test_work_outlives_a_reload_of_the_bare_address(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "torch.tanh(w)")
    expect(page).to_have_url(re.compile("#p="))
    page.goto("about:blank")
    visit(page, address)
    assert program(page) == "torch.tanh(w)"


def test_an_example_does_not_lose_the_work_before_it(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "torch.tanh(w)")
    page.click("#examples-button")
    expect(page.locator("#gallery img").first).to_be_visible()
    page.click("[data-example=grad_is_none]")
    expect(page.locator("#notice")).to_be_visible()
    page.click("#notice button")
    assert program(page) == "torch.tanh(w)"


def test_a_broken_fragment_is_told_and_leaves_an_empty_editor(page: Page, address: str, watch) -> None:
    watch.allow("status of 422")
    page.goto(address + "/#p=broken!")
    page.wait_for_selector("html.ready")
    expect(page.locator("#notice")).to_contain_text("does not hold a readable program")
    assert program(page) == ""


def test_hovering_a_card_lights_its_expression_and_back(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    node(page, "PowBackward0").hover()
    expect(page.locator(".cm-lit")).to_have_text("x**2")
    page.locator(".cm-line", has_text="y.sum()").get_by_text("sum").hover()
    expect(page.locator(".node.lit")).to_contain_text("SumBackward0")


def test_a_selected_card_is_explained(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    node(page, "PowBackward0").click()
    inspector = page.locator("#inspector")
    expect(inspector).to_contain_text("PowBackward0")
    expect(inspector.locator("math").first).to_be_visible()
    expect(inspector.locator("table.gradient").first).to_contain_text("1")
    inspector.locator("[data-select]", has_text="sum").first.click()
    expect(inspector).to_contain_text("SumBackward0")


def test_cells_tell_their_full_precision_and_copy_as_python(page: Page, address: str, context) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit(page, address)
    type_program(page, "x = torch.tensor([0.123456789, 1/3], requires_grad=True)\nz = (x*x).sum()\nz.backward()")
    page.locator("#picture .node.leaf").first.click()
    cell = page.locator("#inspector table.value td").first
    expect(cell).to_have_attribute("title", "0.12345679")
    page.locator("#inspector [data-copy]").first.click()
    copied = page.evaluate("navigator.clipboard.readText()")
    assert re.fullmatch(r"torch\.tensor\(\[0\.1234567\d+, 0\.3333333\d+\], dtype=torch\.float32\)", copied)


def test_the_keyboard_walks_searches_and_zooms(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    node(page, "PowBackward0").click()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".node.selected")).to_contain_text("SumBackward0")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".node.selected")).to_contain_text("AccumulateGrad")
    before = page.locator("#picture").evaluate("e => e.style.transform")
    page.keyboard.press("+")
    assert page.locator("#picture").evaluate("e => e.style.transform") != before
    page.keyboard.press("0")
    page.keyboard.press("/")
    page.keyboard.type("sum")
    expect(page.locator("#search-result")).to_have_text("1 of 1")
    expect(page.locator(".node.selected")).to_contain_text("SumBackward0")
    page.keyboard.press("Escape")
    expect(page.locator("#search")).to_be_hidden()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()


def test_control_and_wheel_zooms_at_the_pointer(page: Page, address: str) -> None:
    visit(page, address)
    card = page.locator("#picture .node.root")
    box = card.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -200)
    page.keyboard.up("Control")
    after = card.bounding_box()
    assert after is not None
    assert after["width"] > 1.2 * box["width"]
    assert abs((after["x"] + 10 * after["width"] / box["width"]) - (box["x"] + 10)) < 2


@phone
def test_two_fingers_zoom_at_the_point_between_them(page: Page, address: str) -> None:
    visit(page, address)
    page.locator("#viewport").scroll_into_view_if_needed()
    card = page.locator("#picture .node.root")
    card.scroll_into_view_if_needed()
    before = card.bounding_box()
    assert before is not None
    middle = before["x"] + 60, before["y"] + 60
    fingers = page.context.new_cdp_session(page)

    def touch(kind: str, apart: float | None = None) -> None:
        places = [] if apart is None else [{"x": middle[0] + side * apart, "y": middle[1]} for side in (-1, 1)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": places})

    touch("touchStart", 20)
    for apart in (25, 30, 35, 40):
        touch("touchMove", apart)
    touch("touchEnd")
    after = card.bounding_box()
    assert after is not None
    grown = after["width"] / before["width"]
    assert abs(grown - 2) < 0.05
    assert abs(after["x"] + 60 * grown - middle[0]) < 3
    assert abs(after["y"] + 60 * grown - middle[1]) < 3
    expect(page.locator(".node.selected")).to_have_count(0)


def test_dragging_pans(page: Page, address: str) -> None:
    visit(page, address)
    card = page.locator("#picture .node.root")
    before = card.bounding_box()
    assert before is not None
    page.mouse.move(before["x"] - 20, before["y"] + 60)
    page.mouse.down()
    page.mouse.move(before["x"] + 40, before["y"] + 100, steps=4)
    page.mouse.up()
    after = card.bounding_box()
    assert after is not None
    assert round(after["x"] - before["x"]) == 60
    assert round(after["y"] - before["y"]) == 40


def test_passes_and_views_are_chosen(page: Page, address: str) -> None:
    visit(page, address)
    expect(page.locator("#pass-label")).to_be_hidden()
    type_program(page, TWICE)
    expect(page.locator("#pass-label")).to_be_visible()
    with page.expect_response("**/run"):
        page.select_option("#pass-select", "1")
    with page.expect_response("**/run"):
        page.select_option("#view-select", "structure")
    expect(page.locator("#picture .stripe-gradient")).to_have_count(0)
    expect(page).to_have_url(re.compile("view=structure.*pass=1"))


def test_cards_are_coloured_by_gradient_with_a_legend(page: Page, address: str) -> None:
    visit(page, address)
    page.select_option("#colour-select", "gradient")
    expect(page.locator("#legend")).to_contain_text("log scale")
    assert page.locator("#picture .node[data-level]").count() >= 4
    page.select_option("#colour-select", "none")
    expect(page.locator("#picture .node[data-level]")).to_have_count(0)


def test_steps_are_told_forward_and_backward(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    text, place = page.locator("#step-text"), page.locator("#step-place")
    page.click("#step-first")
    expect(place).to_contain_text("Forward 1 of 3")
    page.click("#step-forward")
    expect(text).to_contain_text("pow")
    for _ in range(3):
        page.click("#step-forward")
    expect(place).to_contain_text("Backward 2 of 3, pass 1")
    expect(text).to_contain_text(re.compile("PowBackward0 .*received 1 at every element and passed"))
    expect(page).to_have_url(re.compile("step=5"))
    page.reload()
    ready(page)
    expect(place).to_contain_text("Backward 2 of 3")


def test_playing_goes_on_by_itself_and_can_be_paused(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.select_option("#step-speed", "2")
    page.click("#step-play")
    expect(page.locator("#step-place")).to_contain_text("Forward 3 of 3")
    page.keyboard.press(" ")
    expect(page.locator("#stepper")).not_to_have_class(re.compile("playing"))


def test_a_slider_redraws_without_a_jump(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "(2*x**3).sum()/12")
    before = page.locator("#picture .node").first.bounding_box()
    slider = page.locator(".slider input[type=range]")
    slider.focus()
    page.keyboard.press("ArrowRight")
    shown(page)
    slider.fill("2")
    expect(page.locator("#picture .node.root")).to_contain_text("1.3333")
    assert page.locator("#picture .node").first.bounding_box() == before
    page.click("#reset")
    expect(page.locator("#picture .node.root")).to_contain_text("0.1667")


def test_a_literal_becomes_a_slider_by_alt_click(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "w = torch.tensor(1.0, requires_grad=True)\nz = 3.0*w\n")
    page.locator(".cm-line").nth(1).get_by_text("3.0").click(modifiers=["Alt"])
    slider = page.locator("#sliders input[type=range]")
    slider.fill("-1.5")
    expect(page.locator("#picture .node.root")).to_contain_text("-1.5")
    assert program(page).endswith("z = -1.5*w\n")
    page.click("#reset")
    assert program(page).endswith("z = 3.0*w\n")


def test_a_matrix_is_edited_in_a_grid(page: Page, address: str) -> None:
    page.goto(address + "/?lang=en")
    ready(page)
    type_program(page, "(W*2).sum()")
    expect(page.locator("#picture .node.root")).to_contain_text("(W*2).sum()")
    page.wait_for_url("**/*#p=*")  # the address has the program by now, and the rest is added to it
    page.evaluate("location.hash += '&in=' + encodeURIComponent('{\"W\": [[1, 2], [3, 4]]}')")
    expect(page.locator("#picture .node.root")).to_contain_text("20")
    page.click("#inputs button")
    page.fill("[aria-label='W[1, 1]']", "10")
    expect(page.locator("#picture .node.root")).to_contain_text("32")
    page.keyboard.press("Escape")


def test_a_prediction_is_checked_before_the_gradient_is_shown(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "w = torch.tensor(2.0, requires_grad=True)\nz = (w*w)*3\nz.backward()\n")
    page.click("#predict-button")
    leaf = page.locator("#picture .node.leaf")
    expect(leaf.locator(".question")).to_be_visible()
    expect(page.locator("#predict")).to_contain_text("What is the gradient at mul?")
    page.fill("#predict-answer", "5")
    page.click("#predict .primary")
    expect(page.locator("#predict .verdict")).to_contain_text("Not yet")
    page.fill("#predict-answer", "3")
    page.keyboard.press("Enter")
    expect(page.locator("#predict")).to_contain_text("Right.")
    expect(page.locator("#inspector math").first).to_be_visible()
    page.click("#predict .primary")
    expect(page.locator("#predict")).to_contain_text("What is the gradient at w?")
    page.click("#predict button:has-text('Reveal')")
    expect(leaf.locator(".question")).to_have_count(0)
    page.click("#predict .primary")
    expect(page.locator("#predict")).to_contain_text("All 2 predicted: 0 right at the first try.")


def test_the_share_menu_has_what_other_places_take(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "(2*x**3).sum()/12")
    page.click("#share-button")
    expect(page.locator("#share")).to_be_visible()
    link = page.input_value("#share-link")
    assert link.startswith(address + "/?p=")
    assert 'property="og:image"' in page.request.get(link).text()
    markdown = page.input_value("#share-markdown")
    picture = re.search(r"\((.*)\)", markdown)
    assert picture is not None
    assert page.request.get(picture[1]).headers["content-type"] == "image/svg+xml"
    frame = re.search(r'src="([^"]*)"', page.input_value("#share-iframe"))
    assert frame is not None
    assert page.request.get(frame[1]).status == 200
    assert "/api/v1/graphs" in page.input_value("#share-curl")
    for format_name in ("svg", "png", "dot", "json"):
        href = page.get_attribute(f"[data-download={format_name}]", "href")
        assert page.request.get(address + str(href)).status == 200, format_name


def test_variables_and_console_point_to_their_lines(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.click("#tab-variables")
    row = page.locator("#variables tr", has_text="PowBackward0")
    expect(row).to_contain_text("y")
    page.click("#tab-console")
    page.click("#console a.place")
    expect(page.locator(".cm-activeLine")).to_contain_text("print(x.grad)")


def test_the_table_shows_the_graph_as_text(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.click("#table-button")
    table = page.locator("#table-view")
    expect(table).to_contain_text("PowBackward0")
    table.get_by_role("button", name="n1", exact=True).click()
    expect(page.locator("#inspector h2")).to_be_visible()


def test_the_theme_is_remembered(page: Page, address: str) -> None:
    visit(page, address)
    page.click("#theme-button")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_the_language_keeps_the_program(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "torch.tanh(w)")
    expect(page).to_have_url(re.compile("#p="))
    page.click("[data-language=ko]")
    page.wait_for_selector("html.ready[lang=ko]")
    expect(page.locator("#run-button")).to_contain_text("실행")
    assert program(page) == "torch.tanh(w)"


@phone
def test_a_phone_has_no_sideways_scroll(page: Page, address: str) -> None:
    visit(page, address)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.locator("#picture .node.root").click()
    expect(page.locator("#inspector h2")).to_contain_text("z")
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]


def test_the_elements_of_a_result_that_is_no_scalar_are_weighed(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "x = torch.tensor([1., 2.], requires_grad=True)\ny = x**2\n")
    page.click("#inputs button")
    page.fill("#grid-body input >> nth=0", "0")
    expect(page.locator("#picture .node.leaf")).to_have_attribute("aria-label", re.compile("grad from 0 to 4"))
    page.keyboard.press("Escape")
    page.click("#reset")
    expect(page.locator("#picture .node.leaf")).to_have_attribute("aria-label", re.compile("grad from 2 to 4"))


def test_a_shared_link_brings_program_and_view(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.select_option("#view-select", "values")
    page.click("#step-first")
    expect(page.locator("#step-place")).to_contain_text("Forward 1 of 3")
    page.click("#share-button")
    expect(page.locator("#share")).to_be_visible()
    link = page.input_value("#share-link")
    page.goto("about:blank")
    page.goto(link)
    ready(page)
    expect(page.locator("#step-place")).to_contain_text("Forward 1 of 3")
    expect(page.locator("#view-select")).to_have_value("values")
    assert program(page) == SEED


def test_further_options_turn_the_picture_and_label_its_lines(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.click("#options-button")
    page.select_option("[data-option=direction]", "LR")
    expect(page).to_have_url(re.compile("direction=LR"))
    page.select_option("[data-option=labels]", "norms")
    expect(page.locator("#picture .edge text").first).to_be_attached()
    left, right = (page.locator(f"#picture .node >> nth={place}").bounding_box() for place in (0, -1))
    assert left is not None
    assert right is not None
    assert abs(left["y"] - right["y"]) < abs(left["x"] - right["x"])
    page.keyboard.press("Escape")
    expect(page.locator("#options")).to_be_hidden()


def test_a_link_to_an_exercise_opens_as_the_exercise(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "w = torch.tensor(2.0, requires_grad=True)\nz = (w*w)*3\nz.backward()\n")
    page.click("#predict-button")
    page.click("#predict summary")
    page.uncheck("#predict .choice >> text=mul")
    expect(page.locator("#predict")).to_contain_text("1 of 1")
    page.click("#share-button")
    expect(page.locator("#share")).to_be_visible()
    link = page.input_value("#share-link")
    page.goto("about:blank")
    page.goto(link)
    ready(page)
    expect(page.locator("#predict")).to_contain_text("What is the gradient at w?")
    expect(page.locator("#picture .node.leaf .question")).to_be_visible()
    expect(page.locator("#picture .question")).to_have_count(1)
