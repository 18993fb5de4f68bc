"""The pipeline: each thing at most once, and nothing lost between the stages."""

import asyncio
import threading
from dataclasses import replace
from typing import Any

import pytest
from chainrule.errors import GradientInvalidError, ProgramRejectedError, RateLimitedError, RootUnknownError
from chainrule.graph import Edge, Graph, Node, Span
from chainrule.layout import Engine, make_engine
from chainrule.layout.graphviz.engine import Backend
from chainrule.layout.graphviz.wasm import WasmBackend
from chainrule.limits import Limits
from chainrule.pipeline import Pipeline
from chainrule.protocol.messages import ExecutionAnswer, Fix, Problem, Rejection
from chainrule.protocol.program import Program
from chainrule.protocol.record import write_record
from chainrule.protocol.trust import read_answer
from chainrule.render import ViewOptions
from chainrule.settings import Settings

EMPTY = ExecutionAnswer()
SMALL = Graph(
    nodes=[
        Node(id=f"n{number}", kind=kind, op=op, names=[], sequence_nr=None, span=None, outputs=[])
        for number, (kind, op) in enumerate((("leaf", "AccumulateGrad"), ("function", "SinBackward0")))
    ],
    edges=[Edge(id="e0", source="n1", slot=0, target="n0", output_nr=0, contributions=[])],
)
ENDLESS = "digraph {" + "".join(f"a{i}->a{i * i % 997};a{i}->a{(i * 7 + 3) % 997};" for i in range(997)) + "}"
LATE = ExecutionAnswer(problems=[Problem(slug="time-limit", severity="error", title="Late", detail="Too late.")])


class Answers:
    """Gives one answer to everything, when it is told to."""

    def __init__(self, answer: ExecutionAnswer = EMPTY) -> None:
        self.answer = answer
        self.requests: list[Program] = []
        self.gate = asyncio.Event()
        self.gate.set()

    async def execute(self, request: Program) -> ExecutionAnswer:
        self.requests.append(request)
        await self.gate.wait()
        return self.answer


async def asked(pool: Answers) -> None:
    """Wait until the pool has a request."""
    while not pool.requests:
        await asyncio.sleep(0)


def make(pool: Answers, cache_bytes: int = 1_000_000, **more: Any) -> Pipeline:
    return Pipeline(replace(Settings(), cache_bytes=cache_bytes), pool, make_engine(), **more)


async def test_an_equal_request_is_answered_from_memory() -> None:
    pool = Answers()
    pipeline = make(pool)
    first = await pipeline.trace(Program("x * x", {"x": 2.0}))
    assert await pipeline.trace(Program("x * x", {"x": 2.0})) is first
    assert len(pool.requests) == 1


async def test_equal_requests_under_way_are_run_once() -> None:
    pool = Answers()
    pool.gate.clear()
    pipeline = make(pool)
    tasks = [asyncio.ensure_future(pipeline.trace(Program("x * x"))) for _ in range(5)]
    await asked(pool)
    assert pipeline.under_way == 1
    pool.gate.set()
    assert len(set(map(id, await asyncio.gather(*tasks)))) == 1
    assert (len(pool.requests), pipeline.under_way) == (1, 0)


async def test_a_caller_that_leaves_does_not_stop_the_others() -> None:
    pool = Answers()
    pool.gate.clear()
    pipeline = make(pool)
    leaving = asyncio.ensure_future(pipeline.trace(Program("x * x")))
    staying = asyncio.ensure_future(pipeline.trace(Program("x * x")))
    await asked(pool)
    leaving.cancel()
    pool.gate.set()
    assert (await staying).answer == EMPTY
    assert leaving.cancelled()


