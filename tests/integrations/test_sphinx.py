"""The Sphinx extension, with Sphinx."""

import io
import re
import shutil
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pytest
from chainrule.integrations.sphinx import ProgramFailedError
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

GOOD = """
Gradients
=========

.. chainrule::
   :inputs: {"x": [1, 2]}
   :theme: light
   :show-source:
   :caption: Twice the sum
   :name: twice

   (2 * x).sum()
"""


def build(tmp_path: Path, text: str, builder: str = "html", name: str = "index.rst", **settings: Any) -> str:
    """Build a document; return what was written for it."""
    source = tmp_path / "source"
    source.mkdir(exist_ok=True)
    (source / name).write_text(text, encoding="utf-8")
    warnings = io.StringIO()
    extensions = ["chainrule.integrations.sphinx", *(["myst_parser"] if name.endswith(".md") else [])]
    with docutils_namespace():
        app = Sphinx(
            srcdir=source,
            confdir=None,
            outdir=tmp_path / builder,
            doctreedir=tmp_path / "doctrees",
            buildername=builder,
            confoverrides={"extensions": extensions, "project": "Course", **settings},
            status=None,
            warning=warnings,
            freshenv=True,
        )
        app.build()
    return warnings.getvalue()


def pictures(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "html" / "_images").glob("chainrule-*.svg"))


def test_the_graph_stands_in_the_page(tmp_path: Path) -> None:
    assert build(tmp_path, GOOD) == ""
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    found = re.search(r'<img class="chainrule" src="(_images/chainrule-[0-9a-f]+\.svg)" alt="([^"]+)"', page)
    assert found
    assert "(2 * x).sum()" in found[2]
    ET.parse(tmp_path / "html" / found[1])
    assert "Twice the sum" in page
    assert 'id="twice"' in page
    assert "highlight-python" in page


def test_a_picture_that_is_there_is_not_drawn_again(tmp_path: Path) -> None:
    build(tmp_path, GOOD)
    before = [(path, path.stat().st_mtime_ns) for path in pictures(tmp_path)]
    build(tmp_path, GOOD)
    assert [(path, path.stat().st_mtime_ns) for path in pictures(tmp_path)] == before != []


def test_markdown_has_the_directive_too(tmp_path: Path) -> None:
    text = "# Gradients\n\n```{chainrule}\n:theme: dark\nx * 2\n```\n"
    assert build(tmp_path, text, name="index.md") == ""
    assert len(pictures(tmp_path)) == 1


def test_latex_gets_a_pdf(tmp_path: Path) -> None:
    assert build(tmp_path, GOOD, "latex") == ""
    tex = next((tmp_path / "latex").glob("*.tex")).read_text(encoding="utf-8")
    found = re.search(r"\\sphinxincludegraphics\[\]\{(chainrule-[0-9a-f]+\.pdf)\}", tex)
    assert found
    assert (tmp_path / "latex" / found[1]).read_bytes().startswith(b"%PDF")


LATEX = shutil.which("pdflatex")


@pytest.mark.skipif(LATEX is None, reason="there is no pdflatex on this machine")
def test_latex_makes_a_document_of_it(tmp_path: Path) -> None:
    tall = "x = tensor(1., requires_grad=True)\n   for _ in range(12):\n       x = x.sin()\n   x.backward()"
    text = (
        f"{GOOD}\n.. chainrule::\n   :caption: A tall one\n\n   {tall}\n\n"
        ".. chainrule::\n   :name: bare\n\n   x * 2\n\nAfter it.\n\nSee :ref:`the sum <twice>`.\n"
    )
    assert build(tmp_path, text, "latex") == ""
    tex = next((tmp_path / "latex").glob("*.tex"))
    command = [LATEX or "", "-interaction=nonstopmode", "-halt-on-error", tex.name]
    for _ in range(2):  # the second run knows where everything stands
        ran = subprocess.run(command, cwd=tex.parent, capture_output=True, text=True, timeout=120, check=False)
        assert ran.returncode == 0, ran.stdout[-2_000:]
    assert "Overfull \\vbox" not in ran.stdout
    assert "undefined" not in ran.stdout
    with pdfium.PdfDocument(tex.with_suffix(".pdf")) as document:
        pages = [page.get_textpage().get_text_bounded() for page in document]
    after = next(page for page in pages if "After it." in page)
    assert re.search(r"^After it\.", after, re.MULTILINE), "it stands in a paragraph of its own"
    assert any("SumBackward0" in page and "Twice the sum" in page for page in pages)


