"""Why the gradients at a node are what they are: its formula and each input's, in names and in numbers."""

import ast
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from numpy.typing import NDArray

from chainrule.explain.jacobian import Rows, explain_jacobian, why_none
from chainrule.explain.math import make_math
from chainrule.explain.model import CotangentExplanation, EdgeExplanation, Explanation, JacobianExplanation, Math
from chainrule.explain.names import FormulaNames, Written, element_of, numbers_first
from chainrule.explain.numbers import PLUS_EQUALS, TOLERANCE, Index, equation, largest, numbers_at
from chainrule.explain.sentences import cotangent_sentence, edge_sentence, hook_sentence, node_sentence
from chainrule.explain.values import Bound, array
from chainrule.formulas import (
    FORMULAS,
    LATEX,
    PLAIN,
    UNCOMPUTABLE,
    Formula,
    Symbol,
    choose,
    evaluate,
    is_elementwise,
    names,
    parse,
    settle,
    simplify,
    sum_to,
    write,
)
from chainrule.formulas.language.element import SHOWN_TERMS, add_up
from chainrule.graph.gradients import Contribution, arrival_at
from chainrule.graph.index import GraphIndex, in_pass
from chainrule.graph.model import Edge, Graph, Node, Tensor
from chainrule.words.nodes import say_title


def explain(graph: Graph | GraphIndex, node_id: str, pass_index: int = 1, source: str = "") -> Explanation:
    """Explain one node of a graph in one pass.

    Args:
        graph: The graph.
        node_id: The node's id.
        pass_index: The pass, counted from 1; without such a pass the explanation has no numbers of gradients.
        source: The program, by whose text unnamed results are called.

    Raises:
        KeyError: there is no such node.
    """
    return Explainer(GraphIndex.of(graph), source).explain(node_id, pass_index)


