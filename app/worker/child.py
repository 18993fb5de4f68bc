"""One child: gives up what it has, waits for one request, executes it, answers, and ends."""

from app.graph.model import Graph
from app.graph.pipe import ANSWER, HELLO, REQUEST, STARTED, Hello, Layer
from app.graph.wire import ExecutionAnswer, ExecutionRequest
from app.limits import Limits
from app.worker.channel import Channel, Closed
from app.worker.check import execute_and_check
from app.worker.reports import limit_problem, tracing_problem


def serve_one(channel: Channel, layers: list[Layer], limits: Limits) -> None:
    """Execute the one request that comes through the channel."""
    channel.send(HELLO, Hello(layers=layers).model_dump_json().encode())
    try:
        kind, content = channel.receive()
    except Closed:
        return
    if kind != REQUEST:
        return
    request = ExecutionRequest.model_validate_json(content)
    channel.send(STARTED)
    channel.send(ANSWER, encode(answer_to(request, limits), limits))


def answer_to(request: ExecutionRequest, limits: Limits) -> ExecutionAnswer:
    """Execute a request; a fault of ours becomes a problem in the answer, so that the person hears of it."""
    try:
        return execute_and_check(request, limits)
    except MemoryError:
        return ExecutionAnswer(problems=[limit_problem("memory_bytes", limits)])
    except Exception as error:
        return ExecutionAnswer(problems=[tracing_problem(error)])


def encode(answer: ExecutionAnswer, limits: Limits) -> bytes:
    """Return the answer as JSON; without its graph where it would be too large."""
    answer = answer.with_sayings()
    content = answer.model_dump_json(exclude_defaults=True).encode()
    if len(content) <= limits.answer_bytes:
        return content
    limit = limit_problem("answer_bytes", limits)
    problems = [*(problem.model_copy(update={"node": None}) for problem in answer.problems), limit]
    smaller = answer.model_copy(update={"graph": Graph(), "check": None, "problems": problems}).with_sayings()
    content = smaller.model_dump_json().encode()
    if len(content) <= limits.answer_bytes:
        return content
    return ExecutionAnswer(problems=[limit]).model_dump_json().encode()
