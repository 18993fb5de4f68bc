"""One child: gives up what it has, waits for one request, executes it, answers, and ends."""

from chainrule.graph.model import Graph
from chainrule.limits import Limits
from chainrule.protocol.compact import leave_out
from chainrule.protocol.frames import ANSWER, HELLO, REQUEST, STARTED, Hello, Layer
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import Program
from chainrule.protocol.truncate import nearest
from chainrule.run.gradcheck import execute_and_check
from chainrule.run.notices import limit_problem, tracing_problem
from chainrule.worker.channel import Channel, Closed


def serve_one(channel: Channel, layers: list[Layer], limits: Limits) -> None:
    """Execute the one request that comes through the channel."""
    channel.send(HELLO, Hello(layers=layers).model_dump_json().encode())
    try:
        kind, content = channel.receive()
    except Closed:
        return
    if kind != REQUEST:
        return
    program = Program.decode(content)
    channel.send(STARTED)
    channel.send(ANSWER, encode(answer_to(program, limits), limits))


def answer_to(program: Program, limits: Limits) -> ExecutionAnswer:
    """Execute a program; a fault of ours becomes a problem in the answer, so that the person hears of it."""
    try:
        return execute_and_check(program, limits)
    except MemoryError:
        return ExecutionAnswer(problems=[limit_problem("memory_bytes", limits)])
    except Exception as error:
        return ExecutionAnswer(problems=[tracing_problem(error)])


def encode(answer: ExecutionAnswer, limits: Limits) -> bytes:
    """Return the answer as JSON; where it would be too large, with so much of its graph as has room."""
    content = _written(answer, limits)
    if len(content) <= limits.answer_bytes:
        return content
    limit = limit_problem("answer_bytes", limits)
    count = len(answer.graph.nodes)
    while count:
        # One node takes more than another, so some room is left for what the others took.
        count = int(0.9 * count * limits.answer_bytes / len(content))
        smaller = _with_graph(answer, nearest(answer.graph, count), limit)
        content = _written(smaller, limits)
        if len(content) <= limits.answer_bytes:
            return content
    return _written(ExecutionAnswer(problems=[limit]), limits)


def _written(answer: ExecutionAnswer, limits: Limits) -> bytes:
    if len(answer.graph.nodes) > limits.detailed_nodes:
        graph, alone = leave_out(answer.graph)
        answer = answer.model_copy(update={"graph": graph, "alone": alone})
    return answer.with_sayings().model_dump_json(exclude_defaults=True).encode()


def _with_graph(answer: ExecutionAnswer, graph: Graph, limit: Problem) -> ExecutionAnswer:
    """Return an answer with less of its graph, and without what names a node that is gone."""
    kept = {node.id for node in graph.nodes}
    problems = [
        problem if problem.node in kept else problem.model_copy(update={"node": None}) for problem in answer.problems
    ]
    check = answer.check
    if check is not None:
        check = check.model_copy(update={"leaves": [leaf for leaf in check.leaves if leaf.node in kept]})
    return answer.model_copy(update={"graph": graph, "check": check, "problems": [*problems, limit]})
