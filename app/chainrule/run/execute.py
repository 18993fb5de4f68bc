"""Executes one program on a tape and answers with its graph, its console and its problems."""

import gc
import time
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import ModuleType
from typing import Any, Protocol

import torch

from chainrule.collector import uncollected
from chainrule.diagnose import diagnose_exception, diagnose_graph, diagnose_warning
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Graph, Span
from chainrule.graph.source_text import SourceLines
from chainrule.graph.syntax import Syntax
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer, Problem, Rejection
from chainrule.protocol.program import Program, Question
from chainrule.run.code import Code, compile_program
from chainrule.run.console import FILENAME
from chainrule.run.deadline import LimitReached, is_out_of_memory, run_within, use_memory_reserve
from chainrule.run.environment import Surroundings, surroundings
from chainrule.run.exceptions import error_text, span_of
from chainrule.run.inputs import leaf
from chainrule.run.namespace import bindings
from chainrule.run.notices import (
    cut_figure_notice,
    ignored_import,
    limit_problem,
    no_gradient_notice,
    ones_notice,
    tracing_problem,
    undiagnosed_problem,
)
from chainrule.run.roots import Rejected, RootTensor, choose_root, cotangent, last_assigned
from chainrule.run.standins import matplotlib_pyplot
from chainrule.tape import Namespace, Tape
from chainrule.tape.graph.ancestry import NO_ANCESTRY
from chainrule.tape.record.recorder import UNINTERRUPTED
from chainrule.tape.where.reached import ReachedLoop

TEXT_CHARACTERS = 10_000
"""Longest text of a problem [characters]."""
REPORT_SECONDS = 0.5
"""How long it may take to put an exception in words, or to find what a program that was ended had come to [s]."""
CLEAR_SECONDS = 2.0
"""How long it may take to let go of what a program held that ran out of memory [s]."""
ANSWER_PROCESSOR = 0.2
"""The processor time for the answer as a share of the clock's, beside what the program left of its own.

A program and its answer have one budget, whatever each of them takes.
"""
LEAST_PROCESSOR = 0.2
"""The share of that budget that the answer has at least, of a program that took more than its own."""
GRAPHS = ((0.6, 1.0), (0.2, 0.1), (0.05, 0.01))
"""The attempts at a graph: the share of the time for the answer that each may take, and of the nodes that it has."""
DIAGNOSED = 0.95
"""The share of the time for the answer by whose end mistakes have been looked for."""
DIAGNOSED_PROCESSOR = 0.3
"""The share of the answer's processor time in which they are looked for."""
LEAST_LEFT = 0.01
"""How long they are looked for at least [s]."""


@dataclass
class Run:
    """What is known of a program while it runs."""

    problems: list[Problem] = field(default_factory=list)
    root: RootTensor | None = None
    rejection: Rejection | None = None
    last_span: Span | None = None
    is_flat: bool = False
    """Whether nothing of the program can be differentiated."""
    error: BaseException | None = None
    failed: bool = False
    """Whether the program was ended by an exception or a limit."""


def execute(program: Program, limits: Limits, over: Callable[[], None] = lambda: None) -> ExecutionAnswer:
    """Execute a program in this process.

    Nothing is confined here: a child confines itself before it calls this. Only the main thread can do it, since the
    deadlines are signals.

    Args:
        program: its source, its inputs, and what to differentiate.
        limits: what it may use; those on time and output are kept here, memory is the process's own limit.
        over: called once the program has ended, or was; from then on it is the answer that takes time.

    Returns:
        The graph as far as it came, the console, and every problem; no exception of the program comes out.
    """
    started = time.perf_counter()
    processor = time.process_time()
    run = Run()
    code = None
    syntax = Syntax(program.source, FILENAME)
    asked = program.question
    tape = Tape(limits, FILENAME, syntax, jacobians=asked == "jacobians", whole=asked == "tensors")
    namespace = Namespace(tape, bindings())
    with surroundings(syntax, program.seed, namespace, limits.stdout_bytes) as around:
        try:
            code = _compiled(syntax)
            work = partial(run_program, program, code, tape, namespace, run)
            try:
                with tape:
                    run_within(limits.wall_seconds, limits.cpu_seconds, work, UNINTERRUPTED)
            finally:
                over()
        except Rejected as rejected:
            run.rejection = rejected.rejection
        except BaseException as error:  # whatever a stranger's program raises, SystemExit included, is its result
            run.failed = True
            _root_of_the_ended(code, namespace, tape, run)
            report = partial(_report, error, program.source, limits, namespace, around, run, tape.reached)
            _tell(error, report, limits, run)
        executed = time.perf_counter()
        shown = matplotlib_pyplot.drawn()
        budget = answer_processor(limits, time.process_time() - processor)
        # What the answer's making reads of tensors is not the program's doing, and PyTorch may warn of it.
        with uncollected(), warnings.catch_warnings(action="ignore"):
            graph, is_whole = _graph_in_time(tape, namespace, run, limits, budget)
            text = SourceText(program.source, syntax)
            look = partial(_diagnose, asked, text, graph, namespace, around, run, tape)
            left = DIAGNOSED * limits.answer_seconds - (time.perf_counter() - executed)
            try:
                problems = run_within(max(left, LEAST_LEFT), DIAGNOSED_PROCESSOR * budget, look)
            except LimitReached:
                problems = [*run.problems, *around.notices.problems(), undiagnosed_problem(limits)]
    if not is_whole:
        problems.append(limit_problem("answer_seconds", limits))
    for name in sorted(tape.overflows if is_whole else tape.overflows - {"nodes"}):
        problems.append(limit_problem(name, limits, reached=tape.last_recorded if name == "records" else ()))
    if shown[1]:
        problems.append(cut_figure_notice())
    if around.console.cut:
        problems.append(limit_problem("stdout_bytes", limits))
    return ExecutionAnswer(
        graph=graph,
        console=around.console.lines(),
        figures=shown[0],
        problems=[_shortened(problem) for problem in problems],
        rejection=run.rejection,
        seconds={"execute": executed - started, "graph": time.perf_counter() - executed},
    )


