"""Executed programs, and a memory for them that holds little more than the bytes that came of each."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal

from chainrule.cache import ByteCache
from chainrule.graph import Tensor
from chainrule.graph.index import GraphIndex
from chainrule.graph.tensors.tensor import NUMBER_BYTES
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer, Fix, Problem
from chainrule.protocol.program import Program, Question
from chainrule.protocol.trust import read_answer

_READ_SHARE = 4
"""What part of the memory is for answers that are read: one in so many bytes."""
_PART_BYTES = 3_000
"""What a node or an edge takes once it is read, its tensors aside."""
_TENSOR_BYTES = 1_500
"""What a tensor takes once it is read, its elements aside."""

Told = Question | Literal["fixes"]
"""What is found out about a program after its first run."""


@dataclass(frozen=True)
class Trace:
    """An executed program."""

    id: str
    answer: ExecutionAnswer
    program: Program
    """What was run: its inputs are filled in."""
    reproducible: bool = True
    """False where the answer depends on how busy the machine was."""
    tried: bool = False
    """Whether its fixes were tried: what mends nothing is not among them any more. Until then nobody is shown one."""
    told: dict[Told, "Trace"] = field(default_factory=dict, init=False, repr=False, compare=False)
    """The same with answers to questions, by question: they and their indices are kept as long as it is."""

    @cached_property
    def index(self) -> GraphIndex:
        """Return the index of the graph: as long as the trace is kept, its tables are made once."""
        return GraphIndex.of(self.answer.graph)

    @property
    def has_untried(self) -> bool:
        """Return whether it has fixes of which nobody knows yet whether they mend anything."""
        return not self.tried and any(problem.fixes for problem in self.answer.problems)

    def with_fixes(self, proven: Callable[[Problem, Fix], bool]) -> "Trace":
        """Return the same with those fixes alone that are proven."""
        problems = [
            one.model_copy(update={"fixes": [fix for fix in one.fixes if proven(one, fix)]}) if one.fixes else one
            for one in self.answer.problems
        ]
        return replace(self, answer=self.answer.model_copy(update={"problems": problems}), tried=True)

    @cached_property
    def size_bytes(self) -> int:
        """Return the memory that it takes, about."""
        return _weight(self.answer)


@dataclass(frozen=True, slots=True)
class KeptRecord:
    """An executed program as the bytes that its child answered, which were checked when they came."""

    id: str
    program: Program
    content: bytes

    @property
    def size_bytes(self) -> int:
        """Return the memory that it takes, about."""
        return len(self.content) + len(self.program.source) + 1_000

    def read(self, limits: Limits) -> Trace:
        """Return what it holds, and what that weighs; this takes a while."""
        trace = Trace(self.id, read_answer(self.content, self.program, limits), self.program)
        _ = trace.size_bytes
        return trace


class TraceCache:
    """Keeps executed programs as bytes, and those that were asked for last as graphs beside them.

    A graph takes about three times the bytes that it is read from, and is read in a fraction of the time of a run.

    Args:
        capacity_bytes: what all of them may take.
    """

    def __init__(self, capacity_bytes: int) -> None:
        self._records: ByteCache[KeptRecord | Trace] = ByteCache(capacity_bytes - capacity_bytes // _READ_SHARE)
        self._read: ByteCache[Trace] = ByteCache(capacity_bytes // _READ_SHARE)
        self._latest: Trace | None = None
        """Kept however large it is: it is asked for again and again while somebody looks at it."""

    def __len__(self) -> int:
        return len(self._records)

    @property
    def size_bytes(self) -> int:
        """Return the memory that all of them take, about."""
        return self._records.size_bytes + self._read.size_bytes

    @property
    def hits(self) -> int:
        """Return how often something asked for was there."""
        return self._records.hits

    @property
    def misses(self) -> int:
        """Return how often it was not."""
        return self._records.misses

    def get(self, key: str) -> Trace | KeptRecord | None:
        """Return what is kept of a program: ready, or to be read and then remembered."""
        kept = self._records.get(key)
        if not isinstance(kept, KeptRecord):
            return kept
        if self._latest is not None and self._latest.id == key:
            return self._latest
        return self._read.get(key) or kept

    def put(self, trace: Trace) -> None:
        """Keep a trace; one that did not come as bytes stays as it is."""
        content = trace.answer.record
        if content is None:
            self._records.put(trace.id, trace, trace.size_bytes)
        else:
            record = KeptRecord(trace.id, trace.program, content)
            self._records.put(trace.id, record, record.size_bytes)
            self.remember(trace)

    def remember(self, trace: Trace) -> None:
        """Keep what was read beside the bytes it was read from."""
        if trace.program.question is None:
            self._latest = trace
        self._read.put(trace.id, trace, trace.size_bytes)


def _weight(answer: ExecutionAnswer) -> int:
    """Estimate the memory of an answer that was read [bytes]: a node with its tensors, and their elements."""
    graph = answer.graph
    tensors: list[Tensor | None] = []
    for node in graph.nodes:
        for output in node.outputs:
            tensors += [output.value, output.before, *output.gradients.held]
        tensors += node.accumulated.held
        if node.course is not None:
            for history in node.course.histories():
                tensors += history.held
    for edge in graph.edges:
        tensors += edge.contributions.held
    known = {id(tensor): tensor for tensor in tensors if tensor is not None}.values()
    listed = sum(tensor.nbytes for tensor in known) + _TENSOR_BYTES * len(known)
    console = sum(len(line.text) for line in answer.console)
    slopes = NUMBER_BYTES * sum(len(row) for rows in answer.jacobians.values() for row in rows)
    drawn = [series for figure in answer.figures for axes in figure.axes for series in axes.series]
    points = sum(len(one.x) + len(one.y) + len(one.to_x) + len(one.to_y) + sum(map(len, one.image)) for one in drawn)
    parts = _PART_BYTES * (len(graph.nodes) + len(graph.edges) + len(drawn))
    return 10_000 + parts + listed + console + slopes + NUMBER_BYTES * points
