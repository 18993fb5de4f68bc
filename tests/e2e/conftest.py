"""A real server and a real browser; an error in the console or a request to another host fails the test."""

import asyncio
import os
import shutil
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import uvicorn
from chainrule.limits import Limits
from chainrule.settings import Settings
from chainrule.web import create_app
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = os.environ.get("CHAINRULE_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
LIMITS = Limits(wall_seconds=60.0, cpu_seconds=60, answer_seconds=100)
"""A busy machine must not fail a test of what the page shows."""
PATIENCE_MS = 60_000
"""How long a page may take to show what a test waits for; no test counts on it not coming [ms]."""
expect.set_options(timeout=PATIENCE_MS)
DESKTOP = {"width": 1440, "height": 900}
PHONE = {"width": 360, "height": 740}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = os.path.dirname(__file__)
    for item in items:
        if str(item.path).startswith(here):
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="no Chromium: none on the PATH, none in CHAINRULE_CHROMIUM"))


class ServerThread:
    """The server on a free port, in a thread with an event loop of its own."""

    def __init__(self) -> None:
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        config = uvicorn.Config(create_app(Settings(rate_limit=0, limits=LIMITS)), log_level="warning", ws="none")
        self.server = uvicorn.Server(config)
        self.thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        asyncio.run(self.server.serve(sockets=[self.socket]))

    def start(self) -> None:
        self.thread.start()
        for _ in range(1200):
            if self.server.started or not self.thread.is_alive():
                return
            threading.Event().wait(0.05)

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    server = ServerThread()
    server.start()
    yield server.address
    server.stop()


@pytest.fixture(scope="module")  # Playwright keeps an event loop in this thread, which other tests must not find
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


class Watch:
    """What a page must not do."""

    def __init__(self, page: Page, address: str) -> None:
        self.faults: list[str] = []
        self.allowed: tuple[str, ...] = ()
        host = urlsplit(address).netloc
        page.on("pageerror", lambda error: self.faults.append(f"error: {error}"))
        page.on("console", lambda said: self._heard(said.type, said.text))
        page.on("request", lambda asked: self._asked(asked.url, host))

    def allow(self, *parts: str) -> None:
        """Let messages pass that hold one of these parts: the test makes them happen."""
        self.allowed += parts

    def _heard(self, kind: str, text: str) -> None:
        if kind in ("error", "warning") and not any(part in text for part in self.allowed):
            self.faults.append(f"{kind}: {text}")

    def _asked(self, url: str, host: str) -> None:
        parts = urlsplit(url)
        if parts.scheme in ("http", "https", "ws") and parts.netloc != host:
            self.faults.append(f"request to another host: {url}")


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    options = {"viewport": DESKTOP, "locale": "en-US", "reduced_motion": "no-preference"} | getattr(
        request, "param", {}
    )
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE_MS)
    yield context
    context.close()


@pytest.fixture
def watch(page: Page) -> Watch:
    return page.watch  # type: ignore[attr-defined]


@pytest.fixture
def page(context: BrowserContext, address: str) -> Iterator[Page]:
    page = context.new_page()
    watch = Watch(page, address)
    page.watch = watch  # type: ignore[attr-defined]
    yield page
    assert watch.faults == []