def answer_processor(limits: Limits, used: float) -> float:
    """Return the processor time that the answer may take [s].

    Args:
        limits: what the program was given.
        used: the processor time that the program took [s].
    """
    whole = limits.cpu_seconds + ANSWER_PROCESSOR * limits.answer_seconds
    return max(whole - used, LEAST_PROCESSOR * whole)


def _compiled(syntax: Syntax) -> Code:
    """Return the program, compiled.

    Raises:
        Rejected: it follows the grammar, and Python's compiler refuses it all the same.
    """
    try:
        return compile_program(syntax)
    except SyntaxError as error:
        rejection = Rejection(
            slug="program-rejected", detail=error.msg or "this is not Python", span=_objected(error, syntax)
        )
    except (RecursionError, ValueError, OverflowError, SystemError) as error:
        rejection = Rejection(slug="program-rejected", detail=f"Python cannot compile this ({type(error).__name__})")
    raise Rejected(rejection)


def _objected(error: SyntaxError, syntax: Syntax) -> Span | None:
    """Return what the compiler objects to, whose columns count bytes."""
    if not error.lineno or not error.offset:
        return None
    end_line, end = error.end_lineno or error.lineno, error.end_offset or error.offset
    if (end_line, end) < (error.lineno, error.offset):
        end_line, end = error.lineno, error.offset
    return syntax.in_characters(error.lineno, error.offset - 1, end_line, end - 1)


class Backward(Protocol):
    """What counts a program's passes, and runs the one that it does not ask for itself."""

    @property
    def pass_count(self) -> int:
        """Return how many passes there were."""

    def backward(self, root: torch.Tensor, gradient: torch.Tensor) -> None:
        """Run the implicit pass."""


def run_program(program: Program, code: Code, tape: Backward, namespace: dict[str, Any], run: Run) -> None:
    """Bind the inputs, run a program, choose its root, and run the implicit pass where it is wanted.

    Raises:
        Rejected: what was asked for is not there.
        BaseException: whatever the program raises.
    """
    for name, values in program.inputs.items():
        namespace[name] = leaf(values)
    value = None
    if code.body is not None:
        exec(code.body, namespace)
    if code.last is not None and code.last_span is not None:
        run.last_span = SourceLines(program.source).in_characters(*code.last_span)
        value = eval(code.last, namespace)
    if tape.pass_count and program.root is None:
        return
    run.root = choose_root(program, code, value, namespace)
    if tape.pass_count or not program.runs_backward:
        return
    if run.root is None or not run.root.tensor.requires_grad:
        run.is_flat = True
        return
    start = cotangent(run.root, program.cotangent)
    if program.gradient is None and run.root.tensor.numel() != 1:
        run.problems.append(ones_notice(run.root, run.last_span))
    tape.backward(run.root.tensor, start)


def _last_root(code: Code | None, namespace: Mapping[str, Any], tape: Tape) -> RootTensor | None:
    """Return what a program that was ended had come to: what it assigned last, or made last, as in a function."""
    root = last_assigned(code, namespace) if code else None
    if root is not None and root.tensor.requires_grad:
        return root
    tensor = tape.last_tensor()
    return root if tensor is None else RootTensor(None, tensor)


def _root_of_the_ended(code: Code | None, namespace: Mapping[str, Any], tape: Tape, run: Run) -> None:
    """Note what a program that was ended had come to; nothing where its own classes keep that from being seen."""
    work = partial(_last_root, code, namespace, tape)
    try:
        # Asking a tensor of a class of the program would call the program.
        with torch._C.DisableTorchFunctionSubclass():
            run.root = run_within(REPORT_SECONDS, REPORT_SECONDS, work)
    except (LimitReached, Exception):
        run.root = None


