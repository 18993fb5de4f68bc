"""A question is answered by a run of its own, with the ids, values and bytes of a first run."""

from contextlib import suppress
from pathlib import Path

import pytest
import torch
from chainrule.assets import EXAMPLES
from chainrule.graph.syntax import Syntax
from chainrule.limits import Limits
from chainrule.protocol.answers import with_answer
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import QUESTIONS, Program, Question
from chainrule.protocol.record import write_record
from chainrule.run.code import compile_program
from chainrule.run.console import FILENAME
from chainrule.run.environment import surroundings
from chainrule.run.execute import Run, own_names, run_program
from chainrule.run.namespace import bindings
from chainrule.run.questions import answer_program
from chainrule.tape import Namespace, Tape

PATIENT = Limits(wall_seconds=200, cpu_seconds=200, answer_seconds=100)
MODEL = """
torch.manual_seed(1)
model = nn.Sequential(nn.Linear(3, 4), nn.Tanh(), nn.Linear(4, 2))
optimizer = torch.optim.Adam(model.parameters())
for _ in range(3):
    optimizer.zero_grad()
    loss = F.cross_entropy(model(torch.randn(5, 3)), torch.tensor([0, 1, 0, 1, 0]))
    loss.backward()
    optimizer.step()
"""
PROGRAMS = {
    "cubes": "x = torch.tensor([1.0, 2.0], requires_grad=True)\n((2 * x**3).sum() / 12).backward()",
    "model": MODEL,
    "no pass": "x = torch.tensor([1.0, 2.0], requires_grad=True)\ny = x * 3\ny.backward()",
    "dropout": "x = torch.ones(8, requires_grad=True)\nF.dropout(x, 0.5).sum().backward()",
}


def asked(source: str, question: Question | None = None, limits: Limits = PATIENT) -> ExecutionAnswer:
    return answer_program(Program(source, question=question), limits)


def at_once(source: str) -> ExecutionAnswer:
    """Return the graph of a first run that computes Jacobians on the way."""
    program, run, syntax = Program(source), Run(), Syntax(source, FILENAME)
    tape = Tape(PATIENT, FILENAME, syntax, jacobians=True)
    namespace = Namespace(tape, bindings())
    with surroundings(syntax, program.seed, namespace, PATIENT.stdout_bytes), tape, suppress(RuntimeError):
        run_program(program, compile_program(syntax), tape, namespace, run)
    return ExecutionAnswer(graph=tape.graph(names=own_names(namespace)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_jacobians_asked_for_later_are_those_of_a_first_run(name: str) -> None:
    first = asked(PROGRAMS[name])
    assert all(edge.jacobian is None for edge in first.graph.edges)
    later = with_answer(first, "jacobians", asked(PROGRAMS[name], "jacobians"))
    assert any(edge.jacobian for edge in later.graph.edges)
    assert write_record(ExecutionAnswer(graph=later.graph)) == write_record(at_once(PROGRAMS[name]))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.py")), ids=lambda path: path.stem)
def test_a_second_run_has_the_same_ids_values_and_bytes(path: Path) -> None:
    source = path.read_text("utf-8")
    first, again = asked(source), asked(source, "tensors")
    assert [node.id for node in again.graph.nodes] == [node.id for node in first.graph.nodes]
    assert again.graph == first.graph


def test_all_elements_of_a_large_tensor_can_be_had_and_are_told_as_before() -> None:
    source = "x = torch.arange(5000.0, requires_grad=True)\n(x * x).sum().backward()"
    first, whole = asked(source), asked(source, "tensors")
    assert [(node.id, node.op) for node in whole.graph.nodes] == [(node.id, node.op) for node in first.graph.nodes]
    small, large = first.graph.nodes[0].outputs[0], whole.graph.nodes[0].outputs[0]
    assert small.value is not None
    assert large.value is not None
    assert large.gradients[0] is not None
    assert small.value.elements is not None
    assert small.value.elements.array is None
    assert large.value.elements is not None
    assert torch.equal(torch.tensor(large.value.elements.array), torch.arange(5000.0))
    assert torch.equal(torch.tensor(large.gradients[0].elements.array), 2 * torch.arange(5000.0))
    assert large.value.values is None
    assert large.value.model_dump() == small.value.model_dump()


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_is_answered_alone(question: Question) -> None:
    answer = asked(PROGRAMS["cubes"] + "\nprint('once')", question)
    assert bool(answer.check) == (question == "check")
    assert bool(answer.jacobians) == (question == "jacobians")
    assert bool(answer.graph.nodes) == (question == "tensors")


def test_a_program_that_does_not_end_says_so_to_each_question() -> None:
    limits = Limits(wall_seconds=0.2, cpu_seconds=200)
    answer = asked("while True:\n    pass", "jacobians", limits)
    assert answer.jacobians == {}
    assert [problem.slug for problem in answer.problems] == ["time-limit"]
