"""Symbolic backpropagation: the expressions of a graph's values, and of the gradients that follow from them."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import sympy

from chainrule.explain.closed.errors import NoRuleError, UnsupportedError
from chainrule.explain.closed.tensors import Algebra, SymbolValue, Term
from chainrule.explain.closed.translate import Translator, checked, exact
from chainrule.explain.names import FormulaNames
from chainrule.explain.values import Bound, array
from chainrule.formulas import FORMULAS, Formula, choose, parse, settle, simplify
from chainrule.formulas.language.formula import Text
from chainrule.formulas.language.tensors import one_hot
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Edge, Node

Place = tuple[str, int]
"""A node and the number of its output."""

_BY_THEMSELVES: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "ReluBackward0": ("maximum(self, 0)", {"self": "where(self > 0, grad, 0)"}),
    "SoftplusBackward0": ("log(1 + exp(beta * self)) / beta", {"self": "grad * sigmoid(beta * self)"}),
    "SoftmaxBackward0": ("softmax(self, dim)", {}),
    "LogSoftmaxBackward0": ("log(softmax(self, dim))", {}),
    "PowBackward1": (
        "self ** exponent",
        {"self": "grad * (exponent * self ** (exponent - 1))", "exponent": "grad * (result * log(self))"},
    ),
    "LinalgVectorNormBackward0": (
        "sqrt(total(self ** 2, dim, keepdim))",
        {"self": "spread(grad / result, self, dim, keepdim) * self"},
    ),
}
"""What is written shorter than in the table, which has to hold at every number.

