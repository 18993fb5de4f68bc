"""Domain errors: what can be wrong with a request. They know nothing of HTTP.

An error names its kind of problem by a slug; `chainrule.problems` has the title and the HTTP status of each kind.
"""

from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True)
class Replacement:
    """A change of a source text, places as in a `Violation`."""

    title: str
    """What it does, as an order."""
    line: int
    column: int
    end_line: int
    end_column: int
    text: str


@dataclass(frozen=True, slots=True)
class Violation:
    """One thing in a source text that keeps it from being run.

    ``line`` and ``end_line`` count from 1, ``column`` and ``end_column`` from 0 (as Python's ``ast``, in characters).
    """

    slug: str
    message: str
    line: int
    column: int
    end_line: int
    end_column: int
    suggestion: str | None = None
    """Text that would stand well in the place of the span, when there is one."""
    fix: Replacement | None = None
    """What else can be put elsewhere than in the span, when that is safe."""


class ChainruleError(Exception):
    """The root of all errors of this project."""

    slug: ClassVar[str] = "internal"


class RequestError(ChainruleError):
    """The request itself is at fault: nothing was executed, or what was asked of the result is not there."""

    slug = "bad-request"


class SourceEmptyError(RequestError):
    """There is no program in the request."""

    slug = "empty-source"


class SourceTooLongError(RequestError):
    """The source is over the size limit."""

    slug = "source-too-long"


class ProgramRejectedError(RequestError):
    """The source does not parse, or uses what is not allowed; nothing was executed."""

    slug = "program-rejected"

    def __init__(self, violations: tuple[Violation, ...], source: str | None = None) -> None:
        super().__init__("; ".join(f"line {v.line}, column {v.column + 1}: {v.message}" for v in violations))
        self.violations = violations
        self.source = source
        """The program that the places are in, where that is not the text as it came."""


class InputInvalidError(RequestError):
    """An input is not a number or a regular nested list of numbers."""

    slug = "input-invalid"

    def __init__(self, name: str, reason: str) -> None:
        super().__init__(f"Input {name!r}: {reason}")
        self.name = name
        self.reason = reason


class RootUnknownError(RequestError):
    """The variable asked for as the root is not there, or is not a tensor."""

    slug = "root-unknown"


class GradientInvalidError(RequestError):
    """The cotangent asked for does not fit the root."""

    slug = "gradient-invalid"


class ViewInvalidError(RequestError):
    """A view option has a value that this graph or the picture does not know."""

    slug = "view-invalid"

    def __init__(self, option: str, reason: str) -> None:
        super().__init__(f"{option}: {reason}")
        self.option = option


class PayloadInvalidError(RequestError):
    """The part of a URL that carries a program cannot be read."""

    slug = "payload-invalid"


class GraphInvalidError(RequestError):
    """A graph that somebody brought is not one that a program can have."""

    slug = "graph-invalid"


class PictureError(ChainruleError):
    """The graph is there, and cannot be drawn as asked."""

    slug = "picture"


class LayoutDeadlineError(PictureError):
    """Layout took longer than it may, coarser second try included."""

    slug = "layout-deadline"


class ServiceError(ChainruleError):
    """The service cannot answer for now; the request may be fine."""

    slug = "service"


class BusyError(ServiceError):
    """The queue is full."""

    slug = "busy"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class TooManyConnectionsError(BusyError):
    """As many connections are open as may be."""

    slug = "too-many-connections"


class RateLimitedError(ServiceError):
    """This client has had as many programs run as it may for now."""

    slug = "rate-limited"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class SandboxError(ServiceError):
    """The sandbox cannot run programs, or a child gave an answer that cannot be trusted."""

    slug = "sandbox"
