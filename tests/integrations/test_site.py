"""The documents as a site: built strictly, with pictures by our own fence, and nothing loaded from elsewhere."""

import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from html.parser import HTMLParser
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config

from tests import ROOT

DOCS = sorted((ROOT / "docs").glob("*.md"))
BESIDE = ("changelog", "security")
LOADS = {"img": "src", "script": "src", "link": "href", "iframe": "src", "source": "srcset", "video": "src"}


class Loads(HTMLParser):
    """What a page loads by itself."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if LOADS.get(tag) == name]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    config = load_config(str(ROOT / "mkdocs.yml"), site_dir=str(folder))
    assert config.strict  # a warning fails the build: a lost page, link or heading, a program that fails
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    return folder


def pictures(html: str) -> list[bytes]:
    return [b64decode(found) for found in re.findall(r'<figure class="chainrule"><img src="data:[^,]+,([^"]+)"', html)]


def test_every_document_is_a_page(site: Path) -> None:
    assert {path.stem for path in site.glob("*.html")} == {path.stem for path in DOCS} | set(BESIDE)


@pytest.mark.parametrize("document", DOCS, ids=lambda path: path.stem)
def test_every_program_of_a_document_is_drawn(site: Path, document: Path) -> None:
    programs = re.findall(r"^```(?:chainrule|\{ \.chainrule)", document.read_text(encoding="utf-8"), re.MULTILINE)
    quoted = 1 if document.stem == "course-material" else 0  # there a fence is shown, in a fence
    drawn = pictures((site / f"{document.stem}.html").read_text(encoding="utf-8"))
    assert len(drawn) == len(programs) - quoted
    for picture in drawn:
        ET.fromstring(picture)


def test_the_pictures_are_of_this_code(site: Path) -> None:
    (seed,) = pictures((site / "index.html").read_text(encoding="utf-8"))
    text = seed.decode()
    assert "PowBackward0" in text
    assert "-1.1008" in text
    first = [picture.decode() for picture in pictures((site / "first-steps.html").read_text(encoding="utf-8"))]
    assert len(first) == 6
    assert "Gradients: x 12" in first[0]
    assert "Gradients: x 6" in first[-1]


def test_a_page_loads_nothing_from_another_host(site: Path) -> None:
    for page in site.glob("*.html"):
        for address in Loads(page.read_text(encoding="utf-8")).addresses:
            if not address.startswith("data:image/svg+xml;base64,"):
                assert re.fullmatch(r"[\w./-]+", address), (page.name, address)
                assert (site / address).is_file(), (page.name, address)
    for address in re.findall(r"url\(\"([^\"]+)\"\)|@import", (site / "site.css").read_text(encoding="utf-8")):
        assert (site / address).is_file(), address


def test_every_page_is_in_the_list_of_pages(site: Path) -> None:
    index = (site / "index.html").read_text(encoding="utf-8")
    for page in site.glob("*.html"):
        assert f'href="{page.name}"' in index or page.name == "index.html"


def test_pages_from_beside_the_documents_are_linked_where_the_site_has_them(site: Path) -> None:
    deployment = (site / "deployment.html").read_text(encoding="utf-8")
    assert 'href="security.html"' in deployment
    assert 'href="compose.yaml"' in deployment
    assert (site / "compose.yaml").read_bytes() == (ROOT / "compose.yaml").read_bytes()
