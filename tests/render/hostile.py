"""Strings that try to be more than text, and the only things an SVG of ours may be made of."""

import re
from xml.etree import ElementTree

from chainrule.graph.model import Graph

from tests.render.build import Builder, seed_graph

STRINGS = (
    "<script>alert(1)</script>",
    "</text></svg><script>alert(1)</script>",
    "]]><script>alert(1)</script>",
    '"><image href="https://evil.example/x.png"/>',
    "' onload='alert(1)",
    "</style><style>@import url(https://evil.example/x.css)</style>",
    "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>&x;",
    "&lt;b&gt; &#x3c;script&#x3e;",
    "javascript:alert(1)",
    "{{ 7*7 }}{% raw %}",
    "a\x00b\x1b[31m\x7f\x85",
    "\ud800 lonely",
    "\u202egnp.exe\u2066",
    "line\nbreak\u2028and\ttab",
    "\N{ZERO WIDTH JOINER}\N{COMBINING GRAVE ACCENT}" * 50,
    "変数" * 40,
    "\\N \\G \\L <b>bold</b>",
)

_ELEMENTS = {"svg", "title", "desc", "style", "rect", "g", "text", "path"}
_ATTRIBUTES = {
    "svg": {"class", "role", "width", "height", "viewBox", "aria-label"},
    "rect": {"class", "x", "y", "width", "height", "rx"},
    "g": {"class", "transform", "tabindex", "role", "aria-label"},
    "text": {"class", "x", "y", "font-size", "text-anchor", "textLength", "lengthAdjust"},
    "path": {"class", "d"},
}
_DATA = {"data-node", "data-box", "data-fold", "data-members", "data-edge", "data-source", "data-target", "data-scope"}
_NAMESPACE = "{http://www.w3.org/2000/svg}"


def hostile_graph(word: str) -> Graph:
    """The seed graph with a string in the place of every text that a program chooses."""
    graph = seed_graph()
    nodes = [
        node.model_copy(
            update={
                "names": [word],
                "op": word if node.kind == "function" else node.op,
                "flags": [*node.flags, "custom"],
                "saved": {word: word, "other": [word, word]},
                "scope": Builder.scopes(word) if node.kind == "function" else [],
            }
        )
        for node in graph.nodes
    ]
    roots = [root.model_copy(update={"name": word}) for root in graph.roots]
    return graph.model_copy(update={"nodes": nodes, "roots": roots})


def check_svg(content: bytes) -> ElementTree.Element:
    """Parse an SVG and assert that it holds nothing but what the template draws with.

    Raises:
        AssertionError: something else is in it.
    """
    assert b"<!" not in content
    assert b"<?" not in content
    root = ElementTree.fromstring(content)
    for element in root.iter():
        name = element.tag.removeprefix(_NAMESPACE)
        assert name in _ELEMENTS, name
        allowed = _ATTRIBUTES.get(name, set()) | (_DATA if name == "g" else set())
        assert set(element.attrib) <= allowed, (name, element.attrib)
        if name == "style":
            assert not re.search(r"url\(|@import|@font-face|expression|behavior|//", element.text or "")
        for key in ("x", "y", "width", "height", "rx", "font-size", "textLength"):
            if key in element.attrib:
                float(element.attrib[key])
        if name == "path":
            assert re.fullmatch(r"[MLHVCAZhvlmz0-9., -]+", element.attrib["d"]), element.attrib["d"]
    return root
