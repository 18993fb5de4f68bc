"""The command ``chainrule``: each of its commands is a module that is imported when it is asked for."""

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

from chainrule.cli.hiding import refuse_hidden_packages
from chainrule.cli.options import UsageError
from chainrule.errors import ChainruleError
from chainrule.version import __version__

COMMANDS = {
    "serve": "serve the page and the API",
    "render": "draw programs, without a server",
    "view": "run one's own script, unconfined, and show its graph in the browser",
    "check": "say whether this installation works, and what holds programs back",
    "worker": "run programs for a server with CHAINRULE_WORKER_SOCKET, on a Unix socket and without network",
}
"""By name, which is its module's too: what it does."""
COMPLETION = "--print-completion"


class CommandParser(argparse.ArgumentParser):
    """The parser of one command, which learns its arguments when the command is used."""

    def __init__(self, *, module: str, **settings: Any) -> None:
        super().__init__(**settings)
        self._module = module

    def load(self) -> None:
        """Have the command's module add its arguments."""
        module, self._module = self._module, ""
        if module:
            import_module(module).add_arguments(self)

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Parse what stands after the command's name."""
        self.load()
        return super().parse_known_args(args, namespace)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the whole command line; the arguments of each command come with its first use."""
    parser = argparse.ArgumentParser(
        prog="chainrule", description="See the autograd graph that PyTorch built, with values and gradients."
    )
    parser.add_argument("--version", action="version", version=f"chainrule {__version__}")
    parser.add_argument(COMPLETION, action=_PrintCompletion, help="print a script of completion for a shell")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True, parser_class=CommandParser)
    for name, text in COMMANDS.items():
        commands.add_parser(name, help=text, module=f"chainrule.cli.{name}")
    return parser


class _PrintCompletion(argparse.Action):
    """Prints a script of completion, which needs the arguments of every command."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(choices=("bash", "zsh", "tcsh"), **settings)

    def __call__(self, parser: argparse.ArgumentParser, namespace: object, values: Any, option: Any = None) -> None:
        import shtab  # nobody else waits for it

        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                for command in action.choices.values():
                    command.load()
        print(shtab.complete(parser, values))
        parser.exit()


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command.

    Args:
        argv: the arguments after the program's name; None takes those of the process.

    Returns:
        The exit code: 0 for success, 1 for a failure that was told on stderr, 2 for wrong usage.
    """
    try:
        refuse_hidden_packages()
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
