"""The closed form of each leaf: what its gradient is as one expression, told only where its numbers are autograd's."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from chainrule.explain.closed.backpropagation import Backpropagation, Place
from chainrule.explain.closed.chain import Factor, chain_of
from chainrule.explain.closed.errors import NoRuleError, TooLargeError, UnsupportedError
from chainrule.explain.closed.model import ClosedForm
from chainrule.explain.closed.numeric import evaluate
from chainrule.explain.closed.printers import FormulaPrinter, TextPrinter, with_decimals
from chainrule.explain.closed.simplify import simplified
from chainrule.explain.closed.tensors import Term
from chainrule.explain.closed.translate import exact
from chainrule.explain.cotangents import seed_at
from chainrule.explain.math import make_math
from chainrule.explain.model import Math
from chainrule.explain.names import FormulaNames
from chainrule.explain.values import array
from chainrule.graph.index import GraphIndex
from chainrule.graph.model import Graph, Node, Root
from chainrule.graph.numbers import json_real
from chainrule.interest import go_on
from chainrule.words.nodes import name_of, short_name
from chainrule.words.saying import say

MOST_OPERATIONS = 40
"""Operations of a program above which no closed form is looked for."""
MOST_FACTORS = 6
"""Factors of a chain that are written side by side."""
LONGEST = 240
"""Characters of an expression above which the program's own names for what is between stay in it."""
TOLERANCES = {"float64": 1e-6, "float32": 1e-3, "float16": 1e-2, "bfloat16": 5e-2}
"""Difference from autograd's numbers, relative to the largest of them, up to which both are the same but for rounding,
which a slope close to 0, as that of tanh far out, makes a thousand times as large as it is in a value."""
_UNCOMPUTABLE = (KeyError, ValueError, IndexError, TypeError, ArithmeticError, AttributeError)


def closed_forms(
    graph: Graph | GraphIndex, source: str = "", pass_index: int | None = None, *, chains: bool = True
) -> list[ClosedForm]:
    """Return the closed form of each leaf that got a gradient in a pass.

    Args:
        graph: the graph.
        source: the program, by whose text unnamed results are called.
        pass_index: counted from 1; None for the last that ran to its end.
        chains: whether the chain of factors is told too.
    """
    index = GraphIndex.of(graph)
    shown = index.shown_pass if pass_index is None else pass_index
    if shown is None:
        return []
    leaves = [node for node in index.graph.nodes if node.kind == "leaf" and index.gradient(node.id, 0, shown)]
    names = FormulaNames(index, source)
    return [_form(index, node.id, shown, names, chains) for node in leaves]


def closed_form(graph: Graph | GraphIndex, leaf: str, pass_index: int, source: str = "") -> ClosedForm:
    """Return the closed form of one leaf.

    Args:
        graph: the graph.
        leaf: the id of a leaf.
        pass_index: the pass, counted from 1.
        source: the program, by whose text unnamed results are called.

    Raises:
        KeyError: there is no such node.
    """
    index = GraphIndex.of(graph)
    return _form(index, leaf, pass_index, FormulaNames(index, source), chains=True)


def _form(index: GraphIndex, leaf: str, pass_index: int, names: FormulaNames, chains: bool) -> ClosedForm:
    go_on()
    found = index.once(_found_before)
    key = leaf, pass_index, chains
    if key not in found:
        found[key] = _Search(index, leaf, pass_index, names, chains).result()
    return found[key]


def _found_before(index: GraphIndex) -> dict[tuple[str, int, bool], ClosedForm]:
    """Return where the closed forms of a graph are kept: whoever looks at a leaf looks at it again."""
    return {}


LARGE = 1_000
"""Nodes above which a graph without any formula is one that was told without details."""


