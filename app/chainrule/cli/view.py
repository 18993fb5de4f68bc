"""``chainrule view``: the graph of one's own script, in the browser; the script is trusted and runs unconfined."""

import argparse
import ast
import asyncio
import sys
import webbrowser
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from chainrule.cli.hiding import refuse_unreachable_modules
from chainrule.cli.options import add_view_options, format_of, read_port, view_options, write_file
from chainrule.layout import make_engine
from chainrule.payload import encode
from chainrule.protocol.program import Program
from chainrule.render import ViewOptions, draw
from chainrule.render.formats.registry import FORMATS
from chainrule.sandbox import LazyPool
from chainrule.settings import Settings
from chainrule.web import create_app
from chainrule.web.http.listener import listen, serve_app, url_of, why_not
from chainrule.web.page.routes import MOST_PAYLOAD_CHARACTERS

if TYPE_CHECKING:
    from chainrule.run.script import ScriptAnswer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        "Runs a script as python would, with no sandbox and no limit on time: use it for your own code. "
        "The page opens with its graph, served to this machine alone until Ctrl+C; with -o the graph is written to a "
        "file instead. The exit code is 1 where the script raised."
    )
    parser.add_argument("script", type=Path)
    parser.add_argument(
        "-o", dest="output", type=Path, metavar="PATH", help="write a file instead (html, svg, pdf, ...), and open it"
    )
    parser.add_argument("--port", type=read_port, default=0, help="the port of the page (default: a free one)")
    parser.add_argument("--no-open", action="store_true", help="open nothing in the browser")
    add_view_options(parser)
    parser.add_argument("arguments", nargs="*", help="what the script finds in sys.argv; after -- if it has dashes")
    parser.set_defaults(run=view)


def view(arguments: argparse.Namespace) -> int:
    """Run a script and show its graph."""
    settings = Settings.from_environment()
    given = view_options(arguments)
    options = ViewOptions.from_query(given)
    picture_format = "" if arguments.output is None else format_of(arguments.output)
    _check(arguments.script)
    print(f"chainrule: running {arguments.script} without a sandbox", file=sys.stderr)
    whole = picture_format != "" and FORMATS[picture_format].question == "tensors"
    script = _answer(arguments.script, arguments.arguments, settings, whole)
    if script.error is not None:
        print(script.error.rstrip(), file=sys.stderr)
    failed = 0 if script.error is None else 1
    if arguments.output is not None:
        drawing = draw(script.answer.graph, picture_format, options, make_engine(settings), script.source)
        write_file(arguments.output, drawing.content)
        print(arguments.output)
        _open(arguments.output.resolve().as_uri(), arguments)
        return failed
    return _show(script, given, arguments) or failed


def _check(script: Path) -> None:
    """Tell that a script is none before it is said to run.

    Raises:
        ValueError: it cannot be read, is no Python, or imports a module that is hidden from it.
    """
    try:
        tree = ast.parse(script.read_text(encoding="utf-8"), str(script))
        compile(tree, str(script), "exec", dont_inherit=True)
    except OSError as error:
        raise ValueError(f"{script} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ValueError(f"{script} is not UTF-8 (byte {error.start})") from None
    except SyntaxError as error:
        raise ValueError(f"{script}:{error.lineno}: {error.msg}") from None
    refuse_unreachable_modules(script, tree)


def _answer(script: Path, arguments: list[str], settings: Settings, whole: bool) -> "ScriptAnswer":
    # By name, because it imports torch, which takes two seconds that no other command should wait for.
    answer_script = import_module("chainrule.run.script").answer_script
    answer: ScriptAnswer = answer_script(script, arguments, settings.limits, whole=whole)
    return answer


def _show(script: "ScriptAnswer", given: dict[str, str], arguments: argparse.Namespace) -> int:
    """Serve the page with the graph in it until told to stop."""
    source = Program(script.source).source
    payload = encode(source)
    if len(payload) > MOST_PAYLOAD_CHARACTERS:
        raise ValueError(f"{arguments.script} is too long for the page; write its graph to a file with -o graph.html")
    settings = _own_settings(Settings.from_environment(), arguments.port, len(source.encode()))
    app = create_app(settings, LazyPool(settings))
    app.state.pipeline.adopt(source, script.answer)
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        print(f"chainrule: {why_not(error, settings)}", file=sys.stderr)
        return 1
    fragment = f"#{urlencode(given)}" if given else ""
    url = f"{url_of(listener)}/?p={payload}{fragment}"

    def tell() -> None:
        print(f"{url}\nchainrule: the graph of {arguments.script} is on this page until Ctrl+C", flush=True)
        asyncio.get_running_loop().run_in_executor(None, _open, url, arguments)

    with listener:
        asyncio.run(serve_app(app, settings, listener, tell))
    return 0


def _own_settings(settings: Settings, port: int, source_bytes: int) -> Settings:
    """Return the settings of a page for this machine alone, which takes the script whatever its length."""
    limits = replace(settings.limits, source_bytes=max(settings.limits.source_bytes, source_bytes))
    return replace(settings, host="127.0.0.1", port=port, rate_limit=0, insecure_local=False, limits=limits)


def _open(address: str, arguments: argparse.Namespace) -> None:
    if not arguments.no_open:
        webbrowser.open(address)
