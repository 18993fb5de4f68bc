"""What the tests of the page do again and again."""

from playwright.sync_api import Locator, Page, expect

SEED = "x = torch.tensor([1., 2.], requires_grad=True)\ny = x**2\nz = y.sum()\nz.backward()\nprint(x.grad)\n"
TWICE = (
    "x = torch.tensor([1., 2.], requires_grad=True)\ny = (x*x).sum()\n"
    "y.backward(retain_graph=True)\ny.backward()\nprint(x.grad)\n"
)


def visit(page: Page, address: str, path: str = "/") -> None:
    """Open the page and wait until its first run is shown."""
    page.goto(address + path)
    ready(page)


def ready(page: Page) -> None:
    page.wait_for_selector("html.ready")
    expect(page.locator("#status")).to_contain_text("ms")


def type_program(page: Page, source: str) -> None:
    """Replace the program by typing, and wait for the picture of it."""
    fill(page, source)
    shown(page)


def shown(page: Page) -> None:
    """Wait until the picture is that of what the page says."""
    expect(page.locator("#viewport")).to_have_attribute("aria-busy", "false", timeout=60_000)


def fill(page: Page, source: str) -> None:
    editor = page.locator(".cm-content")
    editor.click()
    page.keyboard.press("Control+A")
    page.keyboard.press("Delete")
    page.keyboard.insert_text(source)


def program(page: Page) -> str:
    return page.locator("#source").input_value()


def node(page: Page, op: str) -> Locator:
    """The card whose second line names a grad_fn."""
    return page.locator("#picture .node", has_text=op).first
