"""What an engineer asks of a training loop: the loss, and how large values, gradients and updates are, pass by pass."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from chainrule.graph.data import Real
from chainrule.graph.history import EMPTY, History, LeafCourse
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Optimizer, Pass, Tensor
from chainrule.graph.numbers import json_real
from chainrule.graph.training.series import Series, flat

Column = tuple[Real | None, ...]
"""A number for each pass of a series; None where there is none, or nobody kept it."""

VANISHES = 1e-7
"""A gradient whose elements are smaller than this on average does not train [root mean square]."""
EXPLODES = 100.0
"""A gradient that grows to so many times what it was in the first passes explodes."""
_FIRST = 5
"""Passes that tell how large a gradient is at first."""


@dataclass(frozen=True, slots=True)
class LeafMeasures:
    """One leaf over the passes of a series."""

    node: Node
    """As it is in the last pass that reached it."""
    value: Column
    """The norm of what it held when each pass took it in."""
    gradient: Column
    """The norm of what arrived at it."""
    used: Column
    """The norm of what ``.grad`` held when an optimizer's step used it; None for a pass that no step followed."""
    update: Column
    """The norm of what changed after each pass, divided by that of the value."""
    optimizer: Optimizer | None
    """Which holds it."""
    first_not_finite: int | None
    """The first pass in which its value or its gradient is not finite."""
    clipped: tuple[int, ...]
    """The passes after which ``.grad`` was made smaller before the step used it."""

    @property
    def vanishes(self) -> int | None:
        """Return the first pass from which on the gradient is next to nothing until the end."""
        size = _numel(self.node) ** 0.5
        found: int | None = None
        for place, norm in enumerate(self.gradient):
            if isinstance(norm, float) and norm / size < VANISHES:
                found = place if found is None else found
            elif norm is not None:
                found = None
        return found

    @property
    def explodes(self) -> int | None:
        """Return the place of the first pass in which the gradient is many times as large as at first."""
        known = [norm for norm in self.gradient if isinstance(norm, float)]
        first = max(known[:_FIRST], default=0.0)
        if not first:
            return None
        return next(
            (place for place, norm in enumerate(self.gradient) if isinstance(norm, float) and norm > EXPLODES * first),
            None,
        )


@dataclass(frozen=True, slots=True)
class Measures:
    """All that is measured of one series."""

    series: Series
    loss: Column
    """What the passes started from: its number, or its norm where it is no scalar."""
    rates: tuple[tuple[Optimizer, Column], ...]
    """The learning rate of the first group of each optimizer, at its step after each pass."""
    leaves: tuple[LeafMeasures, ...]
    """Those that a pass reached, in forward order."""


def measure(graph: Graph | GraphIndex, series: Series) -> Measures:
    """Measure a series.

    Args:
        graph: the whole graph.
        series: one of its series.
    """
    index = GraphIndex.of(graph)
    found = index.once(_measured_before)
    if series.number not in found:
        leaves = tuple(_leaf(index, series, track) for track in _tracks(index, _runs(index, series)))
        found[series.number] = Measures(series, losses(index, series), tuple(_rates(index, series)), leaves)
    return found[series.number]


def _measured_before(index: GraphIndex) -> dict[int, Measures]:
    """Return where the measures of a graph are kept, by the number of the series."""
    return {}


def losses(graph: Graph | GraphIndex, series: Series) -> Column:
    """Return what the passes of a series started from, and nothing that takes longer."""
    index = GraphIndex.of(graph)
    return tuple(_loss(index, run) for run in _runs(index, series))


def _runs(index: GraphIndex, series: Series) -> list[Pass]:
    return [index.graph.passes[number - 1] for number in series.passes]


def _loss(index: GraphIndex, run: Pass) -> Real | None:
    if not run.roots:
        return None
    value = index.value(run.roots[0].node, run.roots[0].output_nr)
    if value is None:
        return None
    if isinstance(value.values, float | int | str) and not value.shape:
        return value.values if isinstance(value.values, str) else float(value.values)
    return _norm(value)


def _tracks(index: GraphIndex, runs: Sequence[Pass]) -> list[dict[int, str]]:
    """Return the leaf that plays each part, by the number of the pass: one leaf in all, or one made anew each time."""
    reached = {run.index: [key for key in run.order if index.nodes[key].kind == "leaf"] for run in runs}
    counts: dict[str, int] = {}
    for keys in reached.values():
        for key in keys:
            counts[key] = counts.get(key, 0) + 1
    found: dict[object, dict[int, str]] = {}
    for number, keys in reached.items():
        places: dict[object, int] = {}
        for key in sorted(keys, key=index.positions.__getitem__):
            made = flat(index.nodes[key].span)
            places[made] = places.get(made, 0) + 1
            part: object = key if counts[key] > 1 else (made, places[made])
            found.setdefault(part, {})[number] = key
    return sorted(found.values(), key=lambda track: index.positions[max(track.items())[1]])


