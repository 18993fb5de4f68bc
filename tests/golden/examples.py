"""The graphs of the examples, traced in this process."""

from functools import cache

from app import paths
from app.graph.model import Graph
from app.graph.wire import ExecutionRequest
from app.limits import Limits
from app.program import check
from app.worker import execute

NAMES = tuple(sorted(path.stem for path in paths.EXAMPLES.glob("*.py")))
_LIMITS = Limits(wall_seconds=60, cpu_seconds=60)


def source_of(name: str) -> str:
    return (paths.EXAMPLES / f"{name}.py").read_text(encoding="utf-8")


@cache
def graph_of(name: str) -> Graph:
    source = source_of(name)
    program = check(source, {}, _LIMITS)
    return execute(ExecutionRequest(source=source, inputs=dict(program.inputs)), _LIMITS).graph
