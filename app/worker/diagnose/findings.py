"""What the finished graph shows that nothing raised or warned of."""

from app.graph.model import Graph
from app.graph.wire import Problem


def diagnose_graph(graph: Graph, source: str) -> list[Problem]:
    """Find what is worth knowing in a finished graph.

    Args:
        graph: what was recorded.
        source: the program.

    Returns:
        Problems of severity "warning" or "notice", the most important first; never raises.
    """
    return []
