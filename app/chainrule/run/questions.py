"""What a child does with a program: run it for its graph, or again to answer one question about it.

A program does the same each time that it is run, so nodes and edges have the ids that they have in its first run.
"""

from collections.abc import Callable

from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer
from chainrule.protocol.program import Program
from chainrule.run.execute import execute
from chainrule.run.gradcheck import check_gradients


def answer_program(program: Program, limits: Limits, over: Callable[[], None] = lambda: None) -> ExecutionAnswer:
    """Return the graph of a program, or the answer to its question.

    Args:
        program: the program.
        limits: what it may use, each time that it is run.
        over: called once the program has ended, or was; from then on it is the answer that takes time.
    """
    if program.question == "check":
        return check_gradients(program, limits, over)
    answer = execute(program, limits, over=over)
    if program.question != "jacobians":
        return answer
    found = {edge.id: edge.jacobian for edge in answer.graph.edges if edge.jacobian is not None}
    problems = [problem.model_copy(update={"node": None}) for problem in answer.problems]
    return ExecutionAnswer(jacobians=found, problems=problems, seconds=answer.seconds)
