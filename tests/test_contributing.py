"""Each recipe of CONTRIBUTING.md, followed with a toy: the files are there, and one entry is enough."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import torch
from chainrule.cli.main import main
from chainrule.diagnose.findings import rules
from chainrule.diagnose.findings.flow import GraphFlow
from chainrule.diagnose.source import SourceText
from chainrule.explain.explain import explain
from chainrule.formulas import FORMULAS
from chainrule.formulas.language.formula import Formula
from chainrule.graph import Graph
from chainrule.layout import Engine
from chainrule.problems import GROUPS, PROBLEMS, Kind
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.render import ViewOptions
from chainrule.render.formats.registry import FORMATS, Format
from chainrule.render.option_values import Switch
from chainrule.render.options import OPTIONS, Option
from chainrule.settings import Settings
from chainrule.tape import Tape
from chainrule.web import create_app, query
from chainrule.web.page import i18n, problem_pages
from fastapi.testclient import TestClient

from tests import ROOT

PAGE = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
RECIPES = dict(re.findall(r"^## Adding an? ([\w -]+)\n(.*?)(?=^## |\Z)", PAGE, re.DOTALL | re.MULTILINE))


class EmptyPool:
    """Answers every program with an empty graph."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    async def execute(self, program: object) -> ExecutionAnswer:
        return ExecutionAnswer()


@pytest.fixture
def serve() -> Iterator[Callable[[], TestClient]]:
    """Start a server once the toy is there."""
    clients: list[TestClient] = []

    def start() -> TestClient:
        client = TestClient(create_app(Settings(rate_limit=0), EmptyPool()), base_url="http://localhost")
        clients.append(client)
        return client.__enter__()

    yield start
    for client in clients:
        client.__exit__(None, None, None)


def test_there_are_six_recipes() -> None:
    assert list(RECIPES) == ["formula", "mistake", "format", "language", "option of a picture", "stand-in"]


@pytest.mark.parametrize("recipe", RECIPES)
def test_the_files_of_a_recipe_are_there(recipe: str) -> None:
    named = re.findall(r"`([\w/.]+/[\w/.]*)`", RECIPES[recipe])
    tested = [path for command in re.findall(r"`pytest ([^`]+)`", RECIPES[recipe]) for path in command.split()]
    assert len(named) >= 2
    assert tested
    for path in (*named, *tested):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("app/chainrule/diagnose/findings/rules.py", "FINDERS"),
        ("app/chainrule/diagnose/exceptions/explain.py", "RULES"),
        ("app/chainrule/web/page/i18n.py", "LANGUAGES"),
        ("app/chainrule/web/page/i18n.py", "def teller"),
        ("app/chainrule/render/options.py", "class ViewOptions"),
        ("app/chainrule/render/formats/registry.py", "class Format"),
        ("app/chainrule/run/standins/__init__.py", "STANDINS"),
    ],
)
def test_the_names_of_a_recipe_stand_in_its_files(file: str, name: str) -> None:
    assert name in (ROOT / file).read_text(encoding="utf-8")
    assert file in PAGE
    assert name.split()[-1] in PAGE


def test_the_formula_of_the_recipe_computes_and_explains(monkeypatch: pytest.MonkeyPatch) -> None:
    (row,) = re.findall(r"^   (Formula\(.*\))$", RECIPES["formula"], re.MULTILINE)
    formula = eval(row, {"Formula": Formula})
    monkeypatch.setitem(FORMULAS, formula.op, formula)  # type: ignore[arg-type]
    with Tape() as tape:
        x = torch.tensor([0.5, 2.0], requires_grad=True)
        y = x.sin()
        y.backward(torch.tensor([1.0, 3.0]))
    graph = tape.graph(names={"x": x, "y": y})
    node = next(node for node in graph.nodes if node.op == formula.op)
    told = explain(graph, node.id)
    assert told.forward is not None
    assert told.forward.text == "y = sin(x)"
    assert told.edges[0].symbolic is not None
    assert told.edges[0].symbolic.text.endswith("cos(x)")
    assert told.edges[0].numbers is not None
    last = float(told.edges[0].numbers.text.rpartition("= ")[2].replace("−", "-"))
    assert last == pytest.approx(3 * torch.tensor(2.0).cos().item(), rel=1e-3)


