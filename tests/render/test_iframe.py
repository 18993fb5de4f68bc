"""The frame is written in one way: by the server, by the element that pages embed, and in the documentation."""

import re
from html.parser import HTMLParser

from chainrule.render.iframe import write_iframe

from tests import ROOT


def attributes_of(html: str) -> dict[str, str | None]:
    """The attributes of the first frame in some HTML."""
    found: list[dict[str, str | None]] = []

    class Reader(HTMLParser):
        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            if tag == "iframe":
                found.append(dict(attrs))

    Reader().feed(html)
    return found[0]


def test_a_frame_is_sandboxed_and_waits_until_it_is_seen() -> None:
    assert attributes_of(write_iframe("https://host/embed/abc?a=1&b=2", width=400, height=300)) == {
        "src": "https://host/embed/abc?a=1&b=2",
        "title": "Autograd graph",
        "width": "400",
        "height": "300",
        "sandbox": "allow-scripts allow-popups allow-popups-to-escape-sandbox",
        "loading": "lazy",
        "style": "border:0",
    }


def test_what_a_document_says_is_escaped() -> None:
    written = write_iframe("https://host/embed/a", title='of: "x" < 1', **{"class": "chainrule", "id": "one"})
    assert '"of: &quot;x&quot; &lt; 1"' in written
    assert attributes_of(written)["title"] == 'of: "x" < 1'
    assert (attributes_of(written)["class"], attributes_of(written)["id"]) == ("chainrule", "one")


def test_the_element_makes_the_same_frame() -> None:
    script = (ROOT / "static" / "embed.js").read_text(encoding="utf-8")
    literal = re.search(r"const FRAME = \{(.*?)\};", script, re.S)
    assert literal is not None
    assert {"src": "", **dict(re.findall(r'(\w+): "([^"]*)"', literal[1]))} == attributes_of(write_iframe(""))


def test_the_documentation_shows_the_same_frame() -> None:
    shown = attributes_of((ROOT / "docs" / "course-material.md").read_text(encoding="utf-8"))
    assert shown == attributes_of(write_iframe(str(shown["src"])))


def test_nobody_else_writes_a_frame() -> None:
    ours = [*(ROOT / "app").rglob("*.py"), *(ROOT / "templates").rglob("*"), *(ROOT / "static" / "js").rglob("*.js")]
    texts = {path.name: path.read_text(encoding="utf-8") for path in ours if path.is_file()}
    written = re.compile(r"<iframe |createElement\(.iframe")
    assert [name for name, text in texts.items() if written.search(text)] == ["iframe.py"]
