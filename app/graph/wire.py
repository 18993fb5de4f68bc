"""What crosses the pipe between the web process and a confined child: the only thing that both sides share."""

from typing import Literal

from pydantic import Field

from app.graph.model import Data, Graph, Span, Values


class Fix(Data):
    """A change to the source that would mend a problem."""

    title: str
    """What it does, as an order: "Sum the loss to a scalar"."""
    span: Span
    """What is replaced; an empty span inserts."""
    text: str


class Problem(Data):
    """Something that the person should know about their program."""

    slug: str
    """The last part of the problem's type, ``/problems/<slug>``."""
    severity: Literal["error", "warning", "notice"]
    title: str
    detail: str
    """A plain explanation on the person's own variables and shapes."""
    message: str | None = None
    """PyTorch's (or Python's) own words."""
    span: Span | None = None
    node: str | None = None
    fixes: list[Fix] = []


class ConsoleLine(Data):
    """One write of the program to its console."""

    stream: Literal["stdout", "stderr"]
    text: str
    line: int | None
    """The line of the program that printed it."""


class ExecutionRequest(Data):
    """What a child is told to run. The source has been checked; the child does not rely on that."""

    source: str
    inputs: dict[str, Values] = {}
    """The value of each input name, defaults filled in; each becomes a leaf."""
    seed: int = 0
    root: str | None = None
    gradient: Values | None = None
    """The cotangent for the implicit pass; None for ones. Not used where the program runs backward itself."""
    run_backward: bool = True
    """False: no implicit pass is run."""


class Rejection(Data):
    """What was asked of the result is not there: becomes the request error with that slug."""

    slug: Literal["root-unknown", "gradient-invalid"]
    detail: str


class ExecutionAnswer(Data):
    """What a child answers."""

    graph: Graph = Graph()
    console: list[ConsoleLine] = []
    problems: list[Problem] = []
    rejection: Rejection | None = None
    seconds: dict[str, float] = Field(default_factory=dict)
    """Timings by stage [s]; the only part that differs between two runs of the same request."""