async def test_an_execution_that_nobody_waits_for_is_stopped_and_begun_anew_for_the_next() -> None:
    pool = Answers()
    pool.gate.clear()
    pipeline = make(pool)
    callers = [asyncio.ensure_future(pipeline.trace(Program("x * x"))) for _ in range(2)]
    await asked(pool)
    (running,) = (work.task for work in pipeline._under_way.values())
    for caller in callers:
        caller.cancel()
    await asyncio.wait((running, *callers))
    assert (running.cancelled(), pipeline.under_way) == (True, 0)
    pool.gate.set()
    assert (await pipeline.trace(Program("x * x"))).answer == EMPTY
    assert len(pool.requests) == 2


async def test_a_layout_that_nobody_waits_for_is_stopped() -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def observe(stage: str, outcome: str, seconds: float) -> None:
        loop.call_soon_threadsafe(told.put_nowait, outcome)

    class Endless(Backend):
        """Starts a layout that takes a day."""

        name = "endless"

        def run(self, dot: str, output: str, seconds: float) -> bytes:
            loop.call_soon_threadsafe(told.put_nowait, "started")
            return WasmBackend(1 << 28).run(ENDLESS, output, 86_400.0)

    engine = Engine(Endless(), 86_400.0, 10, observe)
    pipeline = Pipeline(Settings(), Answers(), engine)
    caller = asyncio.ensure_future(pipeline.draw_graph(SMALL, "", "svg", ViewOptions()))
    assert await told.get() == "started"
    caller.cancel()
    assert await told.get() == "abandoned"


@pytest.mark.parametrize(
    "other",
    [
        Program("x * 2", {"x": 2.0}),
        Program("x * x", {"x": 3.0}),
        Program("x * x", {"x": 2.0}, seed=1),
        Program("x * x", {"x": 2.0}, root="x"),
        Program("x * x", {"x": 2.0}, gradient="none"),
        Program("x * x", {"x": 2.0}, gradient=1.0),
    ],
)
def test_any_other_request_has_another_id(other: Program) -> None:
    pipeline = make(Answers())
    assert pipeline.identify(other) != pipeline.identify(Program("x * x", {"x": 2.0}))


def test_the_order_of_inputs_does_not_matter() -> None:
    pipeline = make(Answers())
    one, other = {"x": 1.0, "y": 2.0}, {"y": 2.0, "x": 1.0}
    assert pipeline.identify(Program("x * y", one)) == pipeline.identify(Program("x * y", other))


async def test_an_answer_that_depends_on_the_load_of_the_machine_is_not_kept() -> None:
    pool = Answers(LATE)
    pipeline = make(pool)
    assert not (await pipeline.trace(Program("x * x"))).reproducible
    await pipeline.trace(Program("x * x"))
    assert len(pool.requests) == 2


async def test_the_memory_is_bounded() -> None:
    pipeline = make(Answers(), cache_bytes=60_000)
    for seed in range(20):
        await pipeline.trace(Program("x * x", seed=seed))
    assert 0 < len(pipeline.traces) < 20
    assert pipeline.traces.size_bytes <= 30_000


async def test_what_is_kept_as_bytes_is_read_again_and_not_run_again() -> None:
    pool = Answers(read_answer(write_record(ExecutionAnswer(graph=SMALL)), Program("x * x"), Limits()))
    pipeline = make(pool)
    first, other = Program("x * x"), Program("x * x", seed=1)
    for program in (first, other):
        await pipeline.trace(program)
    pipeline.traces._read.put(pipeline.identify(first), None, 10**9)  # as when others were asked for meanwhile
    again = [await pipeline.trace(first) for _ in range(2)]
    assert again[0] is again[1]
    assert (again[0].answer, again[0].program.seed) == (pool.answer, 0)
    assert len(pool.requests) == 2


async def test_what_is_refused_before_it_runs_counts_and_what_is_there_does_not() -> None:
    admitted: list[str] = []
    pipeline = make(Answers(), admit=lambda: admitted.append("one"))
    for number in (1, 2):
        with pytest.raises(ProgramRejectedError):
            await pipeline.trace(Program("import pickle; pickle.load"))
        assert len(admitted) == number
    await pipeline.trace(Program("x * x"))
    await pipeline.trace(Program("x * x"))
    assert len(admitted) == 3


