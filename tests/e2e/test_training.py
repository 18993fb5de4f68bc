"""A training loop in a real browser: scrubbed, played, clicked into, on a phone too."""

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import PHONE
from tests.e2e.pages import shown, type_program, visit

LOOP = (
    "x = torch.linspace(-1, 1, 4)\nw = torch.tensor(2., requires_grad=True)\nopt = torch.optim.SGD([w], lr=0.2)\n"
    "for epoch in range(3):\nfor step in range(10):\nopt.zero_grad()\nloss = ((w * x - x)**2).mean()\n"
    "loss.backward()\nopt.step()\n"
)
"""As it is typed: the editor indents by itself."""


@pytest.fixture
def trained(page: Page, address: str) -> Page:
    visit(page, address)
    source = (
        LOOP.replace("for step", "    for step")
        .replace("opt.zero", "        opt.zero")
        .replace("loss = ", "        loss = ")
        .replace("loss.backward", "        loss.backward")
        .replace("opt.step()", "        opt.step()")
    )
    type_program(page, source)
    expect(page.locator("#series")).to_be_visible()
    return page


def loss(page: Page) -> float:
    return float(page.locator("#series-loss").inner_text().split()[1])


def cards(page: Page) -> list[str]:
    found: list[str] = page.locator("#picture .node").evaluate_all(
        "groups => groups.map((one) => one.dataset.node + ' ' + one.getAttribute('transform'))"
    )
    return found


def test_a_loop_is_one_iteration_with_its_loss_above(trained: Page) -> None:
    expect(trained.locator("#series-place")).to_have_text("epoch 3 of 3 · step 10 of 10")
    assert trained.locator("#picture .node", has_text="MeanBackward0").count() == 1
    assert trained.locator("#series-plot .curve").count() == 1
    expect(trained.locator("#pass-label")).to_be_hidden()


def test_keys_and_buttons_go_through_time_and_nothing_moves(trained: Page) -> None:
    before, last = cards(trained), loss(trained)
    trained.locator("#viewport").click(position={"x": 60, "y": 300})
    trained.keyboard.press("{")
    trained.keyboard.press("{")
    expect(trained.locator("#series-place")).to_have_text("epoch 2 of 3 · step 1 of 10")
    trained.keyboard.press("[")
    expect(trained.locator("#series-place")).to_have_text("epoch 1 of 3 · step 10 of 10")
    trained.click("#series-first")
    shown(trained)
    expect(trained.locator("#picture .legend")).to_contain_text("pass 1 of 30")
    assert loss(trained) > last
    assert cards(trained) == before


def test_a_click_on_the_curve_goes_to_that_step(trained: Page) -> None:
    box = trained.locator("#series-plot").bounding_box()
    assert box is not None
    trained.mouse.click(box["x"] + box["width"] * 10 / 29, box["y"] + 10)
    expect(trained.locator("#series-place")).to_have_text("epoch 2 of 3 · step 1 of 10")
    shown(trained)
    expect(trained.locator("#picture .legend")).to_contain_text("pass 11 of 30")


def test_playing_runs_to_the_end(trained: Page) -> None:
    trained.click("#series-first")
    trained.click("#series-play")
    expect(trained.locator("#series-place")).to_have_text("epoch 3 of 3 · step 10 of 10")
    expect(trained.locator("#series")).not_to_have_class("playing")


def test_a_selected_parameter_stays_selected_and_tells_its_step(trained: Page) -> None:
    trained.locator("#picture .node.leaf", has_text="w").first.focus()
    trained.keyboard.press("Enter")
    expect(trained.locator("#inspector .update")).to_contain_text("became")
    trained.click("#series-first")
    shown(trained)
    expect(trained.locator("#inspector .update")).to_contain_text("2")
    expect(trained.locator("#picture .node.leaf.selected")).to_have_count(1)


def test_the_table_of_parameters_is_sorted_and_goes_to_a_pass(trained: Page) -> None:
    trained.click("#training-button")
    rows = trained.locator("#training-view tbody tr")
    expect(rows).to_have_count(1)
    trained.click("#training-view thead th:nth-child(2) button")
    expect(trained.locator("#training-view thead th").nth(1)).to_have_attribute("aria-sort", "descending")
    box = trained.locator("#training-view .spark").first.bounding_box()
    assert box is not None
    trained.mouse.click(box["x"] + 1, box["y"] + 10)
    expect(trained.locator("#series-place")).to_have_text("epoch 1 of 3 · step 1 of 10")
    expect(trained.locator("#training-view caption")).to_contain_text("pass 1;")


def test_the_address_remembers_the_pass(trained: Page) -> None:
    trained.click("#series-back")
    shown(trained)
    trained.wait_for_url("**pass=29**")
    trained.reload()
    expect(trained.locator("#series-place")).to_have_text("epoch 3 of 3 · step 9 of 10")


def test_another_program_has_no_curve(trained: Page) -> None:
    type_program(trained, "x = torch.tensor(2., requires_grad=True)\n(x * x).backward()\n")
    expect(trained.locator("#series")).to_be_hidden()


def test_a_phone_has_it_within_its_width(trained: Page) -> None:
    trained.set_viewport_size(PHONE)
    width: int = trained.evaluate("() => document.documentElement.scrollWidth")
    assert width <= PHONE["width"]
    for part in ("#series-range", "#series-play", "#training-button"):
        box = trained.locator(part).bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= PHONE["width"]
