"""The problem of a program that raised."""

from app.graph.model import Graph, Span
from app.graph.wire import Problem


def diagnose_exception(error: BaseException, source: str, graph: Graph, span: Span | None = None) -> Problem:
    """Explain an exception of the program.

    Args:
        error: with its traceback, whose frames still hold the program's variables.
        source: the program.
        graph: what was recorded until then.
        span: where it came from; left out, the innermost frame of the program in the traceback says.

    Returns:
        A problem of severity "error" with PyTorch's words in ``message``; never raises.
    """
    message = f"{type(error).__name__}: {error}"
    return Problem(
        slug="exception",
        severity="error",
        title=f"The program raised {type(error).__name__}",
        detail=message,
        message=message,
        span=span,
    )
