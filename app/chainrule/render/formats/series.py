"""Training loops as numbers: each series of a graph with its loss and the norms of its parameters, pass by pass."""

import csv
import io
import json
from collections.abc import Iterator, Sequence
from typing import Any

from chainrule.graph.data import Real
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph
from chainrule.graph.training.measures import Column, LeafMeasures, Measures, measure
from chainrule.graph.training.series import list_series
from chainrule.graph.training.thinning import thinned
from chainrule.layout import Engine
from chainrule.render.options import ViewOptions
from chainrule.words.nodes import name_of

MOST_NUMBERS = 500_000
"""Numbers that are told of one series; of a longer one fewer passes are told, and the extremes of all."""
LEAST_PASSES = 100
_COLUMNS = ("value", "gradient", "used", "update")


def draw_series(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return the training loops of a graph as JSON: the options of a view change nothing."""
    told = {"series": [_told(one) for one in _measured(graph)]}
    return json.dumps(told, ensure_ascii=False, allow_nan=False).encode()


def draw_csv(graph: Graph, options: ViewOptions, engine: Engine, source: str = "") -> bytes:
    """Return the training loops of a graph as a table, a row for each pass: the options of a view change nothing."""
    rows = [row for one in _measured(graph) for row in _rows(one)]
    names = dict.fromkeys(name for row in rows for name in row) or dict.fromkeys(("series", "pass", "loss"))
    file = io.StringIO()
    writer = csv.DictWriter(file, list(names), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


def _measured(graph: Graph) -> list[Measures]:
    index = GraphIndex.of(graph)
    return [measure(index, series) for series in list_series(index)]


def _shown(one: Measures) -> list[int]:
    """Return the places of the passes that are told."""
    room = MOST_NUMBERS // (len(_COLUMNS) * len(one.leaves) + len(one.rates) + 1)
    return thinned(one.loss, max(LEAST_PASSES, room))


def _told(one: Measures) -> dict[str, Any]:
    series, shown = one.series, _shown(one)

    def of(column: Column) -> list[Real | None]:
        return [column[place] for place in shown]

    def leaf_told(leaf: LeafMeasures) -> dict[str, Any]:
        columns = {name: getattr(leaf, name) for name in _COLUMNS}
        return {
            "node": leaf.node.id,
            "name": name_of(leaf.node),
            "optimizer": None if leaf.optimizer is None else leaf.optimizer.name or leaf.optimizer.type,
            "first_not_finite": leaf.first_not_finite,
            "vanishes": None if leaf.vanishes is None else series.passes[leaf.vanishes],
            "explodes": None if leaf.explodes is None else series.passes[leaf.explodes],
            "clipped": len(leaf.clipped),
            "extremes": {name: _extremes(column) for name, column in columns.items()},
            **{name: of(column) for name, column in columns.items()},
        }

    return {
        "number": series.number,
        "name": series.name,
        "line": None if series.span is None else series.span.line,
        "count": len(series.passes),
        "axes": list(series.axes),
        "passes": [series.passes[place] for place in shown],
        "iterations": [list(series.places[place]) for place in shown],
        "loss": of(one.loss),
        "extremes": _extremes(one.loss),
        "learning_rates": [
            {"optimizer": optimizer.name or optimizer.type, "type": optimizer.type, "values": of(column)}
            for optimizer, column in one.rates
        ],
        "leaves": [leaf_told(leaf) for leaf in one.leaves],
    }


def _rows(one: Measures) -> Iterator[dict[str, object]]:
    series = one.series
    columns: dict[str, Sequence[Real | None]] = {"loss": one.loss}
    columns |= {f"learning rate of {optimizer.name or optimizer.type}": column for optimizer, column in one.rates}
    columns |= {f"{name} of {name_of(leaf.node)}": getattr(leaf, name) for leaf in one.leaves for name in _COLUMNS}
    for place in _shown(one):
        iterations = dict(zip(series.axes, series.places[place], strict=True))
        yield {"series": series.name, "pass": series.passes[place], **iterations} | {
            name: column[place] for name, column in columns.items()
        }


def _extremes(column: Column) -> list[float] | None:
    finite = [number for number in column if isinstance(number, float)]
    return [min(finite), max(finite)] if finite else None
