"""The fence for MkDocs, with MkDocs."""

import logging
import re
import xml.etree.ElementTree as ET
from base64 import b64decode
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import BuildError
from pymdownx.superfences import SuperFencesException

CONFIG = """
site_name: Course
theme: {name: null, custom_dir: theme}
plugins: []
markdown_extensions:
  - pymdownx.superfences:
      custom_fences:
        - name: chainrule
          class: chainrule
          format: !!python/name:chainrule.integrations.mkdocs.draw_fence
          validator: !!python/name:chainrule.integrations.mkdocs.read_options
"""


def page(tmp_path: Path, text: str) -> str:
    """Build a site of one page and return the page."""
    (tmp_path / "docs").mkdir()
    (tmp_path / "theme").mkdir()
    (tmp_path / "theme" / "main.html").write_text("<html>{{ page.content }}</html>")
    (tmp_path / "mkdocs.yml").write_text(CONFIG)
    (tmp_path / "docs" / "index.md").write_text(text)
    build(load_config(str(tmp_path / "mkdocs.yml")))
    return (tmp_path / "site" / "index.html").read_text()


def test_the_graph_stands_in_the_page(tmp_path: Path) -> None:
    html = page(tmp_path, '# T\n\n```chainrule theme="light"\n(2 * x).sum()\n```\n')
    found = re.search(r'<figure class="chainrule"><img src="data:image/svg\+xml;base64,([^"]+)" alt="([^"]+)"', html)
    assert found
    ET.fromstring(b64decode(found[1]))
    assert "(2 * x).sum()" in found[2]
    assert "<pre>" not in html


def test_options_are_those_of_a_picture(tmp_path: Path) -> None:
    html = page(tmp_path, "```{ .chainrule inputs='{\"x\": [1, 2]}' show-source=1 }\n(2 * x).sum()\n```\n")
    found = re.search(r'base64,([^"]+)"', html)
    assert found
    assert "[2]" in b64decode(found[1]).decode()
    assert "<pre><code>(2 * x).sum()" in html


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("```chainrule\na = 1\nimport pickle; pickle.load\n```\n", "index.md:3: line 2 of the program"),
        (
            "---\ntitle: T\n---\n\n- one\n\n    ```chainrule\n    a = 1\n    import pickle; pickle.load\n    ```\n",
            "index.md:9: line 2",
        ),
        (
            "```chainrule\nimport pickle; pickle.load\n```\n\n```chainrule\nimport pickle; pickle.load\n```\n",
            "chainrule: line 1 of the program",
        ),
        ("```chainrule\ny = tensor([1., 2.], requires_grad=True) * 2\ny.backward()\n```\n", "scalar outputs"),
        ('```chainrule theme="pink"\nx\n```\n', "pink"),
        ('```chainrule mode="link"\nx\n```\n', "CHAINRULE_SERVER"),
        ('```chainrule mode="film"\nx\n```\n', "film"),
    ],
)
def test_a_failing_program_fails_the_build(
    tmp_path: Path, text: str, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises((SuperFencesException, BuildError), match=words):
        page(tmp_path, text)
    assert "index.md" in caplog.text


def test_a_program_that_is_meant_to_raise_is_shown_as_far_as_it_came(tmp_path: Path) -> None:
    text = '```chainrule raises="1"\ny = tensor([1., 2.], requires_grad=True) * 2\ny.backward()\n```\n'
    assert "data:image/svg+xml" in page(tmp_path, text)


def test_a_failing_program_warns_where_that_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("CHAINRULE_ON_ERROR", "warn")
    with caplog.at_level(logging.WARNING):
        html = page(tmp_path, "```chainrule\nimport pickle; pickle.load\n```\n")
    assert "chainrule-error" in html
    assert "line 1 of the program (import pickle; pickle.load)" in caplog.text


@pytest.mark.parametrize(("mode", "tag"), [("link", '<img src="https://'), ("iframe", "<iframe ")])
def test_a_server_may_draw_when_the_page_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mode: str, tag: str
) -> None:
    monkeypatch.setenv("CHAINRULE_SERVER", "https://graphs.example")
    html = page(tmp_path, f'```chainrule mode="{mode}" theme="dark"\nx * 2\n```\n')
    assert tag in html
    assert "theme=dark" in html
