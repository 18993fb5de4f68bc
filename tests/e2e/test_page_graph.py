"""Large graphs, folds, explanations and completion in a real browser."""

import re

import pytest
from chainrule import pipeline
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.pages import SEED, fill, node, program, ready, type_program, visit

TRANSFORMER = (
    "import torch.nn as nn\n"
    "block = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True, dropout=0.0)\n"
    "model = nn.TransformerEncoder(block, 12)\n"
    "loss = model(torch.randn(2, 4, 16)).pow(3).mean()\n"
    "loss.backward()\n"
)
BROKEN = TRANSFORMER.replace("loss = model(", "model.layers[6].linear2.weight.data[0, 0] = float('nan')\nloss = model(")


def test_completion_offers_names_with_signature_and_description(page: Page, address: str, watch) -> None:
    watch.allow("status of 422")  # what is half typed is refused
    visit(page, address)
    fill(page, "y = ")
    page.keyboard.type("torch.sigm")
    option = page.locator(".cm-tooltip-autocomplete li", has_text="sigmoid").first
    expect(option).to_contain_text("(input)")
    expect(page.locator(".cm-completionInfo")).to_contain_text("between 0 and 1")
    option.click()
    assert program(page) == "y = torch.sigmoid"


def test_a_leaf_tells_its_chain_rule(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "x = torch.tensor(3., requires_grad=True)\ny = x*x + 2*x\ny.backward()\n")
    page.locator("#picture .node.leaf").first.click()
    paths = page.locator("#inspector .paths li")
    expect(paths).to_have_count(3)
    paths.first.hover()
    expect(page.locator("#picture .edge.lit").first).to_be_attached()


