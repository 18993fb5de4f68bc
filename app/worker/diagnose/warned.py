"""The problem of a warning that PyTorch or Python gave."""

from app.graph.model import Graph, Span
from app.graph.wire import Problem


def diagnose_warning(category: str, message: str, line: int | None, source: str, graph: Graph) -> Problem:
    """Explain a warning.

    Args:
        category: the name of its class, "UserWarning".
        message: its words.
        line: the line of the program where it was given, where known.
        source: the program.
        graph: what was recorded.

    Returns:
        A problem of severity "warning" with the words in ``message``; never raises.
    """
    return Problem(
        slug="warning",
        severity="warning",
        title=f"The program was warned: {category}",
        detail=message,
        message=message,
        span=Span(line=line, column=0, end_line=line, end_column=0) if line else None,
    )
