"""Over PyTorch's own database of operators: the graph holds every Node with the values and gradients of torch.

Each operator runs twice on the same sample: bare, where ``torch.autograd.grad`` is the oracle, and on a tape.
"""

import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from chainrule.graph import Edge, Graph, Node, Tensor
from chainrule.limits import Limits
from chainrule.tape import Tape
from torch.autograd.graph import get_gradient_edge
from torch.utils._pytree import tree_flatten, tree_map

from tests.oracle.database import op_db

pytestmark = pytest.mark.thorough

SAMPLES = 2
"""Samples of each operator: the first ones, and those that need no gradient at all are passed over."""

LIMITS = Limits(tensor_elements=1_000_000, graph_elements=100_000_000)


def name(info: Any) -> str:
    return f"{info.name}.{info.variant_test_name}" if info.variant_test_name else str(info.name)


def dtype_of(info: Any) -> torch.dtype | None:
    """Give the dtype to try an operator with; None where it has no backward on a CPU."""
    supported = info.supported_backward_dtypes("cpu")
    tried = (torch.float32, torch.float64, torch.complex64, torch.bfloat16, torch.float16)
    return next((dtype for dtype in tried if dtype in supported), None)


OPERATORS = [info for info in op_db if info.supports_autograd and dtype_of(info) is not None]


@dataclass(frozen=True)
class Sample:
    """One call of an operator."""

    info: Any
    raw: Any

    def leaves(self) -> list[torch.Tensor]:
        """List the arguments that require grad, each once."""
        flat = tree_flatten((self.raw.input, self.raw.args, self.raw.kwargs))[0]
        found = {id(part): part for part in flat if isinstance(part, torch.Tensor) and part.requires_grad}
        return list(found.values())

    def fresh(self) -> "Sample":
        """Copy it, so that an operation in place does not reach the next run."""
        memo: dict[int, torch.Tensor] = {}

        def copied(part: Any) -> Any:
            if not isinstance(part, torch.Tensor):
                return part
            if id(part) not in memo:
                memo[id(part)] = part.detach().clone()
                memo[id(part)].requires_grad_(part.requires_grad)
            return memo[id(part)]

        raw = self.raw
        made = type(raw)(
            tree_map(copied, raw.input),
            args=tree_map(copied, raw.args),
            kwargs=tree_map(copied, raw.kwargs),
            output_process_fn_grad=raw.output_process_fn_grad,
        )
        return Sample(self.info, made)

    def run(self) -> list[torch.Tensor]:
        """Call the operator and give its outputs that a gradient can start from."""
        torch.manual_seed(0)
        result = self.info.op(self.raw.input, *self.raw.args, **self.raw.kwargs)
        flat = tree_flatten(self.raw.output_process_fn_grad(result))[0]
        return [part for part in flat if isinstance(part, torch.Tensor) and part.requires_grad]


def samples(info: Any, dtype: torch.dtype) -> Iterator[Sample]:
    torch.manual_seed(0)
    given = 0
    for raw in info.sample_inputs("cpu", dtype, requires_grad=True):
        sample = Sample(info, raw)
        if not sample.leaves():
            continue
        yield sample
        given += 1
        if given == SAMPLES:
            return


def cotangents(outputs: list[torch.Tensor]) -> list[torch.Tensor]:
    torch.manual_seed(1)
    return [
        torch.randn_like(output) if output.layout is torch.strided else torch.ones_like(output) for output in outputs
    ]


def nodes_under(outputs: list[torch.Tensor]) -> list[Any]:
    found: list[Any] = list(dict.fromkeys(get_gradient_edge(output).node for output in outputs))
    for node in found:
        found += [target for target, _ in node.next_functions if target is not None and target not in found]
    return found


def same(found: torch.Tensor | None, expected: torch.Tensor) -> bool:
    if found is None:
        return False
    found, dense = (
        part.detach() if part.layout is torch.strided else part.detach().to_dense() for part in (found, expected)
    )
    same_kind = found.shape == dense.shape and found.dtype == dense.dtype
    return same_kind and bool(((found == dense) | (found.isnan() & dense.isnan())).all())


