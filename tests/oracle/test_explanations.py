"""Every operator of PyTorch's own database can be explained, and the table's numbers are autograd's."""

import pytest
import torch
from chainrule.explain.chain.chain_rule import chain_rule
from chainrule.explain.concepts.questions import concepts
from chainrule.explain.explain import Explainer
from chainrule.graph import Edge, Graph
from chainrule.graph.index import GraphIndex
from chainrule.tape import Tape

from tests.oracle.database import OpInfo, op_db

pytestmark = pytest.mark.thorough

DIFFERENTIABLE = [op for op in op_db if op.supports_autograd and torch.float32 in op.supported_dtypes("cpu")]
WITHOUT_NUMBERS = {"CatBackward0", "StackBackward0"}
"""Where a constant stands among the parts, nothing tells which places are its own."""


def traced(op: OpInfo) -> Graph | None:
    """The graph of an operator's first sample that can be differentiated."""
    for sample in op.sample_inputs("cpu", torch.float32, requires_grad=True):
        with Tape() as tape:
            made = op(sample.input, *sample.args, **sample.kwargs)
            found = made if isinstance(made, tuple | list) else [made]
            outputs = [out for out in found if isinstance(out, torch.Tensor) and out.requires_grad and out.numel()]
            if not outputs:
                continue
            torch.autograd.backward(outputs, [torch.ones_like(out) for out in outputs])
        return tape.graph()
    return None


def is_listed(edge: Edge) -> bool:
    """Whether the contribution's numbers are all there, and real."""
    contribution = edge.contributions.in_pass(1)
    if contribution is None or not contribution.numel:
        return False
    return contribution.values is not None and "complex" not in contribution.dtype


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("op", DIFFERENTIABLE, ids=lambda op: op.formatted_name)
def test_every_operator_can_be_explained(op: OpInfo) -> None:
    try:
        graph = traced(op)
    except (RuntimeError, NotImplementedError, ModuleNotFoundError):
        pytest.skip("it does not run backward on this machine")
    if graph is None:
        pytest.skip("no sample has a gradient")
    index = GraphIndex.of(graph)
    explainer = Explainer(index)
    for node in graph.nodes:
        explanation = explainer.explain(node.id)
        assert explanation.sentence
        for edge, told in zip(index.outgoing.get(node.id, []), explanation.edges, strict=True):
            values = [index.output(edge.target, edge.output_nr), index.output(node.id, 0)]
            listed = all(v is not None and v.value is not None and v.value.values is not None for v in values)
            if told.symbolic is not None and is_listed(edge) and listed and node.op not in WITHOUT_NUMBERS:
                assert told.numbers is not None, (node.op, told.symbolic.text, told.sentence)
        if node.kind == "leaf":
            assert chain_rule(graph, node.id).count >= 0
    assert concepts(graph) is not None