class Explainer:
    """Explains the nodes of one graph."""

    def __init__(self, index: GraphIndex, source: str = "") -> None:
        self._index = index
        self._names = FormulaNames(index, source)

    def explain(self, node_id: str, pass_index: int = 1) -> Explanation:
        """Explain one node in one pass; see ``explain``."""
        node = self._index.nodes[node_id]
        formula = FORMULAS.get(node.op) if node.kind == "function" else None
        bound = Bound(self._index, node, formula, pass_index) if formula else None
        forward, forward_numbers = self._forward(node, formula, bound) if formula and bound else (None, None)
        edges = [self._edge(node, edge, formula, bound, pass_index) for edge in self._index.outgoing[node_id]]
        return Explanation(
            node=node_id,
            pass_index=pass_index,
            title=formula.title if formula else say_title(node),
            sentence=node_sentence(self._index, node, pass_index),
            note=formula.note if formula else "",
            forward=forward,
            forward_numbers=forward_numbers,
            cotangents=self._cotangents(node, pass_index),
            edges=edges,
            formula=node.formula,
        )

    def _forward(self, node: Node, formula: Formula, bound: Bound) -> tuple[Math | None, Math | None]:
        expression = _settled(choose(formula.forward, bound.values), bound.values, bound)
        if expression is None:
            return None, None
        expression = numbers_first(expression)
        latex, plain = self._names.symbols(node, bound)
        if "result" not in latex:
            return None, None
        result = latex["result"], plain["result"]
        right = write(expression, latex, LATEX).text, write(expression, plain, PLAIN).text
        # An unnamed result is written as its own expression: one side says it all.
        if right[0] == result[0].text:
            symbolic = make_math(*right)
        else:
            symbolic = make_math(f"{result[0].text} = {right[0]}", f"{result[1].text} = {right[1]}")
        value = bound.values.get("result")
        if (names(expression) | {"result"}) & bound.unlisted or not isinstance(value, np.ndarray):
            return symbolic, None
        element = largest(value)
        if element is None:
            return symbolic, None
        return symbolic, numbers_at(expression, bound.values, value, element, element_of(*result, element))

    def _edge(
        self, node: Node, edge: Edge, formula: Formula | None, bound: Bound | None, pass_index: int
    ) -> EdgeExplanation:
        contribution = in_pass(edge.contributions, pass_index)
        argument = formula.argument(edge.slot) if formula else None
        symbolic = local = numbers = None
        value = array(contribution)
        element = largest(value)
        expression = None
        if formula is not None and bound is not None and argument is not None:
            values = bound.at(edge.slot)
            expression = _settled(choose(formula.vjps[argument], values), values, bound)
            if expression is not None and value is not None and np.iscomplexobj(value):
                expression = _conjugated(expression, values, value, formula.broadcasts)
        reached = contribution is not None or self._index.run(pass_index) is None
        if formula is not None and bound is not None and expression is not None and reached:
            symbolic, local = self._symbolic(node, edge, formula, expression, bound, contribution, pass_index)
            if value is not None and element is not None and not names(expression) & bound.unlisted:
                left, equals = self._left(edge, pass_index, element)
                shown = left.latex.text, left.plain.text
                values = bound.at(edge.slot)
                numbers = numbers_at(expression, values, value, element, shown, equals, formula.broadcasts)
        target = self._names.output(edge.target, edge.output_nr)
        return EdgeExplanation(
            edge=edge.id,
            slot=edge.slot,
            target=edge.target,
            name=target.plain.text,
            argument=argument or edge.argument,
            symbolic=symbolic,
            local=local,
            numbers=numbers,
            element=list(element) if numbers is not None and element is not None else None,
            sentence=edge_sentence(self._index, node, edge, target.plain.text, numbers, element, pass_index),
            no_jacobian=why_none(edge, node, self._index.nodes[edge.target]),
            jacobian=self._jacobian(node, edge, target, contribution, pass_index),
        )

    def _jacobian(
        self, node: Node, edge: Edge, target: Written, contribution: Tensor | None, pass_index: int
    ) -> JacobianExplanation | None:
        below = self._index.output(edge.target, edge.output_nr)
        if below is None or below.value is None:
            return None
        outputs = [
            Rows(self._names.output(node.id, output.output_nr), output.value, in_pass(output.gradients, pass_index))
            for output in node.outputs
            if output.value is not None
        ]
        return explain_jacobian(edge, outputs, target, below.value.shape, contribution)

    def _left(self, edge: Edge, pass_index: int, element: Index = ()) -> tuple[Written, str]:
        """Return the gradient that an edge adds to, and how: "=" where it is the only one."""
        run = self._index.run(pass_index)
        sharing = [
            other
            for other in self._index.incoming[edge.target, edge.output_nr]
            if in_pass(other.contributions, pass_index) is not None
        ]
        return self._names.gradient(run, edge.target, edge.output_nr, element), "=" if len(sharing) < 2 else "+="

    def _symbolic(
        self,
        node: Node,
        edge: Edge,
        formula: Formula,
        expression: ast.expr,
        bound: Bound,
        contribution: Tensor | None,
        pass_index: int,
    ) -> tuple[Math, Math | None]:
        latex, plain = self._vjp_symbols(node, bound, pass_index)
        left, equals = self._left(edge, pass_index)
        right = write(expression, latex, LATEX), write(expression, plain, PLAIN)
        if formula.broadcasts and is_elementwise(expression) and _was_broadcast(bound, contribution):
            right = Symbol(rf"\sum {right[0].text}"), Symbol(f"sum({right[1].text})")
        mark = PLUS_EQUALS if equals == "+=" else " = "
        symbolic = make_math(f"{left.latex.text}{mark}{right[0].text}", f"{left.plain.text} {equals} {right[1].text}")
        if not is_elementwise(expression) or "grad" not in names(expression):
            return symbolic, None
        slope = simplify(expression, {"grad": 1})
        top = self._names.local(edge)
        return symbolic, make_math(
            f"{top.latex.text} = {write(slope, latex, LATEX).text}",
            f"{top.plain.text} = {write(slope, plain, PLAIN).text}",
        )

    def _vjp_symbols(self, node: Node, bound: Bound, pass_index: int) -> tuple[dict[str, Symbol], dict[str, Symbol]]:
        latex, plain = self._names.symbols(node, bound)
        run = self._index.run(pass_index)
        for output in node.outputs or ():
            gradient = self._names.gradient(run, node.id, output.output_nr)
            for name in (f"grad{output.output_nr}", *(["grad"] if output.output_nr == 0 else [])):
                latex[name], plain[name] = gradient.latex, gradient.plain
        arrived = [f"grad{output.output_nr}" for output in node.outputs if in_pass(output.gradients, pass_index)]
        latex["grads"] = Symbol(", ".join(latex[name].text for name in arrived))
        plain["grads"] = Symbol(", ".join(plain[name].text for name in arrived))
        return latex, plain

    def _cotangents(self, node: Node, pass_index: int) -> list[CotangentExplanation]:
        found = []
        for output in node.outputs:
            arrival = arrival_at(self._index, node.id, output, pass_index)
            if arrival.gradient is None:
                continue
            parts = arrival.contributions
            value = array(arrival.gradient)
            element = largest(value)
            total = self._sum(node, output.output_nr, parts, value, element, pass_index) if len(parts) > 1 else None
            users = [part.edge for part in parts]
            hooked = arrival.adds_up is False
            found.append(
                CotangentExplanation(
                    output_nr=output.output_nr,
                    sum=total,
                    element=list(element) if total is not None and element is not None else None,
                    sentence=hook_sentence(parts, arrival.gradient)
                    if hooked
                    else cotangent_sentence(self._index, node, output, users, total, pass_index),
                    hooked=hooked,
                )
            )
        return found

    def _sum(
        self,
        node: Node,
        output_nr: int,
        contributions: Sequence[Contribution],
        value: NDArray[Any] | None,
        element: Index | None,
        pass_index: int,
    ) -> Math | None:
        parts = [array(part.gradient) for part in contributions]
        if value is None or element is None or any(part is None or part.shape != value.shape for part in parts):
            return None
        numbers = [part[element] for part in parts if part is not None]
        shown: list[ast.expr] = [ast.Constant(number.item()) for number in numbers[:SHOWN_TERMS]]
        terms = add_up(shown, numbers[SHOWN_TERMS:])
        left = self._names.gradient(self._index.run(pass_index), node.id, output_nr, element)
        return equation((left.latex.text, left.plain.text), "=", terms, sum(numbers), value[element])