@pytest.mark.parametrize("info", OPERATORS, ids=name)
def test_the_graph_is_what_torch_computed(info: Any) -> None:
    dtype = dtype_of(info)
    assert dtype is not None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        checked = 0
        for sample in samples(info, dtype):
            check(sample)
            checked += 1
    assert checked


def check(sample: Sample) -> None:
    bare = sample.fresh()
    outputs = bare.run()
    starts = cotangents(outputs)
    expected = torch.autograd.grad(outputs, bare.leaves(), starts, allow_unused=True) if outputs else ()

    taped = sample.fresh()
    tape = Tape(LIMITS)
    with tape:
        given = taped.run()
        nodes = nodes_under(given)
        if given:
            torch.autograd.backward(given, [start.clone() for start in starts])
    if not given:
        return
    graph = tape.graph(roots=given)
    functions = [node for node in graph.nodes if node.kind == "function"]
    reached = {edge.target for edge in graph.edges if edge.kind == "gradient"} | {root.node for root in graph.roots}
    leaves = [node for node in graph.nodes if node.kind == "leaf" and node.id in reached]
    assert sorted(node.op for node in [*functions, *leaves]) == sorted(
        {
            id(getattr(node, "variable", node)): node.name().replace(
                "torch::autograd::AccumulateGrad", "AccumulateGrad"
            )
            for node in nodes
        }.values()
    )
    check_values(tape, graph, outputs)
    check_sums(tape, graph)
    for mine, theirs in zip(taped.leaves(), expected, strict=True):
        if theirs is not None:
            assert mine.grad is not None
            assert same(mine.grad, theirs)


def check_values(tape: Tape, graph: Graph, outputs: list[torch.Tensor]) -> None:
    used = {(edge.target, edge.output_nr) for edge in graph.edges} | {
        (root.node, root.output_nr) for root in graph.roots
    }
    for node in graph.nodes:
        for output in node.outputs:
            if (node.id, output.output_nr) in used:
                assert output.value is not None, f"{node.op} output {output.output_nr} has no value"
    roots = list(dict.fromkeys((root.node, root.output_nr) for root in graph.roots))
    found = [tape.values(node)[output_nr] for node, output_nr in roots]
    for output in outputs:
        assert any(same(value, output) for value in found), "a root has another value than the operator returned"


def check_sums(tape: Tape, graph: Graph) -> None:
    """The contributions into an output, added in the order in which they arrived, are its cotangent."""
    when = {node: place for place, node in enumerate(graph.passes[0].order)}
    for node in graph.nodes:
        for output in node.outputs:
            gradient = output.gradients.in_pass(1)
            into = [edge for edge in graph.edges if (edge.target, edge.output_nr) == (node.id, output.output_nr)]
            carried = [edge for edge in into if edge.contributions.in_pass(1) is not None]
            if not carried or any(root.node == node.id for root in graph.roots):
                continue
            assert gradient is not None, f"{node.op} has contributions and no cotangent"
            assert_sum(sorted(carried, key=lambda edge: (when[edge.source], edge.slot)), gradient, node)


def assert_sum(carried: list[Edge], gradient: Tensor, node: Node) -> None:
    def tensor(data: Tensor) -> torch.Tensor:
        return torch.tensor(plain(data.values), dtype=getattr(torch, data.dtype))

    total = tensor(carried[0].contributions.in_pass(1))  # type: ignore[arg-type]  # those without one were left out
    for edge in carried[1:]:
        total = total + tensor(edge.contributions.in_pass(1))  # type: ignore[arg-type]
    assert same(total, tensor(gradient)), f"the contributions into {node.op} do not add up"


def plain(values: Any) -> Any:
    if isinstance(values, list):
        return [plain(part) for part in values]
    if isinstance(values, str):
        return float(values)
    return complex(float(values.re), float(values.im)) if hasattr(values, "re") else values
