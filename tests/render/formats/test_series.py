"""Training loops as JSON and as a table."""

import csv
import io
import json
import math
from typing import Any

import pytest
from chainrule.graph import Graph
from chainrule.layout import Engine, make_engine
from chainrule.render import ViewOptions
from chainrule.render.drawing import draw
from chainrule.render.formats import series as written

from tests.graph.program import CUBES, trace
from tests.graph.training.loops import GAN, MLP, run_bare, without_oracle

NESTED = MLP.format(optimizer="torch.optim.Adam(model.parameters(), lr=0.05)", epochs=2, steps=3)
DIVERGING = (
    "w = torch.tensor(2.0, requires_grad=True)\nopt = torch.optim.SGD([w], lr=1e20)\n"
    "for i in range(8):\n    opt.zero_grad()\n    loss = w ** 4\n    loss.backward()\n    opt.step()\n"
)


@pytest.fixture(scope="module")
def engine() -> Engine:
    return make_engine()


def told(graph: Graph, engine: Engine) -> Any:
    return json.loads(draw(graph, "series", ViewOptions(), engine).content)["series"]


def table(graph: Graph, engine: Engine) -> list[dict[str, str]]:
    text = draw(graph, "csv", ViewOptions(), engine).content.decode()
    return list(csv.DictReader(io.StringIO(text)))


def test_json_tells_loss_places_rates_and_norms_of_every_pass(engine: Engine) -> None:
    [one] = told(trace(without_oracle(NESTED)), engine)
    assert (one["axes"], one["count"], one["passes"]) == (["epoch", "step"], 6, [1, 2, 3, 4, 5, 6])
    assert one["iterations"] == [[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3]]
    assert one["loss"] == pytest.approx([loss for loss, _, _ in run_bare(NESTED).moments["pass"]], rel=1e-6)
    assert one["extremes"] == [min(one["loss"]), max(one["loss"])]
    assert one["learning_rates"] == [{"optimizer": "opt", "type": "Adam", "values": [0.05] * 6}]
    assert [leaf["name"] for leaf in one["leaves"]] == [
        "model.0.weight",
        "model.0.bias",
        "model.2.weight",
        "model.2.bias",
    ]
    assert {len(leaf[name]) for leaf in one["leaves"] for name in ("value", "gradient", "used", "update")} == {6}


def test_a_table_has_a_row_for_each_pass_of_each_series(engine: Engine) -> None:
    graph = trace(without_oracle(GAN))
    rows = table(graph, engine)
    assert [row["series"] for row in rows] == ["loss_d"] * 6 + ["loss_g"] * 6
    losses = [float(row["loss"]) for row in rows]
    assert losses == [loss for one in told(graph, engine) for loss in one["loss"]]
    assert rows[0]["gradient of G.0.weight"] == ""
    assert float(rows[6]["gradient of G.0.weight"]) > 0
    assert rows[7]["i"] == "2"


def test_what_is_not_finite_is_a_word(engine: Engine) -> None:
    graph = trace(DIVERGING)
    [one] = told(graph, engine)
    assert {"inf", "nan"} & {number for number in one["loss"] if isinstance(number, str)}
    assert one["leaves"][0]["first_not_finite"] is not None
    assert any(row["loss"] in ("nan", "inf") for row in table(graph, engine))


def test_a_program_without_a_loop_has_no_series(engine: Engine) -> None:
    graph = trace(CUBES)
    assert told(graph, engine) == []
    assert draw(graph, "csv", ViewOptions(), engine).content == b"series,pass,loss\n"


def test_a_long_series_is_thinned_and_keeps_its_extremes(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(written, "MOST_NUMBERS", 10)
    graph = trace(
        "w = torch.tensor(2.0, requires_grad=True)\nfor i in range(500):\n    loss = w * (i * 7919 % 500)\n"
        "    loss.backward()\n"
    )
    [one] = told(graph, engine)
    assert one["count"] == 500
    assert len(one["passes"]) <= 100
    assert one["extremes"] == [0.0, 998.0]
    assert {0.0, 998.0} <= set(one["loss"])
    assert one["leaves"][0]["extremes"]["gradient"] == [0.0, 499.0]
    assert not any(math.isnan(number) for number in one["loss"])
    assert len(table(graph, engine)) == len(one["passes"])