async def test_what_is_not_admitted_does_not_run() -> None:
    def refuse() -> None:
        raise RateLimitedError("enough", 3)

    pool = Answers()
    with pytest.raises(RateLimitedError):
        await make(pool, admit=refuse).trace(Program("x * x"))
    assert pool.requests == []


@pytest.mark.parametrize(
    ("slug", "error"),
    [
        ("root-unknown", RootUnknownError),
        ("gradient-invalid", GradientInvalidError),
        ("program-rejected", ProgramRejectedError),
    ],
)
async def test_a_rejection_by_the_child_is_an_error_of_the_request(slug: str, error: type[Exception]) -> None:
    answer = ExecutionAnswer(rejection=Rejection.model_validate({"slug": slug, "detail": "y is no tensor"}))
    with pytest.raises(error, match="y is no tensor"):
        await make(Answers(answer)).trace(Program("x * x"))


@pytest.mark.parametrize(("gradient", "sent", "runs"), [(None, None, True), ("none", None, False), (2.0, 2.0, True)])
async def test_the_child_is_told_which_pass_to_run(
    gradient: float | str | None, sent: float | None, runs: bool
) -> None:
    pool = Answers()
    await make(pool).trace(Program("x * x", gradient=gradient))  # type: ignore[arg-type]
    assert (pool.requests[0].cotangent, pool.requests[0].runs_backward) == (sent, runs)
    assert pool.requests[0].inputs == {"x": 1.0}


async def test_each_stage_that_ran_is_told_with_its_outcome() -> None:
    seen: list[tuple[str, str]] = []
    pipeline = make(Answers(LATE), observe=lambda stage, outcome, seconds: seen.append((stage, outcome)))
    await pipeline.draw(await pipeline.trace(Program("x * x")), "svg", ViewOptions())
    assert seen == [("execute", "time-limit"), ("draw", "svg")]


async def test_a_picture_is_drawn_once_for_each_view() -> None:
    pipeline = make(Answers())
    trace = await pipeline.trace(Program("x * x"))
    light = await pipeline.draw(trace, "svg", ViewOptions(theme="light"))
    assert await pipeline.draw(trace, "svg", ViewOptions(theme="light")) is light
    assert await pipeline.draw(trace, "svg", ViewOptions(theme="dark")) is not light


async def test_a_graph_that_somebody_brought_is_drawn_without_running_anything() -> None:
    pool = Answers()
    drawing = await make(pool).draw_graph(Graph(), "", "svg", ViewOptions())
    assert drawing.media_type == "image/svg+xml"
    assert pool.requests == []


async def test_what_was_run_elsewhere_is_shown_whatever_else_is_asked_and_nothing_runs() -> None:
    pool = Answers()
    pipeline = make(pool)
    source = "import os\nprint(os.getcwd())\n"
    answer = ExecutionAnswer(problems=[Problem(slug="unconfined", severity="notice", title="t", detail="d")])
    pipeline.adopt(source, answer)

    for wanted in (Program(source), Program(source, {"x": 1.0}, seed=3, question="check")):
        trace = await pipeline.trace(wanted)
        assert trace.answer is answer
        assert not trace.reproducible
    with pytest.raises(ProgramRejectedError):
        await pipeline.trace(Program(source + "\n"))
    assert pool.requests == []


class Purse:
    """An account that notes what is taken."""

    def __init__(self, left: float = 1.0) -> None:
        self.left = left
        self.spent: list[float] = []

    def admit(self, tokens: int = 1) -> None:
        if self.left < tokens:
            raise RateLimitedError("enough", 3)
        self.left -= tokens

    def spend(self, tokens: float) -> None:
        self.spent.append(tokens)
        self.left -= tokens


