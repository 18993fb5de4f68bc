"""The chain rule for a leaf: every path from root to leaf, the product along it, and the sum over the paths."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.chain.products import Matrix, grouped, jacobian_of, multiply, product_in_numbers, shortened
from chainrule.explain.cotangents import below_hooks, seed_at, starts_with_one
from chainrule.explain.math import make_math
from chainrule.explain.model import Math
from chainrule.explain.names import FormulaNames, Written
from chainrule.explain.numbers import largest
from chainrule.explain.values import array
from chainrule.formulas import Symbol
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Data, Edge, Graph, Number, Root
from chainrule.graph.numbers import json_real, python_values
from chainrule.graph.paths import find_paths
from chainrule.interest import go_on
from chainrule.words.nodes import name_of
from chainrule.words.numbers import latex_number, say_number
from chainrule.words.saying import Words, say
from chainrule.words.shapes import say_shape

SHOWN_PATHS = 8
"""Paths that are shown; all are counted."""
TOLERANCE = 1e-3


class ChainPath(Data):
    """One path from a root to the leaf."""

    nodes: list[str]
    """From the root to the leaf."""
    edges: list[str]
    product: Math
    """The product of the local derivatives, in the names of the program."""
    numbers: Math | None
    """The same in numbers: a product of numbers, or of the cotangent and small matrices."""
    shapes: str
    """The shapes of the factors, "1×3 · 3×3": rows are the elements of the upper output."""
    value: list[Number] | None
    """What this path brings to each element of the leaf's gradient; None where a Jacobian was too large to keep."""


class ChainRule(Data):
    """How a leaf's gradient is the sum over all paths."""

    leaf: str
    pass_index: int
    count: int
    """How many paths there are."""
    hidden: int
    """How many of them are not shown."""
    paths: list[ChainPath]
    symbolic: Math | None
    """The gradient as the sum of the products."""
    sum: Math | None
    """The sum in numbers at ``element``, where all paths are known and make what autograd computed."""
    element: list[int] | None
    sentence: Words


@dataclass(frozen=True, slots=True)
class _Start:
    """A root, with the cotangent that the pass started from there."""

    root: Root
    seed: NDArray[Any] | None


def chain_rule(
    graph: Graph | GraphIndex, leaf: str, pass_index: int = 1, most: int = SHOWN_PATHS, source: str = ""
) -> ChainRule:
    """Write the chain rule for a leaf.

    Args:
        graph: the graph.
        leaf: the leaf's id; any node with a gradient will do.
        pass_index: the pass, counted from 1; without such a pass the graph's roots count.
        most: how many paths to show.
        source: the program, by whose text unnamed results are called.

    Raises:
        KeyError: there is no such node.
    """
    return _Chain(graph, leaf, pass_index, source).rule(most)


