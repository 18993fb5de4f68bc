import ast

import numpy as np
import pytest
import torch
from chainrule.explain.explain import Explainer
from chainrule.explain.math import mathml
from chainrule.explain.values import Bound, array
from chainrule.formulas import FORMULAS, PLAIN, at_element, choose, names, parse, settle, simplify, sum_to, texts, write
from chainrule.formulas.language.evaluate import evaluate
from chainrule.graph import Graph, Node
from chainrule.graph.index import GraphIndex
from chainrule.tape import Tape

from tests.formulas.cases import CASES, Case


def trace(case: Case) -> Graph:
    leaves = [value.clone().requires_grad_(value.is_floating_point()) for value in case.inputs]
    with Tape() as tape:
        made = case.run(*leaves)
        outputs = [made] if isinstance(made, torch.Tensor) else [t for t in made if t.requires_grad]
        generator = torch.Generator().manual_seed(1)
        given = [torch.randn(t.shape, generator=generator, dtype=torch.float64) for t in outputs]
        torch.autograd.backward(outputs, given)
    return tape.graph()


def nodes_of(graph: Graph, op: str) -> list[Node]:
    return [node for node in graph.nodes if node.op == op]


def close(mine: object, theirs: np.ndarray) -> None:
    np.testing.assert_allclose(np.asarray(mine), theirs, rtol=1e-7, atol=1e-10)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op}-{case.label}".rstrip("-"))
def test_the_formula_gives_what_autograd_gives(case: Case) -> None:
    index = GraphIndex.of(trace(case))
    formula = FORMULAS[case.op]
    explainer = Explainer(index)
    found = nodes_of(index.graph, case.op)
    assert found
    for node in found:
        bound = Bound(index, node, formula, 1)
        assert not bound.unlisted
        result = array(node.outputs[0].value)
        assert result is not None
        forward = choose(formula.forward, bound.values)
        assert forward is not None
        close(evaluate(simplify(settle(parse(forward), bound.values), bound.literals), bound.values), result)
        explained = explainer.explain(node.id)
        for edge, told in zip(index.outgoing[node.id], explained.edges, strict=True):
            assert told.symbolic is not None
            assert told.numbers is not None
            contribution = array(edge.contributions.in_pass(1))
            assert contribution is not None
            argument = formula.argument(edge.slot)
            assert argument is not None
            values = bound.at(edge.slot)
            text = choose(formula.vjps[argument], values)
            assert text is not None
            expression = simplify(settle(parse(text), values), bound.literals)
            computed = np.asarray(evaluate(expression, values))
            if computed.ndim == 0:
                computed = np.broadcast_to(computed, contribution.shape)
            close(sum_to(computed, contribution.shape) if formula.broadcasts else computed, contribution)
            for place in np.ndindex(computed.shape):
                terms = at_element(expression, values, place)
                assert not names(terms)
                close(evaluate(_without_rest(terms), {}), computed[place])


def _without_rest(terms: ast.expr) -> ast.expr:
    """The terms with the value of those that are not shown."""

    class Shown(ast.NodeTransformer):
        def visit_Call(self, call: ast.Call) -> ast.expr:
            self.generic_visit(call)
            return call.args[0] if isinstance(call.func, ast.Name) and call.func.id == "rest" else call

    shown: ast.expr = Shown().visit(terms)
    return shown


@pytest.mark.parametrize("op", FORMULAS)
def test_every_formula_is_checked_and_can_be_written(op: str) -> None:
    formula = FORMULAS[op]
    assert any(case.op == op for case in CASES)
    for text in (formula.forward, *formula.vjps.values()):
        for expression in map(parse, texts(text)):
            assert mathml(write(expression, {}).text)
            assert write(expression, {}, PLAIN).text


def test_the_language_refuses_what_is_not_arithmetic() -> None:
    with pytest.raises(ValueError, match="Attribute is not part of the formula language"):
        parse("self.grad")