def test_an_edge_shows_its_local_jacobian(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    node(page, "PowBackward0").click()
    page.click("#inspector .jacobian summary")
    table = page.locator("#inspector .jacobian table")
    expect(table.locator("td.h7")).to_have_text("4")
    expect(table.locator("td:not([class])")).to_have_count(2)


def test_a_question_that_is_opened_is_answered_with_the_jacobian(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    question = page.locator("#inspector .concepts details", has_text="Why must the loss be a scalar?")
    question.locator("summary").click()
    expect(question.locator("math").first).to_be_visible()
    expect(question.locator("summary")).to_be_focused()


def test_the_jacobian_of_a_slow_program_follows(page: Page, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "QUICK_SECONDS", 0.0)
    visit(page, address)
    type_program(page, SEED.replace("x**2", "x**4"))
    node(page, "PowBackward0").click()
    expect(page.locator("#inspector .jacobian summary")).to_be_visible()
    expect(page.locator("#inspector [data-partial]")).to_have_count(0)


def test_twelve_blocks_fold_and_unfold_and_are_searched(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, TRANSFORMER)
    expect(page.locator("#status")).to_contain_text(re.compile(r"[5-9]\d\d nodes"), timeout=60_000)
    expect(page.locator("#minimap")).to_be_visible()
    assert page.locator("#picture .node").count() <= 150
    fold = page.locator("#picture .node.fold").first
    before = page.locator("#picture .node").count()
    name = fold.get_attribute("data-fold")
    page.locator("#zoom-fit").click()
    fold.dblclick()
    expect(page.locator(f"#picture .node[data-fold='{name}']")).to_have_count(0)
    assert page.locator("#picture .node").count() > before
    expect(page).to_have_url(re.compile("open="))
    page.keyboard.press("/")
    page.keyboard.type("relu")
    expect(page.locator("#search-result")).to_have_text("1 of 12")
    page.keyboard.press("Escape")


def test_what_is_searched_for_in_a_picture_too_small_to_read_is_shown_large(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "x = torch.ones(2, requires_grad=True)\ny = x\n" + "y = y.sin()\n" * 20 + "z = y.tanh().sum()\n")
    expect(page.locator("#status")).to_contain_text("nodes")
    page.locator("#zoom-fit").click()
    scale = "e => new DOMMatrix(e.style.transform).a"
    assert page.locator("#picture").evaluate(scale) < 0.5
    page.keyboard.press("/")
    page.keyboard.type("tanh")
    expect(page.locator("#search-result")).to_have_text("1 of 1")
    assert page.locator("#picture").evaluate(scale) >= 0.5
    expect(page.locator(".node.selected")).to_be_in_viewport()


@pytest.mark.parametrize("context", [{"viewport": PHONE}, {"viewport": {"width": 1366, "height": 768}}], indirect=True)
def test_a_picture_too_tall_to_read_opens_at_the_root(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "x = torch.ones(2, requires_grad=True)\ny = x\n" + "y = y.sin()\n" * 30 + "z = y.sum()\n")
    expect(page.locator("#status")).to_contain_text("nodes")
    stage, tools = page.locator("#viewport").bounding_box(), page.locator(".tools").bounding_box()
    card = page.locator("#picture .node.root .card").bounding_box()
    assert stage is not None
    assert tools is not None
    assert card is not None
    assert tools["y"] + tools["height"] <= card["y"]
    assert card["y"] + card["height"] <= stage["y"] + stage["height"]
    assert page.locator("#picture").evaluate("e => new DOMMatrix(e.style.transform).a") >= 0.5


def test_what_was_open_in_another_program_is_forgotten(page: Page, address: str, watch) -> None:
    watch.allow("status of 422")
    visit(page, address)
    type_program(page, SEED)
    page.wait_for_url("**/*#p=*")  # the address has the program by now, and the rest is added to it
    page.evaluate("location.hash += '&open=model.layers.3&pass=7'")
    expect(page).not_to_have_url(re.compile("open="))
    expect(node(page, "PowBackward0")).to_be_visible()
    expect(page.locator("#problems article")).to_have_count(0)


@pytest.mark.parametrize("context", [{"reduced_motion": "reduce"}], indirect=True)
def test_reduced_motion_leaves_out_every_transition(page: Page, address: str) -> None:
    visit(page, address)
    moving = page.evaluate(
        "[...document.querySelectorAll('*')].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0"
        " && !e.closest('.cm-editor')).length"
    )
    assert moving == 0


def test_columns_are_as_wide_as_one_makes_them(page: Page, address: str) -> None:
    visit(page, address)
    before = page.locator(".right").bounding_box()
    page.focus("#split-right")
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    after = page.locator(".right").bounding_box()
    assert before is not None
    assert after is not None
    assert after["width"] > before["width"] + 80
    page.reload()
    ready(page)
    again = page.locator(".right").bounding_box()
    assert again is not None
    assert abs(again["width"] - after["width"]) < 2


def test_one_click_compares_the_gradients_with_finite_differences(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.click("#tab-check")
    page.click("#check-button")
    expect(page.locator("#check tr[data-node]")).to_contain_text("agrees")
    type_program(page, "torch.sin(w)")
    expect(page.locator("#check-button")).to_be_visible()


def test_an_expression_inside_a_fold_lights_the_fold_that_holds_its_nodes(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "x = torch.ones(2, requires_grad=True)\ny = x\nfor _ in range(400):\n    y = y * 1.01\ny.sum()")
    expect(page.locator("#picture .node.fold").first).to_be_visible()
    page.locator(".cm-line").get_by_text("1.01").hover()
    lit = page.locator("#picture .node.lit")
    expect(page.locator("#picture .node.lit.fold").first).to_be_attached()
    page.locator(".cm-line").get_by_text("in", exact=True).hover()
    expect(lit).to_have_count(0)


def test_a_problem_leads_to_its_node(page: Page, address: str) -> None:
    visit(page, address)
    type_program(
        page,
        "x = torch.tensor([0., 1.], requires_grad=True)\nh = x\nfor _ in range(300):\n    h = h + 0.01\n"
        "y = torch.where(x > 0, x.sqrt(), x) + h\ny.sum().backward()\n",
    )
    page.locator("#problems .problem", has_text="NaN").locator("[data-select]").click()
    expect(page.locator("#picture .node.selected")).to_contain_text("SqrtBackward0")
    expect(page.locator("#picture .node.selected")).to_be_in_viewport()
    expect(page.locator("#inspector")).to_contain_text("SqrtBackward0")


def test_a_problem_inside_a_fold_unfolds_it_and_the_picture_has_an_address(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, BROKEN)
    expect(page.locator("#picture .node.fold.first").first).to_be_visible()
    link = page.locator("#problems .problem", has_text="NaN").locator("[data-select]").first
    wanted = link.get_attribute("data-select")
    expect(page.locator(f"#picture .node[data-node='{wanted}']")).to_have_count(0)
    link.click()
    card = page.locator(f"#picture .node.selected[data-node='{wanted}']")
    expect(card).to_contain_text("first NaN")
    expect(card).to_be_in_viewport()
    expect(page).to_have_url(re.compile("open="))
    page.reload()
    expect(page.locator(f"#picture .node[data-node='{wanted}']")).to_be_attached()


def test_a_fold_is_inspected_unfolded_and_folded_by_keys_alone(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, TRANSFORMER)
    fold = page.locator("#picture .node.fold").first
    name = fold.get_attribute("data-fold")
    assert name is not None
    fold.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2")).to_have_text(name)
    expect(page.locator("#inspector [data-unfold]")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator(f"#picture .node[data-fold='{name}']")).to_have_count(0)
    expect(page.locator("#picture .node.selected")).to_be_focused()


def test_enter_folds_the_scope_around_a_card_and_unfolds_it_again(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "def f(x):\n    return x.sin().cos()\nx = torch.tensor(1., requires_grad=True)\nf(x).exp()\n")
    node(page, "CosBackward0").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#inspector h2")).to_contain_text("cos")
    page.keyboard.press("Enter")
    expect(page.locator("#picture .node.fold.selected")).to_be_focused()
    expect(node(page, "CosBackward0")).to_have_count(0)
    expect(page).to_have_url(re.compile("closed="))
    page.keyboard.press("Enter")
    expect(page.locator("#picture .node.selected")).to_contain_text("SinBackward0")
    expect(page.locator("#picture .node.selected")).to_be_focused()


@pytest.mark.parametrize("context", [{"viewport": PHONE, "has_touch": True}], indirect=True)
def test_on_a_phone_the_graph_begins_on_the_first_screen(page: Page, address: str) -> None:
    visit(page, address, "/?example=nan_from_sqrt")
    expect(page.locator("#problems .problem")).to_be_visible()
    card = page.locator("#picture .node.leaf").bounding_box()
    stepper = page.locator("#stepper").bounding_box()
    assert card is not None
    assert stepper is not None
    assert card["y"] + 40 < stepper["y"]
    page.locator("#problems [data-select]").click()
    expect(page.locator("#picture .node.selected")).to_be_in_viewport(ratio=0.95)


def test_no_variable_is_cut_off_in_a_narrow_panel(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.click("#tab-variables")
    expect(page.locator("#variables tbody tr")).to_have_count(3)
    assert page.locator("#variables .scroll").evaluate("e => e.scrollWidth <= e.clientWidth")
    expect(page.locator("#variables").get_by_role("cell", name="float32").first).to_be_visible()


def test_a_card_that_is_walked_to_is_not_under_the_map_or_the_legend(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, "x = torch.ones(2, requires_grad=True)\ny = x\n" + "y = y.sin()\n" * 30 + "z = y.sum()\n")
    expect(page.locator("#minimap")).to_be_visible()
    page.select_option("#colour-select", "value")
    expect(page.locator("#legend .scale")).to_be_visible()
    page.locator("#picture .node.leaf").focus()
    page.keyboard.press("Enter")
    for _ in range(8):
        page.keyboard.press("ArrowDown")
        card = page.locator("#picture .node.selected .card").bounding_box()
        for cover in ("#minimap", "#legend"):
            over = page.locator(cover).bounding_box()
            assert card is not None
            assert over is not None
            aside = card["x"] >= over["x"] + over["width"] or card["x"] + card["width"] <= over["x"]
            assert aside or card["y"] + card["height"] <= over["y"]


@pytest.mark.parametrize("context", [{"viewport": PHONE, "has_touch": True}], indirect=True)
def test_on_a_phone_the_question_stands_above_the_picture(page: Page, address: str) -> None:
    visit(page, address)
    type_program(page, SEED)
    page.click("#predict-button")
    field = page.locator("#predict-answer")
    expect(field).to_be_focused()
    asked, picture = field.bounding_box(), page.locator("#viewport").bounding_box()
    assert asked is not None
    assert picture is not None
    assert asked["y"] < picture["y"]
    page.locator("#predict").get_by_role("button", name="Reveal").click()
    expect(page.locator("#predict h2")).to_have_text("Revealed")
    page.keyboard.press("Enter")
    expect(page.locator("#predict-answer")).to_be_focused()
