"""In a real browser no text leaves its box, whichever monospaced font the reader has."""

import base64
from collections.abc import Iterator

import pytest
from chainrule import assets
from chainrule.graph.model import Graph
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw, error_picture
from playwright.sync_api import Browser, Page

from tests.golden.examples import NAMES, graph_of, source_of
from tests.render.build import SEED_SOURCE
from tests.render.hostile import STRINGS, hostile_graph

MEASURE = """
() => {
  const slack = 1.2, found = [];
  const inside = (a, b) => a.left >= b.left - slack && a.right <= b.right + slack
    && a.top >= b.top - 3 && a.bottom <= b.bottom + 3;
  const overlap = (a, b) => Math.min(a.right, b.right) - Math.max(a.left, b.left) > slack
    && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 5;
  const svg = document.querySelector("svg.chainrule"), whole = svg.getBoundingClientRect();
  let texts = 0;
  for (const text of svg.querySelectorAll("text")) {
    texts += 1;
    const box = text.getBoundingClientRect();
    if (!inside(box, whole)) found.push("outside the picture: " + text.textContent);
    const card = text.closest(".node, .message")?.querySelector(".card");
    if (card && !inside(box, card.getBoundingClientRect())) found.push("outside its card: " + text.textContent);
    const before = text.previousElementSibling;
    const tile = before && before.matches("rect:not(.card)") ? before.getBoundingClientRect() : null;
    if (tile && tile.height > 12 && overlap(box, tile) && !inside(box, tile))
      found.push("outside its cell: " + text.textContent);
  }
  for (const node of svg.querySelectorAll(".node, .legend, .message")) {
    const boxes = [...node.querySelectorAll("text")].map((t) => [t.textContent, t.getBoundingClientRect()]);
    boxes.forEach(([one, a], i) => boxes.slice(i + 1).forEach(([other, b]) => {
      if (overlap(a, b)) found.push(`${one} runs into ${other}`);
    }));
  }
  return [texts, found];
}
"""


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


@pytest.fixture(scope="module", params=["the reader's font", "the bundled font"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    page = browser.new_page()
    page.set_content(f"<!doctype html><style>{_faces() if 'bundled' in request.param else ''}</style><main></main>")
    yield page
    page.close()


def _faces() -> str:
    rules = []
    for weight, name in ((400, "Regular"), (700, "Bold")):
        data = base64.b64encode((assets.STATIC / "fonts" / f"JetBrainsMonoNL-{name}.woff2").read_bytes()).decode()
        url = f"url(data:font/woff2;base64,{data})"
        rules.append(f"@font-face{{font-family:'JetBrains Mono NL';font-weight:{weight};src:{url}}}")
    return "".join(rules)


def assert_fits(page: Page, svg: bytes) -> None:
    page.evaluate("(svg) => { document.querySelector('main').innerHTML = svg }", svg.decode())
    page.evaluate("() => document.fonts.ready")
    texts, found = page.evaluate(MEASURE)
    assert texts > 0
    assert found == []


@pytest.mark.parametrize("name", NAMES)
def test_the_texts_of_an_example_stay_in_their_boxes(page: Page, engine: Engine, name: str) -> None:
    graph, source = graph_of(name), source_of(name)
    for options in (ViewOptions(), ViewOptions(saved=True, labels="norms", boxes=6, direction="LR", font_scale=2.0)):
        assert_fits(page, draw(graph, "svg", options, engine, source).content)


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_hostile_texts_stay_in_their_boxes_and_run_nothing(page: Page, engine: Engine, word: str) -> None:
    alarms: list[str] = []
    page.on("dialog", lambda dialog: alarms.append(dialog.message))
    page.on("request", lambda request: alarms.append(request.url))
    graph: Graph = hostile_graph(word)
    assert_fits(page, draw(graph, "svg", ViewOptions(saved=True), engine, SEED_SOURCE).content)
    assert_fits(page, error_picture(word, word).content)
    assert page.evaluate("() => document.querySelectorAll('main script, main image, main iframe').length") == 0
    assert alarms == []
