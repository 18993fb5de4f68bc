"""What the page says and does when the server is away, busy, or asks for patience."""

from playwright.sync_api import Page, Route, expect

from tests.e2e.pages import fill, node, program, type_program, visit


def test_a_server_that_is_away_is_told_and_tried_again(page: Page, address: str, watch) -> None:
    watch.allow("ERR_CONNECTION_REFUSED", "ERR_FAILED")
    visit(page, address)
    page.route("**/run", lambda route: route.abort("connectionrefused"), times=1)
    fill(page, "torch.tanh(w)")
    expect(page.locator("#status.trouble")).to_contain_text("cannot be reached. Your text is kept; trying again in 1 s")
    expect(node(page, "TanhBackward0")).to_be_visible()
    expect(page.locator("#status.trouble")).to_have_count(0)
    assert program(page) == "torch.tanh(w)"


def answer(status: int, headers: dict[str, str]):
    def handle(route: Route) -> None:
        route.fulfill(status=status, headers=headers, body="{}", content_type="application/problem+json")

    return handle


def test_a_busy_server_is_waited_for_as_long_as_it_asks(page: Page, address: str, watch) -> None:
    watch.allow("status of 503")
    visit(page, address)
    page.route("**/run", answer(503, {"Retry-After": "2"}), times=1)
    fill(page, "torch.tanh(w)")
    expect(page.locator("#status")).to_contain_text("busy. Trying again in 2 s")
    expect(node(page, "TanhBackward0")).to_be_visible()


def test_too_many_runs_are_told(page: Page, address: str, watch) -> None:
    watch.allow("status of 429")
    visit(page, address)
    page.route("**/run", answer(429, {"Retry-After": "1"}), times=1)
    fill(page, "torch.tanh(w)")
    expect(page.locator("#status")).to_contain_text("Too many runs in a short time. Trying again in 1 s")
    expect(node(page, "TanhBackward0")).to_be_visible()


def test_a_fault_of_the_server_is_told_and_not_tried_again(page: Page, address: str, watch) -> None:
    watch.allow("status of 500")
    visit(page, address)
    page.route("**/run", answer(500, {}), times=1)
    fill(page, "torch.tanh(w)")
    expect(page.locator("#status")).to_contain_text("could not answer (500)")
    assert program(page) == "torch.tanh(w)"


def test_without_the_bundle_the_textarea_is_the_editor(page: Page, address: str, watch) -> None:
    watch.allow("ERR_FAILED")
    page.route("**/vendor/codemirror-*", lambda route: route.abort())
    visit(page, address)
    page.fill("#source", "torch.tanh(w)")
    expect(node(page, "TanhBackward0")).to_be_visible()


def test_names_of_a_program_cannot_become_markup(page: Page, address: str) -> None:
    visit(page, address)
    type_program(
        page,
        "x = torch.ones(1, requires_grad=True)\n"
        "print('<img src=x onerror=document.title=1><script>document.title=2</script>')\n"
        "y = x*1\nraise ValueError('<b onclick=a>bold</b>')\n",
    )
    expect(page.locator("#console")).to_contain_text("<img src=x")
    expect(page.locator("#problems")).to_contain_text("<b onclick=a>bold</b>")
    assert page.locator("#console img, #problems b").count() == 0
    assert page.title() == "Chainrule"
