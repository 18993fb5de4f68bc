"""The command ``chainrule``."""

import argparse
import sys
from collections.abc import Sequence

from app import __version__
from app.cli_serve import add_serve


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line."""
    parser = argparse.ArgumentParser(
        prog="chainrule", description="See the autograd graph that PyTorch built, with values and gradients."
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    add_serve(commands)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the arguments after the program's name; None takes those of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure that was told on stderr, 2 for wrong usage.
    """
    arguments = make_parser().parse_args(argv)
    try:
        code: int = arguments.run(arguments)
    except KeyboardInterrupt:
        return 130
    except ValueError as error:
        print(f"chainrule: {error}", file=sys.stderr)
        return 1
    return code
