"""Graphs in another site's page, in a real browser: the policies are enforced, and violated by nothing."""

import http.server
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from chainrule.payload import decode, encode
from playwright.sync_api import Browser, Page

from tests.web.counting import SETTINGS
from tests.web.running import running_server

pytestmark = pytest.mark.browser
PROGRAM = "x = tensor([1., 2.], requires_grad=True)\nz = (x * x).sum()\nz.backward()\n"


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture(scope="module")
def graphs() -> Iterator[str]:
    with running_server(SETTINGS) as (host, port):
        yield f"http://{host}:{port}"


@pytest.fixture
def course(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """Another site: its address, and the folder that it serves."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(tmp_path)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://localhost:{server.server_port}", tmp_path
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def tab(browser: Browser) -> Iterator[Page]:
    """A page that nothing watches: the other site is allowed to exist."""
    with browser.new_context() as context:
        yield context.new_page()


@pytest.fixture
def told(tab: Page) -> list[str]:
    """Everything that the browser complains of."""
    complaints: list[str] = []
    tab.on("console", lambda line: complaints.append(line.text) if line.type in ("error", "warning") else None)
    tab.on("pageerror", lambda error: complaints.append(str(error)))
    return complaints


def test_a_picture_a_frame_and_the_element_stand_in_another_page(
    tab: Page, graphs: str, course: tuple[str, Path], told: list[str]
) -> None:
    site, folder = course
    (folder / "index.html").write_text(
        f"""<!doctype html><title>Course</title><link rel="icon" href="data:,">
        <img id="picture" src="{graphs}/svg/{encode(PROGRAM)}" alt="graph">
        <img id="wrong" src="{graphs}/svg?code=import%20os" alt="graph">
        <iframe id="frame" src="{graphs}/embed/{encode(PROGRAM)}" sandbox="allow-scripts"></iframe>
        <script src="{graphs}/embed.js"></script>
        <chainrule-graph theme="light"><pre>{PROGRAM}</pre></chainrule-graph>
        <script>
          window.heights = [];
          addEventListener("message", (event) => window.heights.push(event.data));
        </script>"""
    )
    tab.goto(site)
    for name in ("picture", "wrong"):
        tab.wait_for_function(f"document.getElementById('{name}').naturalWidth > 50")
    frame = tab.frame_locator("#frame")
    frame.locator("svg.chainrule .node").first.wait_for()
    element = tab.frame_locator("chainrule-graph iframe")
    element.locator("svg.chainrule .node").first.wait_for()
    tab.wait_for_function("window.heights.filter((one) => one.type === 'chainrule:height').length >= 2")
    height = tab.locator("chainrule-graph iframe").evaluate("frame => frame.getBoundingClientRect().height")
    assert height > 200
    assert height != 480
    assert not tab.locator("chainrule-graph pre").is_visible()
    assert [line for line in told if "422" not in line] == []


def test_a_reader_changes_the_program_in_the_frame(
    tab: Page, graphs: str, course: tuple[str, Path], told: list[str]
) -> None:
    site, folder = course
    (folder / "index.html").write_text(
        '<link rel="icon" href="data:,">'
        f'<iframe id="frame" src="{graphs}/embed/{encode("x * 2")}?editable=1" sandbox="allow-scripts"></iframe>'
    )
    tab.goto(site)
    frame = tab.frame_locator("#frame")
    frame.locator("svg.chainrule .node").first.wait_for()
    frame.locator("textarea").fill("torch.sigmoid(x)")
    frame.get_by_role("button", name="Run").click()
    frame.get_by_text("SigmoidBackward0").wait_for()
    link = urlsplit(frame.locator("#open").get_attribute("href") or "")
    assert decode(parse_qs(link.fragment)["p"][0], 1_000) == "torch.sigmoid(x)"
    assert told == []


def test_a_reader_steps_through_the_program_in_the_frame(
    tab: Page, graphs: str, course: tuple[str, Path], told: list[str]
) -> None:
    site, folder = course
    (folder / "index.html").write_text(
        '<link rel="icon" href="data:,">'
        f'<iframe id="frame" src="{graphs}/embed/{encode(PROGRAM)}" sandbox="allow-scripts"></iframe>'
    )
    tab.goto(site)
    frame = tab.frame_locator("#frame")
    frame.get_by_role("button", name="One step on").click()
    frame.get_by_text("step 1 of 6", exact=True).wait_for()
    frame.locator("svg.chainrule .current").first.wait_for()
    assert "step=1" in (frame.locator("#open").get_attribute("href") or "")
    frame.get_by_role("button", name="One step back").click()
    frame.get_by_text("6 steps", exact=True).wait_for()
    assert told == []


def test_a_frame_runs_no_script_of_the_page_around_it_and_a_picture_runs_none_at_all(tab: Page, graphs: str) -> None:
    violated = (
        "new Promise((found) => { addEventListener('securitypolicyviolation',"
        " (event) => found(event.effectiveDirective));"
        " const script = document.createElement('script'); script.textContent = 'window.broken = 1';"
        " document.head.append(script); })"
    )
    tab.goto(f"{graphs}/embed/{encode('x * 2')}")
    assert tab.evaluate(violated) == "script-src-elem"
    tab.goto(f"{graphs}/")
    assert tab.evaluate(violated) == "script-src-elem"
    assert tab.evaluate("window.broken") is None


def test_the_page_stands_in_no_frame(tab: Page, graphs: str, course: tuple[str, Path], told: list[str]) -> None:
    site, folder = course
    (folder / "index.html").write_text(f'<iframe src="{graphs}/"></iframe>')
    tab.goto(site)
    tab.wait_for_load_state("networkidle")
    assert any("frame-ancestors" in line for line in told)


def test_the_pages_of_the_server_break_none_of_its_policies(tab: Page, graphs: str, told: list[str]) -> None:
    asked: list[str] = []
    tab.on("request", lambda request: asked.append(request.url))
    for path in ("/", "/api", f"/embed/{encode(PROGRAM)}", f"/svg/{encode(PROGRAM)}", f"/html/{encode(PROGRAM)}"):
        tab.goto(graphs + path)
        tab.wait_for_load_state("networkidle")
    assert told == []
    assert [url for url in asked if not url.startswith((graphs, "data:", "blob:"))] == []