async def test_processor_time_is_spent_from_the_account_also_where_the_work_fails() -> None:
    purse = Purse()
    pipeline = make(Answers(), account=purse)
    assert await pipeline.in_thread(lambda: sum(range(200_000))) > 0

    def fail() -> None:
        sum(range(200_000))
        raise KeyError

    with pytest.raises(KeyError):
        await pipeline.in_thread(fail)
    assert len(purse.spent) == 2
    assert min(purse.spent) > 0


async def test_nothing_is_done_for_an_account_that_is_overdrawn() -> None:
    pipeline = make(Answers(), account=Purse(left=-0.5))
    done: list[str] = []
    with pytest.raises(RateLimitedError):
        await pipeline.in_thread(lambda: done.append("work"))
    assert done == []


async def test_brief_work_does_not_wait_for_drawings() -> None:
    pipeline = make(Answers())
    gate = threading.Event()
    busy = [asyncio.ensure_future(pipeline.in_thread(gate.wait)) for _ in range(50)]
    assert await pipeline.in_thread(lambda: "brief", brief=True) == "brief"
    gate.set()
    await asyncio.gather(*busy)


PLACE = Span(line=1, column=0, end_line=1, end_column=1)
NAMED = ExecutionAnswer(
    problems=[
        Problem(
            slug="exception",
            severity="error",
            title="No",
            detail="No.",
            fixes=[Fix(title=name, span=PLACE, text=name) for name in ("2", "3")],
        )
    ]
)


class Named(Answers):
    """Gives the answer of the program that stands there, and an empty one for all others."""

    def __init__(self, answers: dict[str, ExecutionAnswer]) -> None:
        super().__init__()
        self.answers = answers

    async def execute(self, request: Program) -> ExecutionAnswer:
        self.answer = self.answers.get(request.source, EMPTY)
        return await super().execute(request)


async def test_of_the_fixes_those_are_kept_with_which_the_program_runs() -> None:
    pool = Named({"1 + x": NAMED, "3 + x": NAMED})
    pipeline = make(pool)
    trace = await pipeline.trace(Program("1 + x"))
    assert trace.has_untried
    tried = await pipeline.try_fixes(trace)
    assert [fix.text for problem in tried.answer.problems for fix in problem.fixes] == ["2"]
    assert [request.source for request in pool.requests] == ["1 + x", "2 + x", "3 + x"]
    assert not tried.has_untried
    assert await pipeline.try_fixes(trace) is tried
    await pipeline.trace(Program("2 + x", {"x": 1.0}))
    assert len(pool.requests) == 3


async def test_without_fixes_nothing_is_run_to_try_them() -> None:
    pool = Answers()
    pipeline = make(pool)
    await pipeline.try_fixes(await pipeline.trace(Program("x + 1")))
    assert len(pool.requests) == 1


async def test_fixes_of_a_slow_program_and_of_one_that_ran_elsewhere_are_not_offered() -> None:
    slow = NAMED.model_copy(update={"seconds": {"execute": Limits().wall_seconds}})
    pool = Named({"x + 1": slow})
    pipeline = make(pool)
    pipeline.adopt("y + 1", NAMED)
    for source in ("x + 1", "y + 1"):
        tried = await pipeline.try_fixes(await pipeline.trace(Program(source)))
        assert [problem.fixes for problem in tried.answer.problems] == [[]]
    assert [request.source for request in pool.requests] == ["x + 1"]


async def test_where_the_service_is_busy_fixes_are_not_offered_and_tried_again_later() -> None:
    def refuse() -> None:
        if len(pool.requests) == 1:
            raise RateLimitedError("Later.", 1)

    pool = Named({"x + 1": NAMED})
    pipeline = make(pool, admit=refuse)
    trace = await pipeline.trace(Program("x + 1"))
    assert [problem.fixes for problem in (await pipeline.try_fixes(trace)).answer.problems] == [[]]
    assert trace.has_untried
    assert "fixes" not in trace.told
