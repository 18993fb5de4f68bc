"""Draws the figures of a document: with the sandbox and the engine of this installation, or by a server."""

from functools import cache

from chainrule.client import Client, ProblemError
from chainrule.errors import ChainruleError, ProgramRejectedError
from chainrule.integrations.figure import Fault, Figure, FigureOrder, RefusedError
from chainrule.library import shared_pipeline
from chainrule.problems import PROBLEMS
from chainrule.protocol.messages import Problem
from chainrule.render import ViewOptions


class LocalRenderer:
    """Draws with this installation; nothing goes over the network."""

    def draw(self, order: FigureOrder) -> Figure:
        """Return the picture of a program.

        Raises:
            RefusedError: the program was not run, or cannot be drawn.
            SandboxError: no program can be run here.
        """
        pipeline = shared_pipeline()
        try:
            trace = pipeline.trace(order.program)
            drawing = pipeline.draw(trace, order.picture_format, ViewOptions.from_query(order.view))
        except ProgramRejectedError as error:
            faults = tuple(Fault(violation.message, violation.line) for violation in error.violations)
            raise RefusedError(faults) from None
        except ChainruleError as error:
            raise RefusedError((Fault(str(error) or PROBLEMS[error.slug].title),)) from None
        return Figure(drawing.content, _faults(trace.answer.problems))


class ServerRenderer:
    """Draws by a server.

    Args:
        client: how to reach it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def draw(self, order: FigureOrder) -> Figure:
        """Return the picture of a program; raises as `LocalRenderer.draw` does."""
        try:
            answer = self._client.trace(order.program)
            content = self._client.draw(order.program, order.picture_format, **order.view)
        except ProblemError as error:
            faults = tuple(Fault(one["message"], one.get("line")) for one in error.violations)
            raise RefusedError(faults or (Fault(str(error)),)) from None
        return Figure(content, _faults(answer.problems))


@cache
def open_renderer(server: str = "") -> LocalRenderer | ServerRenderer:
    """Return what draws for this process: a server, or this installation where none is named."""
    return ServerRenderer(Client(server)) if server else LocalRenderer()


def _faults(problems: list[Problem]) -> tuple[Fault, ...]:
    return tuple(
        Fault(problem.message or problem.title, problem.span.line if problem.span else None)
        for problem in problems
        if problem.severity == "error"
    )