def _tell(error: BaseException, report: Callable[[], None], limits: Limits, run: Run) -> None:
    """Tell what ended the program, within the time for that: its exceptions, and what is let go, may run its code."""
    told = len(run.problems)
    seconds = CLEAR_SECONDS if issubclass(type(error), MemoryError | RuntimeError) else REPORT_SECONDS
    try:
        run_within(seconds, seconds, report)
    except LimitReached:
        if len(run.problems) == told:
            run.problems.append(limit_problem("wall_seconds", limits, run.last_span))


def _report(
    error: BaseException,
    source: str,
    limits: Limits,
    namespace: dict[str, Any],
    around: Surroundings,
    run: Run,
    reached: Sequence[ReachedLoop],
) -> None:
    """Tell what ended the program, and let go of what its frames hold where memory ran out."""
    span = span_of(error, source) or run.last_span
    if isinstance(error, LimitReached):
        run.problems.append(limit_problem(error.name, limits, span, reached))
    elif is_out_of_memory(error):
        use_memory_reserve()
        run.problems.append(limit_problem("memory_bytes", limits, span, reached))
        namespace.clear()
        traceback.clear_frames(error.__traceback__)
        BaseException.with_traceback(error, None)
        gc.collect()
    elif not isinstance(error, SystemExit) or error.code:
        around.console.write("stderr", error_text(error, source), span.line if span else None)
        run.error = error


def _diagnose(
    asked: Question | None,
    text: SourceText,
    graph: Graph,
    namespace: dict[str, Any],
    around: Surroundings,
    run: Run,
    tape: Tape,
) -> list[Problem]:
    """Return every problem, the exception first; of a run for a question only what ended it, for more is known."""
    failed = []
    if run.error is not None:
        span = span_of(run.error, text.source) or run.last_span
        stale, ended, updates = tape.stale_saves(run.error), tape.ancestry(), tape.updated_leaves()
        failed.append(diagnose_exception(run.error, text, graph, span, stale, ended, updates))
    if run.is_flat:
        ended = NO_ANCESTRY if run.root is None else tape.ancestry(run.root.tensor)
        run.problems.append(no_gradient_notice(run.root, run.last_span, text, own_names(namespace), ended))
    if asked is not None:
        return [*failed, *run.problems]
    notices = around.notices.problems()
    ignored = [ignored_import(one, text) for one in around.ignored]
    warned = [diagnose_warning(w.category, w.message, w.line, text, graph) for w in around.warnings]
    return [
        *failed,
        *run.problems,
        *ignored,
        *notices,
        *warned,
        *diagnose_graph(graph, text, namespace, tape.updated_leaves(), tape.is_optimized, tape.idle_steps()),
    ]


def _shortened(problem: Problem) -> Problem:
    """Return the problem with texts of a length that a person could read: a program's own can be of any."""
    long = {
        name: text[:TEXT_CHARACTERS] + "…"
        for name, text in (("detail", problem.detail), ("message", problem.message))
        if text is not None and len(text) > TEXT_CHARACTERS
    }
    return problem.model_copy(update=long) if long else problem


def _graph_in_time(
    tape: Tape, namespace: dict[str, Any], run: Run, limits: Limits, budget: float
) -> tuple[Graph, bool]:
    """Return the graph, with fewer nodes where it would take too long or too much memory, and whether it is whole."""
    for share, part in GRAPHS:
        work = partial(_graph, tape, namespace, run, max(1, int(part * limits.nodes)))
        try:
            return run_within(share * limits.answer_seconds, share * budget, work), part == 1
        except LimitReached:
            continue
        except Exception as error:
            if is_out_of_memory(error):
                continue
            run.problems.append(tracing_problem(error))  # a fault of ours, and they still hear what their program said
            return Graph(), True
    return Graph(), False


def _graph(tape: Tape, namespace: dict[str, Any], run: Run, nodes: int) -> Graph:
    names = own_names(namespace)
    if run.root is None or run.failed:
        graph = tape.graph(names=names, nodes=nodes)
        if graph.roots or run.root is None:  # passes that ran, or that PyTorch refused, say where to start
            return graph
    if run.root.name is None:
        return tape.graph(roots=[run.root.tensor], names=names, nodes=nodes)
    return tape.graph(roots={run.root.name: run.root.tensor}, names=names, nodes=nodes)


def own_names(namespace: Mapping[str, Any]) -> dict[str, object]:
    """Return the program's own variables: what it found there, modules and special names are not among them."""
    found = bindings()
    return {
        name: value
        for name, value in namespace.items()
        if not (name in found and found[name] is value)
        and not issubclass(type(value), ModuleType)
        and not name.startswith("__")
    }
