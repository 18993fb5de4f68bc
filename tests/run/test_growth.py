"""A program of many passes costs a straight line: what is counted are entries, bytes and calls, never time."""

import sys
from dataclasses import dataclass, replace
from types import FrameType

import pytest
import torch
from chainrule.graph.history import History
from chainrule.graph.model import Graph
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.protocol.record import write_record
from chainrule.protocol.trust import read_answer
from chainrule.run.execute import execute
from chainrule.tape import Tape
from chainrule.worker.serve import encode

LIMITS = Limits(wall_seconds=600.0, cpu_seconds=600, answer_seconds=600.0, detailed_nodes=20_000)
SIZES = (250, 500, 1_000)
PER_PASS = ("MulBackward0", "SumBackward0")


def program(passes: int, spoilt: str = "") -> Program:
    return Program(
        "w = torch.ones(3, requires_grad=True)\nb = torch.tensor(0.5, requires_grad=True)\n"
        f"for step in range({passes}):\n    loss = (w * b).sum()\n    loss.backward()\n{spoilt}"
        "    with torch.no_grad():\n        w -= 0.001 * w.grad\n    w.grad = None\n    b.grad = None\n"
    )


def histories(graph: Graph) -> list[History]:
    found = [output.gradients for node in graph.nodes for output in node.outputs]
    found += [node.accumulated for node in graph.nodes]
    return found + [edge.contributions for edge in graph.edges]


class Calls:
    """Counts the calls, of Python's functions and of others, within a block."""

    def __enter__(self) -> "Calls":
        self.count = 0
        sys.setprofile(self._note)
        return self

    def __exit__(self, *_: object) -> None:
        sys.setprofile(None)

    def _note(self, frame: FrameType, event: str, argument: object) -> None:
        self.count += event in ("call", "c_call")


@dataclass(frozen=True)
class Costs:
    """What a program of so many passes took."""

    answer: ExecutionAnswer
    entries: int
    record: int
    json: int
    building: int
    """Calls for the graph and the diagnosis."""
    reading: int
    """Calls for the check of what came through the pipe."""


def costs(passes: int, spoilt: str = "") -> Costs:
    one = program(passes, spoilt)
    calls = Calls()
    real = Tape.__exit__

    def counted_from_here(tape: Tape, *error: object) -> None:
        real(tape, *error)  # type: ignore[arg-type]
        calls.__enter__()

    Tape.__exit__ = counted_from_here  # type: ignore[method-assign, assignment]
    try:
        answer = execute(one, LIMITS)
    finally:
        calls.__exit__()
        Tape.__exit__ = real  # type: ignore[method-assign]
    content = write_record(answer)
    with Calls() as reading:
        back = read_answer(content, one, LIMITS)
    assert (back.graph, back.problems) == (answer.graph, answer.problems)
    entries = sum(len(history) for history in histories(answer.graph))
    json = len(answer.graph.model_dump_json())
    return Costs(answer, entries, len(content), json, calls.count, reading.count)


@pytest.mark.parametrize(
    "spoilt", ["", "    w.grad.mul_(float('nan'))\n"], ids=["finite", "with NaN from the first on"]
)
def test_a_program_of_a_thousand_passes_grows_linearly(spoilt: str) -> None:
    costs(8, spoilt)  # what is made once in a process is made by now
    small, middle, large = (costs(size, spoilt) for size in SIZES)
    for name in ("entries", "record", "json", "building", "reading"):
        first = getattr(middle, name) - getattr(small, name)
        second = getattr(large, name) - getattr(middle, name)
        assert 1.8 * first < second < 2.2 * first, name
    assert len(large.answer.graph.passes) == SIZES[-1]


def test_a_pass_has_entries_at_the_nodes_that_it_reached_alone() -> None:
    graph = costs(20).answer.graph
    for run in graph.passes:
        reached = {node.id for node in graph.nodes for output in node.outputs if output.gradients.in_pass(run.index)}
        assert reached == set(run.order)
    for node in graph.nodes:
        if node.kind == "function":
            assert [len(output.gradients) for output in node.outputs] == [1]
    assert sum(len(history) for history in histories(graph)) == 20 * (4 + 2 + 3)  # gradients, .grad, contributions


def test_a_leaf_s_history_is_one_array_in_the_record_and_in_json() -> None:
    one = program(20)
    answer = execute(one, LIMITS)
    back = read_answer(write_record(answer), one, LIMITS).graph
    w = torch.ones(3, requires_grad=True)
    b = torch.tensor(0.5, requires_grad=True)
    expected = []
    for _ in range(20):
        (w * b).sum().backward()
        assert w.grad is not None
        expected.append(w.grad.tolist())
        with torch.no_grad():
            w -= 0.001 * w.grad
        w.grad = b.grad = None
    for graph in (answer.graph, back, Graph.model_validate_json(answer.graph.model_dump_json())):
        (leaf,) = [node for node in graph.nodes if "w" in node.names]
        gradients = leaf.outputs[0].gradients
        stacked = gradients.stacked()
        assert gradients.passes == tuple(range(1, 21))
        assert stacked is not None
        assert (stacked.shape, stacked.values) == ([20, 3], expected)
        assert [gradient.values for gradient in gradients] == expected
    (leaf,) = [node for node in back.nodes if "w" in node.names]
    assert len(leaf.outputs[0].gradients.held) == 1


TRAINED = """
model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 1))
untrained = torch.ones(4, requires_grad=True)
optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
for step in range(12):
    optimizer.zero_grad()
    loss = (model(torch.randn(8, 3)) ** 2).mean() + untrained.sum()
    loss.backward()
    optimizer.step()
"""


@pytest.mark.parametrize("elements", [1, 50, 400, 1_000, 2_000, 3_000, 10_000])
def test_a_training_loop_whose_numbers_have_no_room_comes_through_the_pipe(elements: int) -> None:
    limits = replace(LIMITS, graph_elements=elements)
    answer = execute(Program(TRAINED), limits)
    back = read_answer(encode(answer, limits), Program(TRAINED), limits)
    assert back.graph == answer.graph
    assert len(back.graph.passes) == 12