class _Chain:
    def __init__(self, graph: Graph | GraphIndex, leaf: str, pass_index: int, source: str) -> None:
        self._index = GraphIndex.of(graph)
        self._leaf = self._index.nodes[leaf]
        self._pass_index = pass_index
        self._names = FormulaNames(self._index, source)
        self._ran = self._index.run(pass_index) is not None
        self._factors: dict[tuple[str, int], tuple[Matrix | None, str]] = {}

    def _used(self, edge: Edge) -> bool:
        if edge.kind != "gradient":
            return False
        return not self._ran or in_pass(edge.contributions, self._pass_index) is not None

    def rule(self, most: int) -> ChainRule:
        """Return the whole rule."""
        count = 0
        found: list[ChainPath] = []
        for start in self._starts():
            paths = find_paths(self._index, self._leaf.id, start.root.node, most, self._used)
            if paths.start != self._leaf.id:
                continue
            go_on()
            count += paths.count
            found += [self._path(start, path[::-1]) for path in paths.listed[: most - len(found)]]
        hidden = count - len(found)
        total, element = self._sum(found, hidden)
        return ChainRule(
            leaf=self._leaf.id,
            pass_index=self._pass_index,
            count=count,
            hidden=hidden,
            paths=found,
            symbolic=self._symbolic(found, hidden),
            sum=total,
            element=None if element is None else list(element),
            sentence=self._sentence(count, hidden, total is not None),
        )

    def _starts(self) -> list[_Start]:
        return [_Start(root, self._seed(root)) for root in self._index.roots(self._pass_index)]

    def _seed(self, root: Root) -> NDArray[Any] | None:
        """Return what the pass started from: what arrived at the root without what came from its own consumers."""
        if self._index.run(self._pass_index) is None:
            value = self._index.value(root.node, root.output_nr)
            return np.ones(1) if value is not None and value.numel == 1 else None
        seed = seed_at(self._index, root, self._pass_index)
        return None if seed is None else seed.reshape(-1)

    def _path(self, start: _Start, ids: Sequence[str]) -> ChainPath:
        edges = [self._index.edges[edge] for edge in ids]
        outputs = [start.root.output_nr, *(edge.output_nr for edge in edges)]
        factors = [self._factor(edge, number) for edge, number in zip(edges, outputs, strict=False)]
        known = [block for block, _ in factors if block is not None]
        value = multiply(start.seed, known) if len(known) == len(edges) else None
        return ChainPath(
            nodes=[start.root.node, *(edge.target for edge in edges)],
            edges=list(ids),
            product=self._product(edges, outputs),
            numbers=product_in_numbers(start.seed, known) if len(known) == len(edges) else None,
            shapes=" · ".join(shape for _, shape in factors),
            value=None if value is None else [json_real(number) for number in value],
        )

    def _factor(self, edge: Edge, output_nr: int) -> tuple[Matrix | None, str]:
        """Return the local Jacobian of an edge and its shape in words; most paths have most edges in common."""
        key = edge.id, output_nr
        if key not in self._factors:
            jacobian = jacobian_of(edge, self._index.rows(edge.source, output_nr))
            self._factors[key] = jacobian, self._shape(edge, output_nr)
        return self._factors[key]

    def _shape(self, edge: Edge, output_nr: int) -> str:
        sizes: list[int | str] = []
        for node, number in ((edge.source, output_nr), (edge.target, edge.output_nr)):
            value = self._index.value(node, number)
            sizes.append("?" if value is None else math.prod(value.shape))
        return say_shape(sizes)

    def _product(self, edges: Sequence[Edge], outputs: Sequence[int]) -> Math:
        if not edges:
            return make_math("1", "1")
        latex, plain = [], []
        for step in shortened(list(zip(edges, outputs, strict=False))):
            if step is None:
                latex.append(r"\cdots")
                plain.append("...")
                continue
            edge, output_nr = step
            local = self._names.local(edge, output_nr)
            latex.append(local.latex.text)
            plain.append(local.plain.text)
        return make_math(r" \cdot ".join(latex), " × ".join(plain))

    def _symbolic(self, paths: Sequence[ChainPath], hidden: int) -> Math | None:
        if not paths or self._hooked:
            return None
        gradient = self._names.gradient(self._index.run(self._pass_index), self._leaf.id, 0)
        given = None if self._starts_with_one else self._given()
        latex, plain = [path.product.latex for path in paths], [path.product.text for path in paths]
        if given is not None:
            latex, plain = (
                [self._times(given.latex.text, product, r" \cdot ") for product in latex],
                [self._times(given.plain.text, product, " × ") for product in plain],
            )
        shown_latex = " + ".join(latex + ([r"\cdots"] if hidden else []))
        shown_plain = " + ".join(plain + (["..."] if hidden else []))
        return make_math(f"{gradient.latex.text} = {shown_latex}", f"{gradient.plain.text} = {shown_plain}")

    @property
    def _starts_with_one(self) -> bool:
        return not self._ran or starts_with_one(self._index, self._pass_index)

    @property
    def _hooked(self) -> bool:
        return self._ran and self._leaf.id in below_hooks(self._index, self._pass_index)

    def _given(self) -> Written | None:
        """Return how the cotangent is written that the pass starts with: v, or with a bar where the program has a v."""
        roots = self._index.roots(self._pass_index)
        if len(roots) != 1:
            return None
        if any("v" in node.names for node in self._index.graph.nodes):
            return self._names.gradient(self._index.run(self._pass_index), roots[0].node, roots[0].output_nr)
        return Written(Symbol("v"), Symbol("v"))

    @staticmethod
    def _times(given: str, product: str, mark: str) -> str:
        return given if product == "1" else f"{given}{mark}{product}"

    def _sum(self, paths: Sequence[ChainPath], hidden: int) -> tuple[Math | None, tuple[int, ...] | None]:
        run = self._index.run(self._pass_index)
        recorded = None if run is None else array(self._index.gradient(self._leaf.id, 0, self._pass_index))
        element = largest(recorded)
        values = [python_values(path.value) for path in paths if path.value is not None]
        if hidden or recorded is None or element is None or not paths or len(values) != len(paths):
            return None, None
        flat = int(np.ravel_multi_index(element, recorded.shape)) if element else 0
        if any(len(value) != recorded.size for value in values):
            return None, None
        terms = [value[flat] for value in values]
        if not np.isclose(sum(terms), recorded[element], rtol=TOLERANCE, atol=1e-6, equal_nan=True):
            return None, None
        left = self._names.gradient(run, self._leaf.id, 0, element)
        latex = " + ".join(grouped(latex_number(term), r"\left({}\right)") for term in terms)
        plain = " + ".join(grouped(say_number(term), "({})") for term in terms)
        result = recorded[element].item()
        if len(terms) == 1:
            return make_math(f"{left.latex.text} = {latex}", f"{left.plain.text} = {plain}"), element
        return make_math(
            f"{left.latex.text} = {latex} = {latex_number(result)}",
            f"{left.plain.text} = {plain} = {say_number(result)}",
        ), element

    def _sentence(self, count: int, hidden: int, summed: bool) -> str:
        name = name_of(self._leaf)
        if count and self._hooked:
            return say(
                "A hook changed a gradient on the way to {name}, so its gradient is not the product of the local "
                "derivatives along the paths.",
                name=name,
            )
        if count == 0:
            return say("No path leads from where backward starts to {name}, so it gets no gradient.", name=name)
        if count == 1:
            return say(
                "One path leads to {name}: its gradient is the product of the local derivatives along it.", name=name
            )
        shown = say(" {count} of them are not shown.", count=hidden) if hidden else ""
        adds = say(" Here is the sum.") if summed else ""
        return say(
            "{count} paths lead to {name}: each brings a product, and the gradient is their sum.{remark}{announcement}",
            count=count,
            name=name,
            remark=shown,
            announcement=adds,
        )
