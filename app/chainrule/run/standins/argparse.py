"""`argparse`: a program is given no arguments, so each has its default; a list that is parsed by name is parsed."""

import argparse as real
from collections.abc import Sequence
from typing import Any

__all__ = ["ArgumentDefaultsHelpFormatter", "ArgumentParser", "ArgumentTypeError", "BooleanOptionalAction"]
__all__ += ["REMAINDER", "SUPPRESS", "Namespace", "RawTextHelpFormatter"]

ArgumentDefaultsHelpFormatter, RawTextHelpFormatter = real.ArgumentDefaultsHelpFormatter, real.RawTextHelpFormatter
ArgumentTypeError, BooleanOptionalAction = real.ArgumentTypeError, real.BooleanOptionalAction
REMAINDER, SUPPRESS = real.REMAINDER, real.SUPPRESS


Namespace = real.Namespace


class _Arguments:
    """What a parser and its groups have in common."""

    def __init__(self, parser: Any) -> None:
        self._parser = parser

    def add_argument(self, *names: str, **options: Any) -> None:
        """Add an argument; what it is called must be an attribute's public name."""
        action = self._parser.add_argument(*names, **options)
        if action.dest != real.SUPPRESS and action.dest.startswith("_"):
            raise ValueError(f"{action.dest!r} is no public name for an argument")

    def add_argument_group(self, *words: str) -> "_Arguments":
        """Return a group of arguments."""
        return _Arguments(self._parser.add_argument_group(*words))

    def add_mutually_exclusive_group(self, required: bool = False) -> "_Arguments":
        """Return a group of arguments of which one can be given."""
        return _Arguments(self._parser.add_mutually_exclusive_group(required=required))

    def set_defaults(self, **values: Any) -> None:
        """Set what arguments are where they are not given."""
        self._parser.set_defaults(**values)


class ArgumentParser(_Arguments):
    """Reads arguments. Those that are required and not given end the program, as they do in a terminal."""

    def __init__(
        self,
        prog: str | None = None,
        usage: str | None = None,
        description: str | None = None,
        epilog: str | None = None,
        formatter_class: Any = real.HelpFormatter,
        add_help: bool = True,
        **_: object,
    ) -> None:
        words = (prog or "program.py", usage, description, epilog)
        super().__init__(real.ArgumentParser(*words, formatter_class=formatter_class, add_help=add_help))

    def parse_args(self, args: Sequence[str] | None = None) -> Namespace:
        """Return every argument's default, or what a list of texts says."""
        return self._parser.parse_args(list(args or ()), Namespace())

    def parse_known_args(self, args: Sequence[str] | None = None) -> tuple[Namespace, list[str]]:
        """Return the arguments, and the texts that are none."""
        return self._parser.parse_known_args(list(args or ()), Namespace())

    def print_help(self, file: object = None) -> None:
        """Print what there is to give."""
        print(self._parser.format_help(), end="")

    def error(self, message: str) -> None:
        """End the program with a message."""
        self._parser.error(message)
