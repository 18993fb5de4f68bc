"""The chain from name to name between a scalar root and a leaf: one factor for each step, in the program's names."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import sympy

from chainrule.explain.closed.backpropagation import Backpropagation
from chainrule.explain.closed.printers import FormulaPrinter, TextPrinter, with_decimals
from chainrule.explain.closed.simplify import simplified
from chainrule.explain.closed.tensors import Term
from chainrule.explain.math import make_math
from chainrule.explain.model import Math
from chainrule.explain.names import FormulaNames, total_derivative
from chainrule.formulas import FORMULAS, LATEX, PLAIN, is_elementwise, parse
from chainrule.formulas.language.formula import texts
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Edge


@dataclass(frozen=True, slots=True)
class Factor:
    """The derivative of one name by the next."""

    name: Math
    """As ``dz/dg``."""
    term: Any
    latex: str
    text: str


def chain_of(index: GraphIndex, names: FormulaNames, leaf: str, pass_index: int) -> list[Factor] | None:
    """Return the derivatives whose product is the gradient, element by element.

    None where the pass has no single scalar root, where paths part around every name between, or where a step is
    none that works element by element.

    Args:
        index: of the graph.
        names: of its outputs.
        leaf: the id of the leaf.
        pass_index: the pass, counted from 1.
    """
    roots = index.roots(pass_index)
    if len(roots) != 1:
        return None
    root = index.value(roots[0].node, roots[0].output_nr)
    if root is None or root.numel != 1:
        return None
    stops = [
        node
        for node in _passed_by_all(index, roots[0].node, leaf, pass_index)
        if index.nodes[node].names or node == roots[0].node
    ]
    if len(stops) < 2 or not index.nodes[stops[0]].names:
        return None
    factors = []
    for above, below in pairwise(stops):
        factor = _factor(index, names, above, below, pass_index, stops)
        if factor is None:
            return None
        factors.append(factor)
    return factors


def _factor(
    index: GraphIndex, names: FormulaNames, above: str, below: str, pass_index: int, stops: Sequence[str]
) -> Factor | None:
    of, by = index.value(above), index.value(below)
    if of is None or by is None:
        return None
    if of.numel != 1 and not _is_diagonal(index, above, below, pass_index):
        return None
    kept = frozenset((stop, 0) for stop in stops if stop != above)
    back = _From(index, names, pass_index, kept, above)
    back.seeds[above, 0] = Term(sympy.Integer(1), tuple(of.shape))
    expr = with_decimals(simplified(back.gradient((below, 0)).expr))
    latex, text = FormulaPrinter(back.algebra).doprint(expr), TextPrinter().doprint(expr)
    top, bottom = names.output(above, 0), names.output(below, 0)
    name = make_math(total_derivative(top.latex, bottom.latex, LATEX), total_derivative(top.plain, bottom.plain, PLAIN))
    return Factor(name, expr, latex, text)


class _From(Backpropagation):
    """A backpropagation that starts at a node between, and leaves its users aside."""

    def __init__(self, index: GraphIndex, names: FormulaNames, pass_index: int, kept: Any, start: str) -> None:
        super().__init__(index, names, pass_index, kept)
        self._start = start
        self._below = _reached(index, start, pass_index)

    def _uses(self, place: tuple[str, int]) -> list[Edge]:
        if place[0] == self._start:
            return []
        return [edge for edge in super()._uses(place) if edge.source in self._below]


def _reached(index: GraphIndex, start: str, pass_index: int) -> set[str]:
    found, waiting = {start}, [start]
    while waiting:
        for edge in index.outgoing[waiting.pop()]:
            if edge.target not in found and in_pass(edge.contributions, pass_index) is not None:
                found.add(edge.target)
                waiting.append(edge.target)
    return found


def _passed_by_all(index: GraphIndex, root: str, leaf: str, pass_index: int) -> list[str]:
    """Return the nodes that every path from a root to a leaf leads through, the root first.

    A node is one of them where as many paths lead through it as there are.
    """
    order = sorted(_reached(index, root, pass_index), key=index.positions.__getitem__, reverse=True)
    from_root = dict.fromkeys(order, 0) | {root: 1}
    for node in order:
        for edge in index.outgoing[node]:
            if in_pass(edge.contributions, pass_index) is not None and edge.target in from_root:
                from_root[edge.target] += from_root[node]
    to_leaf = dict.fromkeys(order, 0) | {leaf: 1}
    for node in reversed(order):
        if node != leaf:
            to_leaf[node] = sum(
                to_leaf[edge.target]
                for edge in index.outgoing[node]
                if edge.target in to_leaf and in_pass(edge.contributions, pass_index) is not None
            )
    total = from_root.get(leaf, 0)
    return [node for node in order if total and from_root[node] * to_leaf[node] == total]


def _is_diagonal(index: GraphIndex, above: str, below: str, pass_index: int) -> bool:
    """Return whether each element of one output depends on the same element of the other alone."""
    of, by = index.value(above), index.value(below)
    if of is None or by is None or of.shape != by.shape:
        return False
    under, over = _reached(index, above, pass_index), set()
    waiting = [below]
    while waiting:
        for edge in index.uses[waiting.pop()]:
            if edge.kind == "gradient" and edge.source in under and edge.source not in over:
                over.add(edge.source)
                waiting.append(edge.source)
    for node in over:
        formula, value = FORMULAS.get(index.nodes[node].op), index.value(node)
        if formula is None or value is None or value.shape != of.shape:
            return False
        if not all(is_elementwise(parse(text)) for vjp in formula.vjps.values() for text in texts(vjp)):
            return False
    return True
