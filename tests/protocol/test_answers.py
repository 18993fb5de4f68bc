"""What a child answers to a question is put to the first run's answer, by ids."""

import pytest
from chainrule.limits import Limits
from chainrule.protocol.answers import with_answer
from chainrule.protocol.messages import Check, ExecutionAnswer, LeafCheck, Problem
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from chainrule.words.saying import say

FIRST = execute(Program("x = torch.tensor([1.0, 2.0], requires_grad=True)\n(x * x).sum().backward()"), Limits())


def checked(*nodes: str) -> Check:
    leaf = {"name": "x", "compared": 1, "numel": 1, "largest_error": 0.0, "gradient": 1.0, "difference": 1.0}
    leaves = [LeafCheck(node=node, element=[0], kink=False, agrees=True, **leaf) for node in nodes]  # type: ignore[arg-type]
    return Check(pass_index=1, step=0.1, runs=3, leaves=leaves, note=say("{count} left", count=1))


def test_a_check_keeps_leaves_that_the_graph_has() -> None:
    answer = with_answer(FIRST, "check", ExecutionAnswer(check=checked("n0", "n999")).with_sayings())
    assert answer.check is not None
    assert [leaf.node for leaf in answer.check.leaves] == ["n0"]
    assert answer.graph is FIRST.graph
    assert answer.check.note in [said.text for said in answer.sayings]


def test_jacobians_stand_on_their_edges() -> None:
    answer = with_answer(FIRST, "jacobians", ExecutionAnswer(jacobians={"e1": [[1.0, 2.0]], "e999": [[5.0]]}))
    assert {edge.id: edge.jacobian for edge in answer.graph.edges if edge.jacobian} == {"e1": [[1.0, 2.0]]}
    assert all(edge.jacobian is None for edge in FIRST.graph.edges)
    assert answer.graph.nodes == FIRST.graph.nodes


def test_tensors_of_another_graph_are_not_taken() -> None:
    other = execute(Program("x = torch.tensor([1.0, 2.0], requires_grad=True)\nx.sin().sum().backward()"), Limits())
    assert with_answer(FIRST, "tensors", other).graph is FIRST.graph


@pytest.mark.parametrize("ended", ["first", "second"])
def test_of_a_run_that_was_ended_nothing_is_taken(ended: str) -> None:
    late = [Problem.of("time-limit")]
    first = FIRST.model_copy(update={"problems": late}) if ended == "first" else FIRST
    problems = late if ended == "second" else []
    answer = with_answer(first, "jacobians", ExecutionAnswer(jacobians={"e1": [[1.0]]}, problems=problems))
    assert answer.graph is first.graph
    answer = with_answer(first, "check", ExecutionAnswer(check=checked("n0"), problems=problems))
    assert answer.check is not None
    assert answer.check.leaves == []
    assert answer.check.note in [said.text for said in answer.sayings]


def test_why_something_was_not_answered_is_a_problem_once() -> None:
    late = Problem.of("time-limit")
    answer = with_answer(FIRST, "jacobians", ExecutionAnswer(problems=[late, Problem.of("unconfined")]))
    assert [problem.slug for problem in answer.problems] == ["time-limit"]
    assert with_answer(answer, "check", ExecutionAnswer(problems=[late])).problems == answer.problems


def test_it_says_how_long_the_answer_took() -> None:
    answer = with_answer(FIRST, "check", ExecutionAnswer(check=checked("n0"), seconds={"check": 0.5}))
    assert answer.seconds == {**FIRST.seconds, "check": 0.5}
