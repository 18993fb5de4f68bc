"""The answer of a program as JSON: a view of what was recorded, of which a client says how much it shows."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainrule.errors import ViewInvalidError
from chainrule.graph.tensors.listing import Listing
from chainrule.limits import Limits
from chainrule.pipeline import Pipeline
from chainrule.protocol.program import Program
from chainrule.protocol.response import GraphAnswer
from chainrule.traces import Trace

PARAMETERS = ("values", "jacobians")
"""What a query says of a view, where the answer is JSON."""


@dataclass(frozen=True, slots=True)
class AnswerView:
    """What an answer is to hold.

    Args:
        listing: how the graph is told.
        check: whether gradients are compared with finite differences.
    """

    listing: Listing = field(default_factory=Listing)
    check: bool = False

    @classmethod
    def from_query(cls, given: Mapping[str, str]) -> "AnswerView":
        """Read ``values`` and ``jacobians``.

        Raises:
            ViewInvalidError: one of them is nothing that it can be.
        """
        listing = Listing()
        values = given.get("values", str(listing.values))
        if not (values.isascii() and values.isdigit() and len(values) < 20):
            raise ViewInvalidError("values", f"must be a whole number from 0 on, not {values[:40]!r}")
        jacobians = given.get("jacobians", "0")
        if jacobians not in ("0", "1"):
            raise ViewInvalidError("jacobians", f"must be 1 or 0, not {jacobians[:40]!r}")
        return cls(Listing(int(values), jacobians == "1"))

    def identify(self, trace: str) -> str:
        """Return the id of an answer, given that of the trace: equal for equal requests, and another for others."""
        return trace if self == AnswerView() else hashlib.sha256(f"{trace} {self}".encode()).hexdigest()[:32]

    def within(self, limits: Limits) -> "AnswerView":
        """Return the view itself, once it is known that it asks for no more than there is.

        Raises:
            ViewInvalidError: it asks for more numbers of a tensor than a server lists of one.
        """
        if self.listing.values > limits.tensor_elements:
            most = limits.tensor_elements
            raise ViewInvalidError("values", f"must be from 0 to {most}, not {self.listing.values}: no more are listed")
        return self


async def answer_json(pipeline: Pipeline, program: Program, view: AnswerView) -> tuple[Trace, bytes]:
    """Trace a program, and return the trace with the JSON answer; raises as `Pipeline.trace` does."""
    trace = await pipeline.trace(program)
    identity = view.identify(trace.id)
    trace = await pipeline.try_fixes(trace)
    if view.check:
        trace = await pipeline.ask(trace, "check")
    if view.listing.jacobians:
        trace = await pipeline.ask(trace, "jacobians")
    return trace, await pipeline.in_thread(lambda: _write(identity, trace, view.listing))


def _write(identity: str, trace: Trace, listing: Listing) -> bytes:
    answer = trace.answer
    document = GraphAnswer(
        id=identity,
        graph=answer.graph,
        console=answer.console,
        figures=answer.figures,
        problems=answer.problems,
        check=answer.check,
        timings=answer.seconds,
    )
    return document.model_dump_json(context=listing.context()).encode()
