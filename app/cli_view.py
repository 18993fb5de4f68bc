"""``chainrule view``: the graph of one's own script, in the browser; the script is trusted and runs unconfined."""

import argparse
import sys
import tempfile
import webbrowser
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from app.layout import make_engine
from app.render import draw
from app.settings import Settings
from app.web.formats import SUFFIXES
from app.web.queries import VIEW_OPTIONS, parse_view

if TYPE_CHECKING:
    from app.tracing.script import ScriptTrace

    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_view(commands: "Commands") -> None:
    """Add the command to the command line."""
    parser = commands.add_parser(
        "view",
        help="run one's own script, unconfined, and show its graph in the browser",
        description="Runs a script as python would, with no sandbox and no limit on time: use it for your own code. "
        "The graph is written as one HTML file and opened in the browser.",
    )
    parser.add_argument("script", type=Path)
    parser.add_argument("-o", dest="output", type=Path, metavar="PATH", help="the file to write (default: a new one)")
    parser.add_argument("--no-open", action="store_true", help="write the file and open nothing")
    for name in VIEW_OPTIONS:
        parser.add_argument(f"--{name.replace('_', '-')}", dest=f"view_{name}", metavar="X")
    parser.add_argument("arguments", nargs="*", help="what the script finds in sys.argv; after -- if it has dashes")
    parser.set_defaults(run=view)


def view(arguments: argparse.Namespace) -> int:
    """Run a script and show its graph."""
    settings = Settings.from_environment()
    options = parse_view({name: getattr(arguments, f"view_{name}") for name in VIEW_OPTIONS})
    print(f"chainrule: running {arguments.script} without a sandbox", file=sys.stderr)
    trace = _trace(arguments.script, arguments.arguments, settings)
    if trace.error is not None:
        print(trace.error.rstrip(), file=sys.stderr)
    path = arguments.output or Path(tempfile.mkdtemp(prefix="chainrule-")) / f"{arguments.script.stem}.html"
    suffix = path.suffix.removeprefix(".")
    picture_format = next((name for name, other in SUFFIXES.items() if other == suffix), suffix)
    path.write_bytes(draw(trace.graph, picture_format, options, make_engine(settings), trace.source).content)
    print(path)
    if not arguments.no_open:
        webbrowser.open(path.resolve().as_uri())
    return 0 if trace.error is None else 1


def _trace(script: Path, arguments: list[str], settings: Settings) -> "ScriptTrace":
    # By name, because it imports torch, which takes two seconds that no other command should wait for.
    module = import_module("app.tracing.script")
    try:
        trace: ScriptTrace = module.trace_script(script, arguments, settings.limits)
    except OSError as error:
        raise ValueError(f"{script} cannot be read: {error.strerror}") from None
    except SyntaxError as error:
        raise ValueError(f"{script}:{error.lineno}: {error.msg}") from None
    return trace
