"""Formats of pictures: each is one entry of the registry, and everything else follows."""

import inspect
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from chainrule.cli.main import main
from chainrule.client import Client
from chainrule.graph import Graph
from chainrule.layout import Engine
from chainrule.payload import encode
from chainrule.render import ViewOptions
from chainrule.render.formats.registry import FORMATS, Drawer, Format, format_of_suffix
from chainrule.render.picture.alt_text import title_of_graph
from chainrule.web import create_app
from fastapi.testclient import TestClient

from tests import ROOT
from tests.web.counting import SETTINGS, CountingPool

TOY = Format("toy", "text/x-toy", "a title alone", f"{__name__}:draw_toy", suffix="t")


def draw_toy(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    return f"toy of {title_of_graph(graph)}".encode()


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> Iterator[TestClient]:
    """A server with one format more."""
    monkeypatch.setitem(FORMATS, TOY.name, TOY)
    with TestClient(create_app(SETTINGS, CountingPool()), base_url="http://localhost") as client:
        yield client


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_can_be_drawn(name: str) -> None:
    assert (
        list(inspect.signature(FORMATS[name].draw).parameters)
        == list(inspect.signature(Drawer.__call__).parameters)[1:]
    )


def test_no_two_formats_have_the_same_name_kind_or_suffix() -> None:
    for values in (
        [one.name for one in FORMATS.values()],
        [one.media_type for one in FORMATS.values()],
        [suffix for one in FORMATS.values() for suffix in one.suffixes],
    ):
        assert len(set(values)) == len(values)


@pytest.mark.parametrize(("suffix", "name"), [("mmd", "mermaid"), ("txt", "text"), ("gv", "dot"), ("htm", "html")])
def test_a_file_is_known_by_its_suffix(suffix: str, name: str) -> None:
    assert format_of_suffix(f".{suffix}") == name


@pytest.mark.parametrize("name", FORMATS)
def test_every_format_stands_in_the_docs(name: str) -> None:
    assert f"| {name} |" in (ROOT / "docs" / "pictures.md").read_text(encoding="utf-8")
    api = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")
    assert f"/{{{'|'.join(FORMATS)}}}/<payload>" in api
    assert f"`{FORMATS[name].media_type}`" in api or not FORMATS[name].is_picture


def test_a_format_more_is_one_entry_for_addresses_negotiation_and_the_page(toy: TestClient) -> None:
    drawn = b"toy of Autograd graph"
    picture = toy.get(f"/toy/{encode('(x * x).sum()')}")
    assert (picture.status_code, picture.headers["content-type"]) == (200, "text/x-toy; charset=utf-8")
    assert picture.content.startswith(drawn)
    assert toy.get("/toy?code=x*x&download=1").headers["content-disposition"] == 'attachment; filename="graph.t"'
    negotiated = toy.post("/api/v1/graphs", json={"source": "x * x"}, headers={"Accept": "text/x-toy"})
    assert negotiated.content.startswith(drawn)
    assert "get_toy_of_payload" in toy.get("/openapi.json").text
    assert 'href="/toy"' in toy.get("/").text
    assert toy.get("/oembed", params={"url": f"http://localhost/toy/{encode('x')}"}).status_code == 200


def test_and_for_the_command_line_and_the_client(
    toy: TestClient, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["render", "-c", "x * x", "-o", str(tmp_path / "graph.t")]) == 0
    assert (tmp_path / "graph.t").read_bytes().startswith(b"toy of")
    with pytest.raises(SystemExit):
        main(["render", "--help"])
    assert "toy}" in capsys.readouterr().out
    sent: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        sent.append(request.headers["accept"])
        return httpx.Response(200, content=b"drawn")

    with Client(transport=httpx.MockTransport(answer)) as chainrule:
        assert chainrule.draw("x * x", "toy") == b"drawn"
        with pytest.raises(ValueError, match="no format of pictures"):
            chainrule.draw("x * x", "gif")
    assert sent == ["text/x-toy, application/problem+json;q=0.1"]
