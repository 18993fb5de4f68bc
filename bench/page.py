"""The page in a real browser: pictures a second while a slider moves, and the longest task of the main thread.

The rate stands beside the time that one answer takes without any browser, which tells how busy the machine is.
"""

import shutil
import statistics
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx
from playwright.sync_api import Page, sync_playwright

from bench._server import running_server

ARGUMENTS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking".split()
)
EXPRESSION = "(2*x**3).sum()/12"
TRANSFORMER = (
    "import torch.nn as nn\n"
    "block = nn.TransformerEncoderLayer(32, 4, 64, batch_first=True, dropout=0.0)\n"
    "model = nn.TransformerEncoder(block, 12)\n"
    "loss = model(torch.randn(2, 8, 32)).pow(3).mean()\n"
    "loss.backward()\n"
)
SECONDS = 3
WATCH_TASKS = (
    "window.tasks = [];"
    "new PerformanceObserver(list => window.tasks.push(...list.getEntries().map(one => one.duration)))"
    ".observe({type: 'longtask', buffered: true})"
)
DRAG = """async seconds => {
  const slider = document.querySelector('.slider input[type=range]');
  let pictures = 0;
  const observer = new MutationObserver(() => { pictures += 1; });
  observer.observe(document.getElementById('picture'), {childList: true});
  const start = performance.now();
  for (let value = -3; performance.now() - start < 1000 * seconds; value += 0.02) {
    slider.value = value;
    slider.dispatchEvent(new Event('input'));
    await new Promise(done => setTimeout(done, 8));
  }
  observer.disconnect();
  return pictures / seconds;
}"""


@contextmanager
def opened(address: str) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1440, "height": 900}, locale="en-US")
        page.add_init_script(WATCH_TASKS)
        page.goto(address)
        page.wait_for_selector("html.ready")
        yield page
        browser.close()


def replace_program(page: Page, source: str, shown: str) -> None:
    page.locator(".cm-content").click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text(source)
    page.locator("#picture .node", has_text=shown).first.wait_for(timeout=30_000)


def answer_seconds(address: str, runs: int = 30) -> float:
    with httpx.Client(base_url=address) as client:
        taken = []
        for run in range(runs):
            start = time.perf_counter()
            body = {"source": EXPRESSION, "inputs": {"x": 5 + run / 100}}
            client.post("/run", json=body).raise_for_status()
            taken.append(time.perf_counter() - start)
    return statistics.median(taken)


def main() -> int:
    if shutil.which("chromium") is None:
        print("there is no Chromium here")
        return 0
    with running_server() as address, opened(address) as page:
        replace_program(page, EXPRESSION, "PowBackward0")
        page.wait_for_selector(".slider input[type=range]")
        rate = page.evaluate(DRAG, SECONDS)
        seconds = answer_seconds(address)
        alone = f"one answer alone takes {1000 * seconds:.0f} ms, so {rate * seconds:.2f} pictures in its time"
        print(f"slider: {rate:.1f} pictures a second; {alone}")
        page.evaluate("window.tasks.length = 0")
        replace_program(page, TRANSFORMER, "layers")
        page.wait_for_timeout(1000)
        longest = max(page.evaluate("window.tasks"), default=0)
        nodes = page.locator("#status").inner_text()
        print(f"12-block transformer ({nodes}): longest task of the main thread {longest:.0f} ms (0: none over 50 ms)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
