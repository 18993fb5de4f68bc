"""The pictures that ``chainrule render`` is to make: which they are, and how each is made."""

import argparse
import asyncio
import os
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from chainrule.cli.options import UsageError, format_of, write_file
from chainrule.errors import ChainruleError, ProgramRejectedError, SandboxError
from chainrule.graph.tensors.listing import USUALLY_LISTED, Listing
from chainrule.pipeline import Pipeline
from chainrule.program.request import read_program
from chainrule.protocol.messages import Problem
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions
from chainrule.render.formats.registry import FORMATS
from chainrule.sandbox import make_pool
from chainrule.settings import Settings
from chainrule.traces import Trace

if TYPE_CHECKING:
    from chainrule.layout import Engine


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to be made."""

    name: str
    """The file that the program came from, for messages."""
    program: Program
    target: Path | None
    """None writes to standard output."""
    picture_format: str
    listing: Listing = field(default_factory=Listing)
    """What JSON tells."""


def read_jobs(arguments: argparse.Namespace) -> list[Job]:
    """Return the pictures that the arguments ask for.

    Raises:
        UsageError: the arguments do not fit together.
        ValueError: a file cannot be read.
    """
    if arguments.code is not None and arguments.files:
        raise UsageError("give either files or -c, not both")
    names: Sequence[str] = ["-c"] if arguments.code is not None else arguments.files
    if not names:
        raise UsageError("there is nothing to draw: name a file, - for standard input, or give -c 'x * x'")
    folder = Path(arguments.output) if arguments.output and Path(arguments.output).is_dir() else None
    if len(names) > 1 and folder is None and arguments.output:
        raise UsageError(f"{arguments.output} is no folder, and there are {len(names)} pictures")
    asked = {name: text for name in ("seed", "root", "gradient") if (text := getattr(arguments, name)) is not None}
    inputs = dict(map(_input, arguments.input))
    listing = _listing(arguments)
    jobs = []
    for name in names:
        target, picture_format = _target(name, arguments, folder)
        program = read_program(_read(name, arguments.code), asked, inputs)
        if listing != Listing() and picture_format != "json":
            raise UsageError("--values and --jacobians are for JSON: give --format json, or name a .json file")
        jobs.append(Job(name, program, target, picture_format, listing))
    return jobs


def _listing(arguments: argparse.Namespace) -> Listing:
    most = Settings.from_environment().limits.tensor_elements
    if arguments.values is not None and not 0 <= arguments.values <= most:
        raise UsageError(f"--values is from 0 to {most}, not {arguments.values}: no more are listed")
    return Listing(USUALLY_LISTED if arguments.values is None else arguments.values, arguments.jacobians)


def _input(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise UsageError(f"--input takes NAME=VALUE, such as x=[1,2], not {text!r}")
    return name.strip(), value


def _read(name: str, code: str | None) -> str:
    if code is not None:
        return code
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8")
    except OSError as error:
        raise ValueError(f"{name} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{name} is not UTF-8 (byte {error.start})") from None


def _target(name: str, arguments: argparse.Namespace, folder: Path | None) -> tuple[Path | None, str]:
    named = Path(arguments.output) if arguments.output and folder is None and arguments.output != "-" else None
    picture_format: str = arguments.format or (format_of(named) if named is not None else "svg")
    if named is not None:
        return named, picture_format
    if arguments.output == "-" or (name in ("-", "-c") and folder is None):
        return None, picture_format
    stem = "graph" if name in ("-", "-c") else Path(name).stem
    place = folder if folder is not None else Path(name).parent
    return place / f"{stem}.{FORMATS[picture_format].suffixes[0]}", picture_format


async def draw_jobs(jobs: Sequence[Job], options: ViewOptions, *, quiet: bool) -> int:
    """Run and draw the programs, a few at a time; return the exit code."""
    settings = Settings.from_environment()
    pool = make_pool(settings)
    starting = asyncio.create_task(pool.start())
    try:
        # What draws is imported while the sandbox starts, which takes longer and is done by other processes.
        engine = await asyncio.to_thread(_drawing_engine, settings, {job.picture_format for job in jobs})
        await starting
        pipeline = Pipeline(settings, pool, engine)
        slots = asyncio.Semaphore(os.cpu_count() or 1)
        done = 0

        async def make(job: Job) -> bool:
            nonlocal done
            async with slots:
                succeeded = await _draw(job, pipeline, options, quiet=quiet)
            done += 1
            if len(jobs) > 1 and not quiet:
                print(f"{done}/{len(jobs)} {job.name}", file=sys.stderr)
            return succeeded

        outcomes = await asyncio.gather(*(make(job) for job in jobs))
    finally:
        starting.cancel()
        await pool.stop()
    return 0 if all(outcomes) else 1


def _drawing_engine(settings: Settings, formats: Iterable[str]) -> "Engine":
    from chainrule.layout import make_engine

    for name in formats:
        _ = FORMATS[name].draw
    return make_engine(settings)


async def _draw(job: Job, pipeline: Pipeline, options: ViewOptions, *, quiet: bool) -> bool:
    try:
        question = "jacobians" if job.listing.jacobians else FORMATS[job.picture_format].question
        trace = await pipeline.ask(await pipeline.trace(job.program), question)
        if job.picture_format == "json":
            from chainrule.render.formats.text_json import write_graph

            content = await pipeline.in_thread(lambda: write_graph(trace.answer.graph, job.listing))
        else:
            content = (await pipeline.draw(trace, job.picture_format, options)).content
    except ProgramRejectedError as error:
        for violation in error.violations:
            print(f"{job.name}:{violation.line}:{violation.column + 1}: {violation.message}", file=sys.stderr)
        return False
    except SandboxError:
        raise
    except ChainruleError as error:
        print(f"{job.name}: {error}", file=sys.stderr)
        return False
    _write(job, content)
    return _tell(job, trace, quiet=quiet)


def _write(job: Job, content: bytes) -> None:
    if job.target is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    else:
        write_file(job.target, content)


def _tell(job: Job, trace: Trace, *, quiet: bool) -> bool:
    errors = [problem for problem in trace.answer.problems if problem.severity == "error"]
    for problem in errors if quiet else trace.answer.problems:
        print(f"{job.name}:{_place(problem)} {problem.severity}: {_words(problem)}", file=sys.stderr)
    return not errors


def _place(problem: Problem) -> str:
    return f"{problem.span.line}:{problem.span.column + 1}:" if problem.span is not None else ""


def _words(problem: Problem) -> str:
    return problem.title if problem.message is None else f"{problem.title}: {problem.message}"
