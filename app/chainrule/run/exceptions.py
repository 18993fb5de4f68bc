"""What went wrong in a program: its exception and its warnings, as problems and as lines of its console."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from types import CodeType
from typing import TextIO

from chainrule.graph.model import Span
from chainrule.graph.source_text import SourceLines
from chainrule.run.console import FILENAME, Console, current_line
from chainrule.run.deadline import LimitReached

WARNINGS_KEPT = 100
"""How many different warnings of one program are told."""
WARNING_CHARACTERS = 2_000
"""How much of one warning is told."""
_NOT_OF_THE_PROGRAM = (
    "deterministic implementation",  # asked for by the surroundings
    "__array_wrap__ must accept",  # what NumPy tells PyTorch
    "__array__ implementation doesn't accept",
)
"""Words of warnings that no program can do anything about."""
FRAMES_TOLD = 20
"""How many frames of a traceback are printed; of deeper ones the middle is left out."""


@dataclass(frozen=True, slots=True)
class CaughtWarning:
    """A warning of the program."""

    category: str
    message: str
    line: int | None


@contextmanager
def caught_warnings(console: Console) -> Iterator[list[CaughtWarning]]:
    """Collect the program's warnings, each once for each line, and print them on its console."""
    caught: list[CaughtWarning] = []
    seen: set[CaughtWarning] = set()

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        place = lineno if filename == FILENAME else current_line()
        warning = CaughtWarning(category.__name__, str(message).strip()[:WARNING_CHARACTERS], place)
        if any(words in warning.message for words in _NOT_OF_THE_PROGRAM):
            return
        if issubclass(category, DeprecationWarning) and filename != FILENAME:
            return  # a library's own use of what is old, which Python does not tell either
        if warning in seen or len(caught) >= WARNINGS_KEPT:
            return
        seen.add(warning)
        caught.append(warning)
        console.write("stderr", f"{warning.category}: {warning.message}\n", place)

    with warnings.catch_warnings():
        warnings.simplefilter("always")
        warnings.showwarning = show
        yield caught


@dataclass(frozen=True, slots=True)
class ProgramFrame:
    """One frame of the program in a traceback."""

    name: str
    span: Span
    text: str
    """The source line where it was."""


def program_frames(error: BaseException, source: str) -> list[ProgramFrame]:
    """Return the frames of the program in an exception's traceback, outermost first."""
    lines = SourceLines(source)
    frames = []
    entry = error.__traceback__
    while entry is not None:
        code = entry.tb_frame.f_code
        if code.co_filename == FILENAME:
            span = span_at(code, entry.tb_lasti, entry.tb_lineno, lines)
            frames.append(ProgramFrame(code.co_name, span, lines.line(span.line).strip()))
        entry = entry.tb_next
    return frames


def span_at(code: CodeType, instruction: int, line: int | None, lines: SourceLines) -> Span:
    """Return the sub-expression of an instruction; where the compiler left no columns, the start of the line.

    What ends a program can meet it between two iterations of a loop, in an instruction that has no line: it is then
    where the instruction before it is.
    """
    places = list(islice(code.co_positions(), instruction // 2 + 1))
    while places and places[-1][0] is None and line is None:
        places.pop()
    start, end, column, end_column = places[-1] if places else (None, None, None, None)
    if start is None or end is None or column is None or end_column is None:
        line = line or start or code.co_firstlineno
        return Span(line=line, column=0, end_line=line, end_column=0)
    return lines.in_characters(start, column, end, end_column)


def error_text(error: BaseException, source: str) -> str:
    """Return the traceback of an exception as Python prints it, with the program's own frames only."""
    frames = program_frames(error, source)
    if len(frames) > FRAMES_TOLD:
        frames = frames[: FRAMES_TOLD // 2] + frames[-(FRAMES_TOLD // 2) :]
    told = ["Traceback (most recent call last):\n"] if frames else []
    told += [f'  File "{FILENAME}", line {frame.span.line}, in {frame.name}\n    {frame.text}\n' for frame in frames]
    return "".join(told) + message_of(error)


def message_of(error: BaseException) -> str:
    """Return the last line of a traceback: the exception's type and words; its own ``__str__`` may fail."""
    try:
        words = str(error)
    except LimitReached:
        raise
    except BaseException:  # the program's own class decides what happens here
        words = "<exception str() failed>"
    name = type(error).__name__
    return f"{name}: {words}\n" if words else f"{name}\n"


def span_of(error: BaseException, source: str) -> Span | None:
    """Return the sub-expression in the innermost frame of the program where an exception came from."""
    if isinstance(error, SyntaxError) and error.filename == FILENAME and error.lineno:
        column = max((error.offset or 1) - 1, 0)
        end_column = max((error.end_offset or 0) - 1, column)
        return Span(line=error.lineno, column=column, end_line=error.end_lineno or error.lineno, end_column=end_column)
    frames = program_frames(error, source)
    return frames[-1].span if frames else None