class _Search:
    def __init__(self, index: GraphIndex, leaf: str, pass_index: int, names: FormulaNames, chains: bool) -> None:
        self._index = index
        self._leaf: Node = index.nodes[leaf]
        self._pass_index = pass_index
        self._names = names
        self._chains = chains
        self._recorded = array(index.gradient(leaf, 0, pass_index))

    def result(self) -> ClosedForm:
        """Return the closed form, or why there is none."""
        recorded = self._recorded
        functions = [node for node in self._index.took_part(self._pass_index) if node.kind == "function"]
        operations = len(functions)
        if recorded is None:
            return self._none(say("Its gradient is not listed number by number, so nothing can be compared with it."))
        if np.iscomplexobj(recorded):
            return self._none(say("Its gradient is complex, and closed forms are of real numbers."))
        if operations > MOST_OPERATIONS:
            return self._none(
                say(
                    "The pass goes through {count} operations; up to {most} are put together.",
                    count=operations,
                    most=MOST_OPERATIONS,
                )
            )
        if len(self._index.graph.nodes) > LARGE and not any(node.formula for node in functions):
            return self._none(say("Graphs as large as this one are told without what this takes."))
        try:
            back, term = self._shortest()
            numbers = evaluate(term.expr, back.symbols, recorded.shape)
        except UnsupportedError as error:
            return self._none(
                say("There is no rule to put {operation} into a closed form.", operation=short_name(str(error)))
            )
        except TooLargeError:
            return self._none(say("The expression is too long to be read."))
        except (NoRuleError, *_UNCOMPUTABLE):
            return self._none(say("What was found could not be computed, so it is not shown."))
        difference = _difference(numbers, recorded)
        if not self._same(numbers, recorded):
            return self._none(
                say(
                    "What was found does not give autograd's numbers, as after a hook that changes a gradient, so it "
                    "is not shown."
                ),
                difference,
            )
        return self._found(back, term, numbers, difference)

    def _none(self, reason: str, error: float | None = None) -> ClosedForm:
        return ClosedForm(
            node=self._leaf.id,
            name=name_of(self._leaf),
            gradient=None,
            chain=None,
            latex=None,
            text=None,
            numbers=None,
            autograd=_listed(self._recorded),
            equals_autograd=False,
            largest_error=error,
            reason=reason,
        )

    def _found(self, back: Backpropagation, term: Term, numbers: NDArray[Any], error: float | None) -> ClosedForm:
        latex = FormulaPrinter(back.algebra).doprint(with_decimals(term.expr))
        text = TextPrinter().doprint(with_decimals(term.expr))
        left = self._names.gradient(self._index.run(self._pass_index), self._leaf.id, 0)
        return ClosedForm(
            node=self._leaf.id,
            name=name_of(self._leaf),
            gradient=_made(f"{left.latex.text} = {latex}", f"{left.plain.text} = {text}"),
            chain=self._chain((latex, text)) if self._chains else None,
            latex=latex,
            text=text,
            numbers=_listed(numbers),
            autograd=_listed(self._recorded),
            equals_autograd=True,
            largest_error=error,
            reason="",
        )

    def _shortest(self) -> tuple[Backpropagation, Term]:
        """Return the expression in terms of leaves, or where that is long, of what the program names between."""
        try:
            back, term = self._expression(frozenset())
            if len(TextPrinter().doprint(term.expr)) <= LONGEST:
                return back, term
        except TooLargeError:
            pass
        back, term = self._expression(self._named_between())
        if len(TextPrinter().doprint(term.expr)) > 2 * LONGEST:
            raise TooLargeError
        return back, term

    def _expression(self, kept: frozenset[Place]) -> tuple[Backpropagation, Term]:
        back = Backpropagation(self._index, self._names, self._pass_index, kept)
        for root in self._index.roots(self._pass_index):
            back.seeds[root.node, root.output_nr] = self._seed(back, root)
        term = back.gradient((self._leaf.id, 0))
        return back, Term(simplified(term.expr), term.shape)

    def _seed(self, back: Backpropagation, root: Root) -> Term:
        """Return what the pass started with at a root: a number, or ``v``."""
        seed = seed_at(self._index, root, self._pass_index)
        if seed is None:
            raise UnsupportedError(self._index.nodes[root.node].op)
        if seed.size and np.all(seed == seed.flat[0]):
            return Term(exact(seed.flat[0].item()), seed.shape)
        taken = {name for node in self._index.graph.nodes for name in node.names}
        name = next(name for name in ("v", "u", "w", "cotangent") if name not in taken or name == "cotangent")
        return back.symbol(name, name if len(name) == 1 else rf"\text{{{name}}}", seed)

    def _named_between(self) -> frozenset[Place]:
        return frozenset(
            (node.id, 0)
            for node in self._index.graph.nodes
            if node.kind == "function" and node.names and len(node.outputs) == 1
        )

    def _chain(self, end: tuple[str, str]) -> Math | None:
        """Return the chain in the names of the program, where one leads from a scalar root to the leaf."""
        try:
            found = chain_of(self._index, self._names, self._leaf.id, self._pass_index)
        except (UnsupportedError, NoRuleError, TooLargeError, *_UNCOMPUTABLE):
            return None
        if found is None or not 2 <= len(found) <= MOST_FACTORS:
            return None
        return _equations(self._names, self._index, found, end, self._pass_index, self._leaf.id)

    def _same(self, numbers: NDArray[Any], recorded: NDArray[Any]) -> bool:
        value = self._index.value(self._leaf.id)
        relative = TOLERANCES.get("" if value is None else value.dtype, TOLERANCES["float32"])
        finite = np.abs(recorded[np.isfinite(recorded)])
        scale = float(finite.max()) if finite.size else 0.0
        return bool(np.allclose(numbers, recorded, rtol=relative, atol=relative * scale + 1e-12, equal_nan=True))


def _equations(
    names: FormulaNames, index: GraphIndex, factors: Sequence[Factor], end: tuple[str, str], pass_index: int, leaf: str
) -> Math | None:
    left = names.gradient(index.run(pass_index), leaf, 0)
    symbolic = (
        r" \cdot ".join(factor.name.latex for factor in factors),
        " * ".join(factor.name.text for factor in factors),
    )
    latex = r" \cdot ".join(_grouped(factor.term, factor.latex, r"\left({}\right)") for factor in factors)
    text = " * ".join(_grouped(factor.term, factor.text, "({})") for factor in factors)
    steps = [(left.latex.text, left.plain.text), symbolic, (latex, text), end]
    return _made(" = ".join(step[0] for step in steps), " = ".join(step[1] for step in steps))


def _grouped(expr: Any, text: str, group: str) -> str:
    loose = isinstance(expr, sympy.Add) or text.startswith("-")
    return group.format(text) if loose else text


def _made(latex: str, text: str) -> Math | None:
    try:
        return make_math(latex, text)
    except ValueError:
        return None


def _difference(numbers: NDArray[Any], recorded: NDArray[Any]) -> float | None:
    both = np.isfinite(numbers) & np.isfinite(recorded)
    if not both.any():
        return None
    return float(np.max(np.abs(numbers - recorded)[both]))


def _listed(numbers: NDArray[Any] | None) -> list[Any] | None:
    if numbers is None or np.iscomplexobj(numbers):
        return None
    return [json_real(float(number)) for number in np.ravel(numbers)]
