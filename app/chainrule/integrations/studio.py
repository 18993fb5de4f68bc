"""Draws programs for a document: with an engine of its own, or by a server."""

import asyncio
import hashlib
import json
import threading
from collections.abc import Coroutine, Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from typing import Any, TypeVar, cast

from chainrule import __version__
from chainrule.client import Client, PictureFormat, ProblemError, Program, picture_url
from chainrule.errors import ChainruleError, ProgramRejectedError
from chainrule.layout import make_engine
from chainrule.pipeline import Pipeline, TraceRequest
from chainrule.problems import PROBLEMS
from chainrule.protocol.messages import Problem
from chainrule.render import ViewOptions
from chainrule.sandbox import make_pool
from chainrule.settings import Settings

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a program of a document."""

    message: str
    line: int | None = None
    """The line of the program, from 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawn program."""

    content: bytes
    faults: tuple[Fault, ...] = ()
    """What went wrong while it ran; the picture shows what was done until then."""


class RefusedError(Exception):
    """A program cannot be run or drawn at all."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class PictureOrder:
    """A picture that a document wants."""

    program: Program
    picture_format: str = "svg"
    view: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return a name that is equal for equal pictures, for files."""
        parts = [asdict(self.program), self.picture_format, dict(self.view), __version__]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]

    def url(self, server: str) -> str:
        """Return where a server has the picture."""
        return picture_url(server, self.program, self.picture_format, **self.view)

    def frame_url(self, server: str) -> str:
        """Return where a server has the page for a frame."""
        return picture_url(server, self.program, "embed", **self.view)


def make_order(source: str, options: Mapping[str, str], picture_format: str = "svg") -> PictureOrder:
    """Return the picture of a program with the options as a document writes them.

    Args:
        source: the program.
        options: ``inputs`` (JSON), ``seed``, ``root``, ``gradient`` (JSON), and those of the view.
        picture_format: "svg", "pdf", ...

    Raises:
        ValueError: an option does not exist or has a value that cannot be used.
    """
    asked: dict[str, Any] = {}
    view = dict(options)
    for name in ("inputs", "gradient"):
        if name in view:
            text = view.pop(name)
            try:
                asked[name] = "none" if name == "gradient" and text == "none" else json.loads(text)
            except ValueError:
                raise ValueError(f"{name}: {text!r} is not JSON") from None
    if "seed" in view:
        asked["seed"] = int(view.pop("seed"))
    if "root" in view:
        asked["root"] = view.pop("root")
    try:
        ViewOptions.from_query(view)
    except ChainruleError as error:
        raise ValueError(str(error)) from None
    return PictureOrder(Program(source, **asked), picture_format, view)


class LocalStudio:
    """Draws with the sandbox and the engine of this installation; nothing goes over the network."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="chainrule", daemon=True)
        self._thread.start()
        settings = Settings.from_environment()
        self._pool = make_pool(settings)
        self._run(self._pool.start())
        self._pipeline = Pipeline(settings, self._pool, make_engine(settings))

    def draw(self, order: PictureOrder) -> Figure:
        """Return the picture of a program.

        Raises:
            RefusedError: the program was not run, or cannot be drawn.
        """
        try:
            return self._run(self._draw(order))
        except ProgramRejectedError as error:
            faults = tuple(Fault(violation.message, violation.line) for violation in error.violations)
            raise RefusedError(faults) from None
        except ChainruleError as error:
            raise RefusedError((Fault(str(error) or PROBLEMS[error.slug].title),)) from None

    def close(self) -> None:
        """End everything that was started."""
        self._run(self._pool.stop())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _draw(self, order: PictureOrder) -> Figure:
        program = order.program
        request = TraceRequest(program.source, program.inputs, program.seed, program.root, program.gradient)
        trace = await self._pipeline.trace(request)
        options = ViewOptions.from_query(order.view)
        drawing = await self._pipeline.draw(trace, order.picture_format, options)
        return Figure(drawing.content, _faults(trace.answer.problems))

    def _run(self, work: Coroutine[Any, Any, Result]) -> Result:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


class ServerStudio:
    """Draws by a server.

    Args:
        client: how to reach it.
    """

    def __init__(self, client: Client) -> None:
        self._client = client

    def draw(self, order: PictureOrder) -> Figure:
        """Return the picture of a program; raises as `LocalStudio.draw` does."""
        program = order.program
        try:
            answer = self._client.trace(
                program.source, **{name: value for name, value in asdict(program).items() if name != "source"}
            )
            content = self._client.draw(program, cast(PictureFormat, order.picture_format), **order.view)
        except ProblemError as error:
            faults = tuple(Fault(one["message"], one.get("line")) for one in error.violations)
            raise RefusedError(faults or (Fault(str(error)),)) from None
        return Figure(content, _faults(answer.problems))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


Studio = LocalStudio | ServerStudio


@cache
def open_studio(server: str = "") -> Studio:
    """Return what draws for this process: by a server, or by itself where none is named.

    It may stay open to the end of the process: the sandbox ends with its parent.
    """
    return ServerStudio(Client(server)) if server else LocalStudio()


def _faults(problems: list[Problem]) -> tuple[Fault, ...]:
    return tuple(
        Fault(problem.message or problem.title, problem.span.line if problem.span else None)
        for problem in problems
        if problem.severity == "error"
    )
