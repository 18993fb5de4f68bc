"""What the finished graph shows that nothing raised or warned of."""

from app.graph.model import Graph
from app.graph.wire import Problem
from app.worker.diagnose.depth import depth_problems, zero_gradients
from app.worker.diagnose.flow import Flow
from app.worker.diagnose.missing import accumulated, without_gradient
from app.worker.diagnose.nonfinite import nonfinite
from app.worker.diagnose.text import Text


def diagnose_graph(graph: Graph, source: str) -> list[Problem]:
    """Find what is worth knowing in a finished graph.

    Args:
        graph: what was recorded.
        source: the program.

    Returns:
        Problems of severity "warning" or "notice", the most important first; never raises.
    """
    flow = Flow(graph, Text(source))
    unsound = nonfinite(flow)
    found = [*unsound, *zero_gradients(flow), *without_gradient(flow), *accumulated(flow)]
    if not unsound:
        found += depth_problems(flow)
    return sorted(found, key=lambda problem: problem.severity != "warning")
