"""A person's own script as an answer: its graph, what it raised, what is worth knowing. It is trusted, not confined."""

import sys
import traceback
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TextIO, cast

from chainrule.diagnose import diagnose_exception, diagnose_graph
from chainrule.diagnose.source import SourceText
from chainrule.graph.model import Span
from chainrule.graph.source_text import SourceLines
from chainrule.limits import Limits
from chainrule.protocol.messages import ExecutionAnswer, Problem
from chainrule.run.console import Console
from chainrule.tape.script import trace_script


@dataclass(frozen=True, slots=True)
class ScriptAnswer:
    """What a script did, as the page shows programs."""

    source: str
    answer: ExecutionAnswer
    error: str | None
    """The traceback, where the script raised."""


def answer_script(path: Path, arguments: list[str], limits: Limits, *, whole: bool = False) -> ScriptAnswer:
    """Run a script, unconfined, and return what came of it; arguments and errors are those of `trace_script`."""
    console = Console(limits.stdout_bytes)
    with _copied(console, str(path.resolve())):
        trace = trace_script(path, arguments, limits, whole=whole)
    source, text = trace.syntax.source, SourceText(trace.syntax.source, trace.syntax)
    problems = [unconfined_notice(path)]
    if trace.raised is not None:
        span = raised_at(trace.raised, str(path.resolve()), source)
        problems.insert(
            0,
            diagnose_exception(
                trace.raised, text, trace.graph, span, trace.stale_saves, trace.ancestry, trace.updated_leaves
            ),
        )
    problems += diagnose_graph(trace.graph, text, trace.names, trace.updated_leaves, trace.is_optimized)
    answer = ExecutionAnswer(graph=trace.graph, console=console.lines(), problems=problems)
    return ScriptAnswer(source, answer, trace.error)


def unconfined_notice(path: Path) -> Problem:
    """Return the notice that a script ran with all the rights of its user."""
    return Problem.of(
        "unconfined",
        f"{path.name} ran on this machine as python runs it, because you asked for it with `chainrule view`. "
        "What you change and run on this page runs in the sandbox, where not everything is allowed.",
    )


class _Copied:
    """A stream of the script's, whose text is kept beside."""

    def __init__(self, stream: TextIO, console: Console, name: Literal["stdout", "stderr"], filename: str) -> None:
        self._stream, self._console, self._name, self._filename = stream, console, name, filename

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        self._console.write(self._name, text, _line(self._filename))
        return self._stream.write(text)


@contextmanager
def _copied(console: Console, filename: str) -> Iterator[None]:
    """Keep what is printed meanwhile; it appears where it would have all the same."""
    with ExitStack() as streams:
        streams.enter_context(redirect_stdout(cast(TextIO, _Copied(sys.stdout, console, "stdout", filename))))
        streams.enter_context(redirect_stderr(cast(TextIO, _Copied(sys.stderr, console, "stderr", filename))))
        yield


def _line(filename: str) -> int | None:
    """Return the line of the script that is being run."""
    frame = sys._getframe(1)
    while frame is not None and frame.f_code.co_filename != filename:
        if frame.f_back is None:
            return None
        frame = frame.f_back
    return frame.f_lineno


def raised_at(error: Exception, filename: str, source: str) -> Span | None:
    """Return the innermost place in a file that an exception passed through."""
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if frame.filename == filename]
    if not frames or frames[-1].lineno is None:
        return None
    lines, last = SourceLines(source), frames[-1]
    line = frames[-1].lineno
    end_line = last.end_lineno or line
    if last.colno is None or last.end_colno is None:
        return Span(line=line, column=0, end_line=line, end_column=len(lines.line(line)))
    return lines.in_characters(line, last.colno, end_line, last.end_colno)
