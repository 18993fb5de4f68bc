"""What crosses the pipe between the web process and a confined child: the only thing that both sides share."""

from collections.abc import Iterable
from typing import Literal

from pydantic import Field, PrivateAttr

from chainrule.graph.model import Data, Graph, Jacobian, Real, Span, Whole
from chainrule.problems import PROBLEMS, Severity
from chainrule.protocol.figures import DrawnFigure
from chainrule.words.saying import Said, Words, book_of


class Fix(Data):
    """A change to the source that would mend a problem."""

    title: Words
    """What it does, as an order: "Sum the loss to a scalar"."""
    span: Span
    """What is replaced; an empty span inserts."""
    text: str


class Problem(Data):
    """Something that the person should know about their program."""

    slug: str
    """The last part of the problem's type, ``/problems/<slug>``."""
    severity: Severity
    title: Words
    detail: Words
    """A plain explanation on the person's own variables and shapes."""
    message: str | None = None
    """PyTorch's (or Python's) own words."""
    span: Span | None = None
    node: str | None = None
    fixes: list[Fix] = []

    @classmethod
    def of(
        cls,
        slug: str,
        detail: str | None = None,
        *,
        severity: Severity | None = None,
        message: str | None = None,
        span: Span | None = None,
        node: str | None = None,
        fixes: Iterable[Fix] = (),
    ) -> "Problem":
        """Return a problem with the title of its kind.

        Args:
            slug: the kind.
            detail: what is said of this case; None for what the catalogue says of all.
            severity: how much this case matters; None for the kind's own.
            message: PyTorch's or Python's words.
            span: where it is in the source.
            node: the node that it is about.
            fixes: changes that would mend it.
        """
        kind = PROBLEMS[slug]
        return cls(
            slug=slug,
            severity=severity or kind.severity,
            title=kind.title,
            detail=kind.detail if detail is None else detail,
            message=message,
            span=span,
            node=node,
            fixes=list(fixes),
        )


class ConsoleLine(Data):
    """One write of the program to its console."""

    stream: Literal["stdout", "stderr"]
    text: str
    line: Whole | None
    """The line of the program that printed it."""


class LeafCheck(Data):
    """One leaf's gradient, compared with central finite differences."""

    node: str
    name: str
    """What the program calls it, else its id."""
    compared: Whole
    """How many of its elements were compared."""
    numel: Whole
    largest_error: Real
    """The largest difference, relative to the larger of the two numbers."""
    element: list[Whole]
    """Where that is."""
    gradient: Real
    """What autograd computed there."""
    difference: Real
    """What the finite difference gives there."""
    kink: bool
    """Whether the slopes to the left and to the right differ there: no derivative exists."""
    agrees: bool


class Check(Data):
    """The gradients of a pass, compared with central finite differences of the program run in float64."""

    pass_index: Whole
    step: float
    """How far an element is moved to each side, relative to its magnitude where that is above 1."""
    runs: Whole
    """How often the program was run."""
    leaves: list[LeafCheck]
    note: Words | None = None
    """What could not be compared, and why."""


class Rejection(Data):
    """Nothing was run, or what was asked of the result is not there: becomes the request error with that slug."""

    slug: Literal["program-rejected", "root-unknown", "gradient-invalid"]
    detail: str
    span: Span | None = None
    """Where the compiler objects, in a program that is rejected."""


class ExecutionAnswer(Data):
    """What a child answers."""

    graph: Graph = Graph()
    console: list[ConsoleLine] = []
    problems: list[Problem] = []
    rejection: Rejection | None = None
    figures: list[DrawnFigure] = []
    """What the program drew with matplotlib's functions."""
    check: Check | None = None
    """Where it was asked for."""
    jacobians: dict[str, Jacobian] = {}
    """The local Jacobians of small edges by the edges' ids, where they were asked for."""
    sayings: list[Said] = []
    """How the texts of problems and check were made, for those who say them in another language."""
    seconds: dict[str, float] = Field(default_factory=dict)
    """Timings by stage [s]; the only part that differs between two runs of the same request."""
    _record: bytes | None = PrivateAttr(None)

    @property
    def record(self) -> bytes | None:
        """Return the bytes that this very answer was read from; None where it was made otherwise."""
        return self._record

    def __copy__(self) -> "ExecutionAnswer":
        """Return a copy: what is changed there is no longer what the bytes say."""
        made = super().__copy__()
        made._record = None
        return made

    def read_from(self, record: bytes) -> "ExecutionAnswer":
        """Return the answer itself, knowing the bytes that it was read from."""
        self._record = record
        return self

    def with_sayings(self) -> "ExecutionAnswer":
        """Return the same with its book of sayings, before it is written to the pipe."""
        texts = [text for problem in self.problems for text in (problem.title, problem.detail)]
        texts += [fix.title for problem in self.problems for fix in problem.fixes]
        texts += [self.check.note] if self.check is not None and self.check.note is not None else []
        return self.model_copy(update={"sayings": book_of(texts)})
