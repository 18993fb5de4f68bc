"""One child: gives up what it has, waits for one request, executes it, answers, and ends."""

import gc
from collections.abc import Callable
from functools import partial

from chainrule.graph.model import Graph
from chainrule.limits import Limits
from chainrule.protocol.frames import ANSWER, HELLO, OVER, REQUEST, STARTED, Hello, Layer
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.protocol.program import Program
from chainrule.protocol.record import write_record
from chainrule.protocol.truncate import nearest, spared_of
from chainrule.run.deadline import use_time_reserve
from chainrule.run.notices import limit_problem, tracing_problem
from chainrule.run.questions import answer_program
from chainrule.worker.channel import Channel, Closed

SPARINGS = 3
"""How often elements are left out for as much as the answer is still too large, before all that can be are."""


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

    def over() -> None:
        gc.disable()  # what the program left behind goes with the process: collecting it would run its code
        use_time_reserve()
        channel.send(OVER)

    was_enabled = gc.isenabled()
    try:
        channel.send(ANSWER, encode(answer_to(program, limits, over), limits))
    finally:
        if was_enabled:
            gc.enable()


def answer_to(program: Program, limits: Limits, over: Callable[[], None] = lambda: None) -> ExecutionAnswer:
    """Execute a program; a fault of ours becomes a problem in the answer, so that the person hears of it.

    Args:
        program: what is run.
        limits: what it may use.
        over: called once the program has ended, or was.
    """
    try:
        return answer_program(program, limits, over)
    except MemoryError:
        return ExecutionAnswer(problems=[limit_problem("memory_bytes", limits)])
    except Exception as error:
        return ExecutionAnswer(problems=[tracing_problem(error)])


def encode(answer: ExecutionAnswer, limits: Limits) -> bytes:
    """Return the answer as a record; where that would be too large, with so much of it as has room.

    The elements of the tensors that are farthest from the result go first, the structure after them.
    """
    write = partial(write_record, most_listed=limits.graph_elements)
    content = write(answer.with_sayings())
    if len(content) <= limits.answer_bytes:
        return content
    limit = limit_problem("answer_bytes", limits)
    whole = _with_graph(answer, answer.graph, limit)
    excess = 0
    for _ in range(SPARINGS):
        # What is left of a tensor without its elements takes some room too.
        excess += len(content) - limits.answer_bytes
        content = write(whole, spared_of(answer.graph, excess))
        if len(content) <= limits.answer_bytes:
            return content
    content = write(whole, spared_of(answer.graph, None))
    count = len(answer.graph.nodes)
    while count and len(content) > limits.answer_bytes:
        # One node takes more than another, so some room is left for what the others took.
        count = int(0.9 * count * limits.answer_bytes / len(content))
        smaller = _with_graph(answer, nearest(answer.graph, count), limit)
        content = write(smaller, spared_of(smaller.graph, None))
    if len(content) <= limits.answer_bytes:
        return content
    return write(ExecutionAnswer(problems=[limit]).with_sayings())


def _with_graph(answer: ExecutionAnswer, graph: Graph, limit: Problem) -> ExecutionAnswer:
    """Return an answer with less of its graph, and without what names a node that is gone."""
    kept = {node.id for node in graph.nodes}
    problems = [
        problem if problem.node in kept else problem.model_copy(update={"node": None}) for problem in answer.problems
    ]
    return answer.model_copy(update={"graph": graph, "problems": [*problems, limit]}).with_sayings()
