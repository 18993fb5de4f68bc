"""The command ``chainrule``."""

import argparse
import os
import sys
from collections.abc import Sequence

import shtab

from chainrule.cli.check import add_check
from chainrule.cli.options import UsageError
from chainrule.cli.render import add_render
from chainrule.cli.serve import add_serve
from chainrule.cli.view import add_view
from chainrule.cli.worker import add_worker
from chainrule.errors import ChainruleError
from chainrule.version import __version__


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="chainrule", description="See the autograd graph that PyTorch built, with values and gradients."
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for add in (add_serve, add_render, add_view, add_check, add_worker):
        add(commands)
    shtab.add_argument_to(parser, ["--print-completion"], help="print a script of completion for a shell")
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the arguments after the program's name; None takes those of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure that was told on stderr, 2 for wrong usage.
    """
    try:
        arguments = make_parser().parse_args(argv)
        code: int = arguments.run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever reads the output has had enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except UsageError as error:
        arguments.refuse(str(error))  # ends the process, as argparse does
        return 2
    except (ValueError, ChainruleError) as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 1
    return code
