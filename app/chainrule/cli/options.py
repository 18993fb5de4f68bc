"""What several commands take: the options of a picture, files to write, ports."""

import argparse
from pathlib import Path

from chainrule.render.formats.registry import format_of_suffix
from chainrule.render.options import OPTIONS


class UsageError(ValueError):
    """The arguments of a command do not fit together; told with the command's usage."""


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """Add every option of a picture; each is kept as ``view_`` and its field, None where it is not given."""
    group = parser.add_argument_group("options of the picture", "as in the address of a picture")
    for name, option in OPTIONS.items():
        values = f" ({option.kind.choices})" if option.kind.choices else ""
        text = (option.text + values).replace("%", "%%")
        group.add_argument(f"--{name}", dest=f"view_{option.field}", metavar="X", help=text)


def view_options(arguments: argparse.Namespace) -> dict[str, str]:
    """Return the options of a picture that were given, by their names."""
    given = {name: getattr(arguments, f"view_{option.field}") for name, option in OPTIONS.items()}
    return {name: text for name, text in given.items() if text is not None}


def format_of(path: Path) -> str:
    """Return the format of a file that is to be written.

    Raises:
        ValueError: its suffix is none of a format, or there is no such folder.
    """
    try:
        picture_format = format_of_suffix(path.suffix)
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    if not path.parent.is_dir():
        raise ValueError(f"{path} cannot be written: there is no folder {path.parent}")
    return picture_format


def write_file(path: Path, content: bytes) -> None:
    """Write a file; raises ValueError where that cannot be done."""
    try:
        path.write_bytes(content)
    except OSError as error:
        raise ValueError(f"{path} cannot be written: {error.strerror}") from None


def read_port(text: str) -> int:
    """Return a port, for ``argparse``."""
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to 65535, not {text!r}")
    return int(text)
