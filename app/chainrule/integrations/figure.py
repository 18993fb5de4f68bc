"""A picture that a document wants, and what comes of it."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from chainrule.client import picture_url
from chainrule.errors import ChainruleError
from chainrule.program.request import REQUEST_OPTIONS, read_program
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions
from chainrule.version import __version__


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
class FigureOrder:
    """A picture that a document wants."""

    program: Program
    picture_format: str = "svg"
    view: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return a name that is equal for equal pictures, for files."""
        parts = [self.program.as_json(), self.picture_format, dict(self.view), __version__]
        return hashlib.sha256(json.dumps(parts, sort_keys=True).encode()).hexdigest()[:20]

    def url(self, server: str) -> str:
        """Return where a server has the picture."""
        return picture_url(server, self.program, self.picture_format, **self.view)

    def frame_url(self, server: str) -> str:
        """Return where a server has the page for a frame."""
        return picture_url(server, self.program, "embed", **self.view)


def read_order(source: str, options: Mapping[str, str], picture_format: str = "svg") -> FigureOrder:
    """Return the picture of a program with the options as a document writes them.

    Args:
        source: the program.
        options: ``inputs`` (JSON), ``seed``, ``root``, ``gradient`` (JSON), and those of the view.
        picture_format: "svg", "pdf", ...

    Raises:
        ValueError: an option does not exist or has a value that cannot be used.
    """
    view = {name: text for name, text in options.items() if name not in REQUEST_OPTIONS}
    try:
        program = read_program(source, options)
        ViewOptions.from_query(view)
    except ChainruleError as error:
        raise ValueError(str(error)) from None
    return FigureOrder(program, picture_format, view)
