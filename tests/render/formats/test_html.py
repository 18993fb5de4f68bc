"""The graph as one HTML file: whole, closed to the world, and safe with any text."""

import base64
import hashlib
import json
import re

import pytest
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions, draw

from tests.graph.build import chain
from tests.graph.program import CUBES, LSTM, SCALARS, trace
from tests.render.hostile import STRINGS, hostile_graph

FACTS = re.compile(r'<script type="application/json" id="facts">(.*?)</script>', re.DOTALL)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def page_of(engine: Engine, source: str = CUBES, **options: str) -> str:
    return draw(trace(source), "html", ViewOptions.from_query(options), engine, source).content.decode()


def facts_in(page: str) -> dict[str, dict[str, dict[str, object]]]:
    found = FACTS.search(page)
    assert found
    facts: dict[str, dict[str, dict[str, object]]] = json.loads(found[1])
    return facts


def test_it_holds_the_picture_the_program_and_the_description(engine: Engine) -> None:
    page = page_of(engine)
    assert page.startswith("<!doctype html>")
    assert '<svg xmlns="http://www.w3.org/2000/svg" class="chainrule"' in page
    assert "<li>g = 2 * (x**3)</li>" in page
    assert "Computes z (-1.1008)" in page


def test_it_asks_for_nothing_from_anywhere(engine: Engine) -> None:
    page = page_of(engine)
    addresses = set(re.findall(r"https?://[^\s\"'<]+", page))
    assert addresses <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"<(link|img|iframe|object|embed|base)\b", page)
    assert not re.search(r"\b(src|href)=", page.replace("src:url", ""))


def test_its_policy_lets_its_own_script_run_and_nothing_else(engine: Engine) -> None:
    page = page_of(engine)
    script = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert len(script) == 1
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)
    assert policy
    rules = policy[1].replace("&#39;", "'")
    assert "default-src 'none'" in rules
    assert f"script-src 'sha256-{digest}'" in rules


def test_each_box_is_told_in_full(engine: Engine) -> None:
    fact = facts_in(page_of(engine))["boxes"]["n4"]
    assert fact["title"] == "g = mul"
    assert ["gradient", "0.0833 at every element", "gradient"] in fact["rows"]  # type: ignore[operator]
    assert fact["line"] == 3
    assert len(fact["sentences"]) == 2  # type: ignore[arg-type]


def test_a_box_tells_who_passed_how_much(engine: Engine) -> None:
    rows = facts_in(page_of(engine, SCALARS))["boxes"]["n0"]["rows"]
    assert [row[1] for row in rows if row[0] == "arrived"] == [  # type: ignore[attr-defined]
        "2, from MulBackward0, 22% of the norms",
        "-0.99, from SinBackward0, 11% of the norms",
        "-6, from PowBackward0, 67% of the norms",
    ]


def test_a_gradient_that_a_hook_changed_is_told(engine: Engine) -> None:
    source = (
        "x = torch.tensor(1.0, requires_grad=True)\nh = x * 2\n"
        "h.register_hook(lambda gradient: gradient * 10)\n(h * 3).backward()"
    )
    assert "does not add up to the gradient: a hook changed it" in page_of(engine, source)


def test_a_parameter_tells_its_gradient_beside_its_value(engine: Engine) -> None:
    source = "layer = nn.Linear(2, 1)\nlayer(torch.ones(1, 2)).sum().backward()"
    facts = facts_in(page_of(engine, source))["boxes"].values()
    assert sum("gradient / value" in [row[0] for row in fact["rows"]] for fact in facts) == 2  # type: ignore[attr-defined]


def test_steps_name_boxes_of_the_picture(engine: Engine) -> None:
    page = page_of(engine)
    steps = facts_in(page)["steps"]
    assert len(steps) == 10
    assert {step[0] for step in steps} <= set(re.findall(r'data-node="([^"]+)"', page))


def test_a_fold_tells_what_is_inside_and_how_to_unfold_it(engine: Engine) -> None:
    page = page_of(engine, LSTM)
    folds = {key: fact for key, fact in facts_in(page)["boxes"].items() if key.startswith("f")}
    paths = re.findall(r'data-fold="([^"]+)"', page)
    assert [f"open={path}" for path in paths] == [fact["rows"][1][1] for fact in folds.values()]  # type: ignore[index]


def test_a_graph_with_too_many_steps_has_none(engine: Engine) -> None:
    page = draw(chain(3000), "html", ViewOptions(), engine).content.decode()
    assert facts_in(page)["steps"] == []
    assert any("more." in fact["sentences"][0] for fact in facts_in(page)["boxes"].values() if fact["sentences"])  # type: ignore[index]


@pytest.mark.parametrize(
    ("theme", "shown"), [("dark", ' data-theme="dark"'), ("print", ' data-theme="light"'), ("auto", "")]
)
def test_the_page_has_the_theme_of_its_picture(engine: Engine, theme: str, shown: str) -> None:
    assert f'<html lang="en"{shown}>' in page_of(engine, theme=theme)


@pytest.mark.parametrize("word", STRINGS, ids=range(len(STRINGS)))
def test_hostile_text_ends_no_element(engine: Engine, word: str) -> None:
    page = draw(hostile_graph(word), "html", ViewOptions(), engine, word).content.decode()
    assert len(re.findall(r"<script", page, re.IGNORECASE)) == 2
    assert len(re.findall(r"</script", page, re.IGNORECASE)) == 2
    assert len(re.findall(r"<svg", page, re.IGNORECASE)) == 1
    assert facts_in(page)["boxes"]


def test_the_same_graph_gives_the_same_bytes(engine: Engine) -> None:
    graph = trace(CUBES)
    assert draw(graph, "html", ViewOptions(), engine) == draw(graph, "html", ViewOptions(), engine)