def test_a_mistake_is_found_listed_and_explained(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[], TestClient]
) -> None:
    toy = Kind("toy-mistake", "A toy was left lying about", "It may be stepped on.", example="x * 1", mended="x")
    monkeypatch.setitem(PROBLEMS, toy.slug, toy)
    monkeypatch.setattr(problem_pages, "GROUPS", (*GROUPS, ("Toys", (toy,))))

    def toys(flow: GraphFlow) -> list[Problem]:
        return [Problem(slug=toy.slug, severity="notice", title=toy.title, detail="There it lies.")]

    monkeypatch.setattr(rules, "FINDERS", (*rules.FINDERS, toys))
    assert [problem.slug for problem in rules.diagnose_graph(Graph(), SourceText("x * 1"))] == [toy.slug]
    client = serve()
    assert toy.title in client.get("/problems").text
    page = client.get(f"/problems/{toy.slug}").text
    assert toy.title in page
    assert toy.summary in page
    assert f"/problems/{toy.slug}" in {kind["type"] for kind in client.get("/api/v1/problems").json()}


def draw_toy(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    return f"a toy of {source.strip()}".encode()


def test_a_format_is_found_by_address_header_and_suffix(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[], TestClient], tmp_path: Path
) -> None:
    monkeypatch.setitem(FORMATS, "toy", Format("toy", "text/x-toy", "its name alone", f"{__name__}:draw_toy"))
    client = serve()
    by_address = client.get("/toy", params={"code": "x*x"})
    assert by_address.text == "a toy of x*x"
    assert by_address.headers["content-type"].startswith("text/x-toy")
    by_header = client.post("/api/v1/graphs", json={"source": "x*x"}, headers={"Accept": "text/x-toy"})
    assert by_header.text == "a toy of x*x"
    assert "/toy" in client.get("/openapi.json").json()["paths"]
    assert main(["render", "-c", "x*x", "-o", str(tmp_path / "picture.toy")]) == 0
    assert (tmp_path / "picture.toy").read_text() == "a toy of x*x"


def test_a_language_is_offered_and_spoken(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[], TestClient], tmp_path: Path
) -> None:
    text = (i18n.LOCALES / "ko" / "messages.po").read_text(encoding="utf-8")
    catalogue = re.sub(r'(msgid "Inputs"\nmsgstr) "[^"]*"', r'\1 "Enigoj"', text)
    assert catalogue != text
    (tmp_path / "eo").mkdir()
    (tmp_path / "eo" / "messages.po").write_text(catalogue, encoding="utf-8")
    monkeypatch.setattr(i18n, "LOCALES", tmp_path)
    monkeypatch.setitem(i18n.LANGUAGES, "eo", "Esperanto")  # type: ignore[arg-type]
    client = serve()
    assert "Esperanto" in client.get("/").text
    assert "Enigoj" in client.get("/", params={"lang": "eo"}).text
    assert "Enigoj" not in client.get("/", params={"lang": "en"}).text


def test_an_option_is_taken_in_an_address_and_by_the_command_line(
    monkeypatch: pytest.MonkeyPatch, serve: Callable[[], TestClient], capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[bool] = []

    @dataclass(frozen=True, slots=True)
    class WithToy(ViewOptions):
        toy: bool = False

        def __post_init__(self) -> None:
            asked.append(self.toy)

    assert serve().get("/svg", params={"code": "x*x", "toy": "on"}).status_code == 422
    monkeypatch.setitem(OPTIONS, "toy", Option("toy", "toy", Switch(), "whether there is a toy"))
    monkeypatch.setattr(query, "ViewOptions", WithToy)
    client = serve()
    assert client.get("/svg", params={"code": "x*x", "toy": "on"}).status_code == 200
    assert asked[-1]
    with pytest.raises(SystemExit):
        main(["render", "--help"])
    assert "--toy" in capsys.readouterr().out