Whether it holds at these is seen when it is compared with autograd.
"""


class Backpropagation:
    """The values and gradients of one pass as expressions.

    Args:
        index: of the graph.
        names: of its outputs.
        pass_index: which pass.
        kept: outputs that stay symbols in what is computed from them, beside the leaves.
    """

    def __init__(
        self, index: GraphIndex, names: FormulaNames, pass_index: int, kept: frozenset[Place] = frozenset()
    ) -> None:
        self._index = index
        self._names = names
        self._pass_index = pass_index
        self._kept = kept
        self.symbols: dict[str, SymbolValue] = {}
        """What each symbol stands for."""
        self.algebra = Algebra(self.symbols)
        self._translator = Translator(self.algebra)
        self._values: dict[Place, Term] = {}
        self._gradients: dict[Place, Term] = {}
        self._bound: dict[str, Bound] = {}
        self.seeds: dict[Place, Term] = {}
        """What the pass starts with, by root."""

    def symbol(self, name: str, latex: str, numbers: Any, *, distribution: bool = False) -> Term:
        """Return a new symbol, or the one that stands for the same numbers."""
        wanted, number = name, 1
        while wanted in self.symbols and self.symbols[wanted].array is not numbers:
            if np.array_equal(self.symbols[wanted].array, numbers):
                break
            number += 1
            wanted = f"{name}_{number}"
        if wanted not in self.symbols:
            written = latex if number == 1 else rf"{latex}^{{({number})}}"
            self.symbols[wanted] = SymbolValue(numbers, written, distribution)
        return Term(sympy.Symbol(wanted, real=True), tuple(np.shape(numbers)))

    def value(self, place: Place) -> Term:
        """Return what an output is, in terms of leaves and of what is kept.

        Raises:
            UnsupportedError: an operation has no rule here.
            TooLargeError: nobody would read it.
        """
        if place not in self._values:
            node = self._index.nodes[place[0]]
            stays = node.kind != "function" or place in self._kept
            self._values[place] = self._named(place) if stays else self._forward(node, place[1])
        return self._values[place]

    def _named(self, place: Place) -> Term:
        node = self._index.nodes[place[0]]
        numbers = array(self._index.value(*place))
        written = self._names.output(*place)
        if numbers is None or np.iscomplexobj(numbers):
            raise UnsupportedError(written.plain.text)
        if (
            node.kind in ("constant", "detached")
            and not node.names
            and numbers.size
            and np.all(numbers == numbers.flat[0])
        ):
            return Term(exact(numbers.flat[0].item()), numbers.shape)
        return self.symbol(written.plain.text, written.latex.text, numbers)

    def _forward(self, node: Node, output_nr: int) -> Term:
        formula = FORMULAS.get(node.op)
        if formula is None or output_nr != 0:
            raise UnsupportedError(node.op)
        text = (
            _BY_THEMSELVES[node.op][0]
            if node.op in _BY_THEMSELVES
            else choose(formula.forward, self._of(node, formula).values)
        )
        made = self._read(node, formula, text, None)
        recorded = self._index.value(node.id, output_nr)
        return Term(made.expr, tuple(recorded.shape) if recorded is not None else made.shape)

    def gradient(self, place: Place) -> Term:
        """Return the gradient at an output: what the pass started with there, and what its uses pass back.

        Raises:
            UnsupportedError: an operation between it and a root has no rule here.
            TooLargeError: nobody would read it.
        """
        if place not in self._gradients:
            value = self._index.value(*place)
            if value is None:
                raise UnsupportedError(self._index.nodes[place[0]].op)
            shape = tuple(value.shape)
            parts = [self._contribution(edge, shape).expr for edge in self._uses(place)]
            if place in self.seeds:
                parts.append(self.seeds[place].expr)
            self._gradients[place] = checked(Term(sympy.Add(*parts), shape))
        return self._gradients[place]

    def _uses(self, place: Place) -> list[Edge]:
        return [
            edge for edge in self._index.incoming[place] if in_pass(edge.contributions, self._pass_index) is not None
        ]

    def _contribution(self, edge: Edge, shape: tuple[int, ...]) -> Term:
        node = self._index.nodes[edge.source]
        formula = FORMULAS.get(node.op)
        argument = formula.argument(edge.slot) if formula is not None else None
        if (
            formula is None
            or argument is None
            or (len(node.outputs) > 1 and node.op not in ("NllLossBackward0", "NativeDropoutBackward0"))
        ):
            raise UnsupportedError(node.op)
        own = _BY_THEMSELVES.get(node.op, ("", {}))[1].get(argument)
        text: Text | None = own or formula.vjps[argument]
        made = self._read(
            node, formula, choose(text, self._of(node, formula).at(edge.slot)), self.gradient((node.id, 0))
        )
        return self.algebra.undo_broadcast(made, shape) if formula.broadcasts else Term(made.expr, shape)

    def _of(self, node: Node, formula: Formula) -> Bound:
        if node.id not in self._bound:
            self._bound[node.id] = Bound(self._index, node, formula, self._pass_index)
        return self._bound[node.id]

    def _read(self, node: Node, formula: Formula, text: str | None, gradient: Term | None) -> Term:
        if text is None or formula.variadic:
            raise UnsupportedError(node.op)
        bound = self._of(node, formula)
        expression = simplify(settle(parse(text), bound.values), bound.literals)
        try:
            return self._translator.read(expression, lambda name: self._operand(node, formula, bound, name, gradient))
        except NoRuleError as error:
            raise UnsupportedError(node.op) from error

    def _operand(self, node: Node, formula: Formula, bound: Bound, name: str, gradient: Term | None) -> Term | None:
        """Return what a name of a node's formula stands for; None where it is not known."""
        if name in ("grad", "grad0"):
            return gradient
        if name == "one_hot":
            return self._one_hot(node, bound)
        if name in ("result", "result0"):
            # What an operation computes names its own result for the shape alone.
            return self.value((node.id, 0)) if gradient is not None else self._shaped(node)
        for edge in self._index.outgoing[node.id]:
            if formula.argument(edge.slot) == name:
                return self.value((edge.target, edge.output_nr))
        for edge in self._index.values[node.id]:
            if edge.argument == name:
                return self.value((edge.target, edge.output_nr))
        numbers = bound.values.get(name)
        if not isinstance(numbers, np.ndarray) or name in bound.unlisted or np.iscomplexobj(numbers):
            return None
        if numbers.ndim == 0:
            return Term(exact(numbers.item()), ())
        latex, _ = formula.shown.get(name, (rf"\text{{{name}}}", name))
        shown = {"result1": "mask"}.get(name, name)
        return self.symbol(shown, latex if shown == name else r"\text{mask}", numbers.astype(float))

    def _shaped(self, node: Node) -> Term | None:
        recorded = self._index.value(node.id)
        return None if recorded is None else Term(sympy.Integer(0), tuple(recorded.shape))

    def _one_hot(self, node: Node, bound: Bound) -> Term | None:
        """Return the rows of a loss's classes, as a symbol."""
        target = bound.values.get("target")
        like = bound.values.get("self")
        if not isinstance(target, np.ndarray) or not isinstance(like, np.ndarray):
            return None
        weight = bound.values.get("weight")
        rows = one_hot(target, like, int(bound.values.get("ignore_index", -100)), weight)
        edge = next((edge for edge in self._index.values[node.id] if edge.argument == "target"), None)
        written = self._names.output(edge.target, edge.output_nr) if edge is not None else None
        named = edge is not None and bool(self._index.nodes[edge.target].names)
        name, latex = ("onehot", r"\text{onehot}")
        if named and written is not None:
            name, latex = f"onehot({written.plain.text})", rf"\text{{onehot}}\left({written.latex.text}\right)"
        sums = rows.sum(axis=-1) if rows.ndim else rows
        return self.symbol(name, latex, rows, distribution=bool(np.all(sums == 1)))
