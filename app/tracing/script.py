"""Runs a person's own script on a tape, as ``python script.py`` would: trusted, and not confined."""

import sys
import traceback
from dataclasses import dataclass
from pathlib import Path

from app.graph import Graph
from app.limits import Limits
from app.tracing.tape import Tape


@dataclass(frozen=True, slots=True)
class ScriptTrace:
    """What a script did."""

    graph: Graph
    source: str
    error: str | None
    """The traceback, where the script raised."""


def trace_script(path: Path, arguments: list[str], limits: Limits) -> ScriptTrace:
    """Run a script and return its graph; what it raises is part of the result.

    Args:
        path: the script.
        arguments: what it finds in ``sys.argv`` after its name.
        limits: what is recorded; nothing is stopped.

    Raises:
        OSError: the script cannot be read.
        SyntaxError: it is no Python.
    """
    source = path.read_text(encoding="utf-8")
    filename = str(path.resolve())
    code = compile(source, filename, "exec")
    names: dict[str, object] = {"__name__": "__main__", "__file__": filename, "__builtins__": __builtins__}
    argv, first = sys.argv, sys.path[0]
    sys.argv, sys.path[0] = [str(path), *arguments], str(path.resolve().parent)
    error = None
    tape = Tape(limits, filename, source)
    try:
        with tape:
            exec(code, names)
    except SystemExit as end:
        error = None if end.code in (None, 0) else f"SystemExit: {end.code}"
    except Exception as raised:
        error = "".join(traceback.format_exception(type(raised), raised, raised.__traceback__))
    finally:
        sys.argv, sys.path[0] = argv, first
    own = {name: value for name, value in names.items() if not name.startswith("__")}
    return ScriptTrace(tape.graph(names=own), source, error)