def test_a_graph_without_a_caption_can_be_referred_to(tmp_path: Path) -> None:
    assert build(tmp_path, "T\n=\n\n.. chainrule::\n   :name: bare\n\n   x * 2\n\nSee `it <bare_>`_.\n") == ""
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert '<img class="chainrule" id="bare"' in page
    assert 'href="#bare"' in page


def test_text_gets_words(tmp_path: Path) -> None:
    build(tmp_path, GOOD, "text")
    assert "SumBackward0" in (tmp_path / "text" / "index.txt").read_text(encoding="utf-8")


def test_a_program_in_a_file_is_drawn(tmp_path: Path) -> None:
    (tmp_path / "source").mkdir()
    (tmp_path / "source" / "program.py").write_text("y = tensor(1., requires_grad=True) * 2\n")
    assert build(tmp_path, "T\n=\n\n.. chainrule:: program.py\n") == ""
    assert len(pictures(tmp_path)) == 1


@pytest.mark.parametrize(
    ("program", "line", "words"),
    [
        ("import pickle; pickle.load", 6, "pickle"),
        ("y = tensor([1., 2.], requires_grad=True) * 2\n   y.backward()", 7, "scalar outputs"),
    ],
)
def test_a_failing_program_fails_the_build_with_file_and_line(
    tmp_path: Path, program: str, line: int, words: str
) -> None:
    text = f"T\n=\n\n.. chainrule::\n\n   {program}\n"
    with pytest.raises(ProgramFailedError) as failure:
        build(tmp_path, text)
    assert f"index.rst:{line}: " in str(failure.value)
    assert words in str(failure.value)


def test_a_failing_program_warns_where_that_is_asked_for(tmp_path: Path) -> None:
    warnings = build(tmp_path, "T\n=\n\n.. chainrule::\n\n   import pickle; pickle.load\n", chainrule_on_error="warn")
    assert "index.rst:6" in warnings
    assert "chainrule: " in warnings


def test_a_program_that_is_meant_to_raise_is_shown_as_far_as_it_came(tmp_path: Path) -> None:
    text = "T\n=\n\n.. chainrule::\n   :raises:\n\n   y = tensor([1., 2.], requires_grad=True) * 2\n   y.backward()\n"
    assert build(tmp_path, text) == ""
    assert len(pictures(tmp_path)) == 1


@pytest.mark.parametrize(("mode", "tag"), [("link", '<img class="chainrule" src="https://'), ("iframe", "<iframe ")])
def test_a_server_may_draw_when_the_page_is_read(tmp_path: Path, mode: str, tag: str) -> None:
    text = f"T\n=\n\n.. chainrule::\n   :mode: {mode}\n   :theme: dark\n\n   x * 2\n"
    assert build(tmp_path, text, chainrule_server="https://graphs.example") == ""
    page = (tmp_path / "html" / "index.html").read_text(encoding="utf-8")
    assert tag in page
    assert "https://graphs.example/" in page
    assert "theme=dark" in page


def test_a_mode_that_needs_a_server_says_so(tmp_path: Path) -> None:
    with pytest.raises(ProgramFailedError, match="chainrule_server"):
        build(tmp_path, "T\n=\n\n.. chainrule::\n   :mode: link\n\n   x * 2\n")


@pytest.mark.parametrize(
    ("option", "words"),
    [(":theme: pink", "pink"), (":inputs: x", "a JSON object"), (":mode: film", "film"), (":colour: red", "colour")],
)
def test_an_option_that_does_not_exist_is_told(tmp_path: Path, option: str, words: str) -> None:
    assert words in build(tmp_path, f"T\n=\n\n.. chainrule::\n   {option}\n\n   x * 2\n")
