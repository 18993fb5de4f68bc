"""What the check lets through runs: namespace, imports and policy agree."""

import pytest

from tests.diagnose.diagnosed import run
from tests.program.idioms import IDIOMS


@pytest.mark.parametrize("source", IDIOMS.values(), ids=IDIOMS.keys())
def test_an_idiom_of_pytorchs_users_runs_without_a_problem(source: str) -> None:
    answer = run(source)
    assert [problem.message for problem in answer.problems if problem.severity == "error"] == []
    assert any(node.kind == "function" for node in answer.graph.nodes)