def _settled(text: str | None, values: Mapping[str, Any], bound: Bound) -> ast.expr | None:
    """Return a formula with the node's own parameters written into it."""
    return None if text is None else simplify(settle(parse(text), values), bound.literals)


def _conjugated(
    expression: ast.expr, values: Mapping[str, Any], recorded: NDArray[Any], broadcasts: bool
) -> ast.expr | None:
    """Return a contribution of complex numbers: the gradient times the conjugate of the derivative.

    None where that is not what PyTorch computed, as of functions that are not holomorphic.
    """
    made = _Conjugated().visit(ast.parse(ast.unparse(expression), mode="eval").body)
    for candidate in (expression, made):
        with suppress(*UNCOMPUTABLE):
            computed = np.asarray(evaluate(candidate, values))
            if computed.shape != recorded.shape:
                computed = sum_to(computed, recorded.shape) if broadcasts else np.broadcast_to(computed, recorded.shape)
            if np.allclose(computed, recorded, rtol=TOLERANCE, atol=1e-6, equal_nan=True):
                return ast.parse(ast.unparse(candidate), mode="eval").body
    return None


class _Conjugated(ast.NodeTransformer):
    """Writes the conjugate of every tensor but the gradient, which is that of a function with real coefficients."""

    def visit_Name(self, name: ast.Name) -> ast.expr:  # ast's name for it
        return name if name.id.startswith("grad") else ast.Call(ast.Name("conj"), [name], [])

    def visit_Call(self, call: ast.Call) -> ast.expr:
        return ast.Call(call.func, [self.visit(argument) for argument in call.args], [])


def _was_broadcast(bound: Bound, contribution: Tensor | None) -> bool:
    gradient = bound.values.get("grad")
    return contribution is not None and gradient is not None and list(np.shape(gradient)) != contribution.shape