def _leaf(index: GraphIndex, series: Series, track: Mapping[int, str]) -> LeafMeasures:
    nodes = {key: index.nodes[key] for key in dict.fromkeys(track.values())}
    last = nodes[max(track.items())[1]]
    value: dict[int, Real | None] = {}
    gradient: dict[int, Real | None] = {}
    stepped: dict[int, Real | None] = {}
    changed: dict[int, Real | None] = {}
    after: dict[int, Real | None] = {}
    for node in nodes.values():
        course = node.course or LeafCourse()
        value |= _norms(course.values)
        if not course.values and node.outputs and node.outputs[0].value is not None:
            value |= {number: _norm(node.outputs[0].value) for number, key in track.items() if key == node.id}
        gradient |= _norms(node.outputs[0].gradients if node.outputs else EMPTY)
        stepped |= _norms(course.stepped)
        changed |= _differences(course.values, course.updated)
        changed |= {
            number: norm
            for number, norm in zip(course.updated.passes, course.changes, strict=False)
            if norm is not None
        }
        after |= {**dict.fromkeys(course.updated.passes, None), **_norms(node.accumulated)}
    optimizer = next((one for one in index.graph.optimizers if last.id in one.leaves), None)
    steps = set() if optimizer is None else {update.after for update in optimizer.updates}
    used = {number: stepped.get(number, after.get(number)) for number in steps}
    return LeafMeasures(
        node=last,
        value=_column(series, value),
        gradient=_column(series, gradient),
        used=_column(series, used),
        update=_column(series, {number: _ratio(norm, value.get(number)) for number, norm in changed.items()}),
        optimizer=optimizer,
        first_not_finite=next(
            (one for one in series.passes if isinstance(value.get(one), str) or isinstance(gradient.get(one), str)),
            None,
        ),
        clipped=tuple(number for number in series.passes if _is_less(stepped.get(number), after.get(number))),
    )


def _column(series: Series, held: Mapping[int, Real | None]) -> Column:
    return tuple(held.get(number) for number in series.passes)


def _rates(index: GraphIndex, series: Series) -> list[tuple[Optimizer, Column]]:
    found = []
    for optimizer in index.graph.optimizers:
        rates = {update.after: update.learning_rates[0] for update in optimizer.updates if update.learning_rates}
        if not rates.keys().isdisjoint(series.passes):
            found.append((optimizer, _column(series, rates)))
    return found


def _norms(history: History) -> dict[int, Real | None]:
    """Return the norm of each entry: "nan" and "inf" where an element is."""
    array = _array(history)
    if array is None:
        return {number: _norm(tensor) for number, tensor in history.items()}
    return dict(zip(history.passes, map(json_real, _row_norms(array)), strict=True))


def _differences(before: History, after: History) -> dict[int, Real | None]:
    """Return the norm of the difference in each pass that both have; None where elements were not kept."""
    shared = sorted(set(before.passes) & set(after.passes))
    first, second = _array(before), _array(after)
    if not shared or first is None or second is None or first.shape[1:] != second.shape[1:]:
        return dict.fromkeys(shared)
    rows = [dict(zip(one.passes, range(len(one)), strict=True)) for one in (before, after)]
    places = [[row[number] for number in shared] for row in rows]
    with np.errstate(all="ignore"):
        gaps = second[places[1]] - first[places[0]]
    return dict(zip(shared, map(json_real, _row_norms(gaps)), strict=True))


def _array(history: History) -> "np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None":
    """Return all entries as the rows of one array; None where not all elements are known, or they are complex."""
    stacked = history.stacked() if history.passes else None
    elements = None if stacked is None else stacked.elements
    if elements is None or elements.array is None or np.iscomplexobj(elements.array) or elements.dtype == "bfloat16":
        return None
    return np.asarray(elements.array, dtype=np.float64).reshape(len(history), -1)


def _row_norms(array: "np.ndarray[tuple[int, ...], np.dtype[np.float64]]") -> list[float]:
    with np.errstate(all="ignore"):
        norms: list[float] = np.sqrt(np.square(array).sum(axis=1)).tolist()
    return norms


def _norm(tensor: Tensor) -> Real | None:
    extent = tensor.extent
    return "nan" if extent.nan else "inf" if extent.inf else tensor.norm


def _ratio(part: Real | None, whole: Real | None) -> Real | None:
    if not isinstance(part, float) or not isinstance(whole, float):
        return part if isinstance(part, str) else None
    return part / whole if whole else None


def _is_less(used: Real | None, left: Real | None) -> bool:
    return isinstance(used, float) and isinstance(left, float) and used < left * (1 - 1e-6)


def _numel(node: Node) -> int:
    value = node.outputs[0].value if node.outputs else None
    return max(1, value.numel) if value is not None else 1
