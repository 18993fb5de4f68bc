"""``chainrule render``: pictures of programs, without a server."""

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chainrule.cli.options import UsageError, add_view_options, format_of, write_file
from chainrule.errors import ChainruleError, ProgramRejectedError, SandboxError
from chainrule.layout import make_engine
from chainrule.pipeline import Pipeline, Trace
from chainrule.protocol.messages import Problem
from chainrule.render.formats.registry import MEDIA_TYPES, SUFFIXES
from chainrule.sandbox import make_pool
from chainrule.settings import Settings
from chainrule.web.query import VIEW_OPTIONS, Query, parse

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


@dataclass(frozen=True, slots=True)
class Job:
    """A picture to be made."""

    name: str
    """The file that the program came from, for messages."""
    source: str
    target: Path | None
    """None writes to standard output."""
    picture_format: str


def add_render(commands: "Commands") -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "render",
        help="draw programs, without a server",
        description="Runs programs in the sandbox and writes their pictures. The exit code is 0 where every program "
        "ran and was drawn, 1 where one was refused, raised, or could not be drawn; what can be drawn is written.",
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="programs; - reads one from standard input")
    parser.add_argument("-c", dest="code", metavar="PROGRAM", help="the program itself")
    parser.add_argument(
        "-o", dest="output", metavar="PATH", help="the picture (- for standard output), or a folder for several"
    )
    parser.add_argument("--format", choices=sorted(MEDIA_TYPES), help="default: by the suffix of the picture, or svg")
    parser.add_argument("--quiet", action="store_true", help="tell nothing of warnings and progress")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=VALUE", help="such as x=[1,2]")
    for name, text in (
        ("seed", "seeds torch before the program runs (default: 0)"),
        ("root", "the variable to start backward from"),
        ("gradient", 'the cotangent to start with, as JSON; "none" runs no pass'),
    ):
        parser.add_argument(f"--{name}", metavar="X", help=text)
    add_view_options(parser)
    parser.set_defaults(run=render, refuse=parser.error)


def render(arguments: argparse.Namespace) -> int:
    """Draw every program that was named."""
    jobs = read_jobs(arguments)
    return asyncio.run(_render(jobs, read_query(arguments), quiet=arguments.quiet))


def read_query(arguments: argparse.Namespace) -> Query:
    """Return the options of the request and the picture, as an address would carry them."""
    given = [(name, getattr(arguments, f"view_{name}")) for name in VIEW_OPTIONS]
    given += [(name, getattr(arguments, name)) for name in ("seed", "root", "gradient")]
    for text in arguments.input:
        name, equals, value = text.partition("=")
        if not equals:
            raise UsageError(f"--input takes NAME=VALUE, such as x=[1,2], not {text!r}")
        given.append((name.strip(), value))
    return parse(urlencode([(name, value) for name, value in given if value is not None]).encode())


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
    jobs = []
    for name in names:
        target, picture_format = _target(name, arguments, folder)
        jobs.append(Job(name, _read(name, arguments.code), target, picture_format))
    return jobs


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
    return place / f"{stem}.{SUFFIXES.get(picture_format, picture_format)}", picture_format


async def _render(jobs: Sequence[Job], query: Query, *, quiet: bool) -> int:
    settings = Settings.from_environment()
    query.options()  # a bad option is told before anything runs
    pool = make_pool(settings)
    await pool.start()
    try:
        pipeline = Pipeline(settings, pool, make_engine(settings))
        turns = asyncio.Semaphore(os.cpu_count() or 1)
        done = 0

        async def make(job: Job) -> bool:
            nonlocal done
            async with turns:
                well = await _draw(job, pipeline, query, quiet=quiet)
            done += 1
            if len(jobs) > 1 and not quiet:
                print(f"{done}/{len(jobs)} {job.name}", file=sys.stderr)
            return well

        outcomes = await asyncio.gather(*(make(job) for job in jobs))
    finally:
        await pool.stop()
    return 0 if all(outcomes) else 1


async def _draw(job: Job, pipeline: Pipeline, query: Query, *, quiet: bool) -> bool:
    try:
        trace = await pipeline.trace(query.trace(job.source))
        drawing = await pipeline.draw(trace, job.picture_format, query.options())
    except ProgramRejectedError as error:
        for violation in error.violations:
            print(f"{job.name}:{violation.line}:{violation.column + 1}: {violation.message}", file=sys.stderr)
        return False
    except SandboxError:
        raise
    except ChainruleError as error:
        print(f"{job.name}: {error}", file=sys.stderr)
        return False
    _write(job, drawing.content)
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
