"""The options of a picture on the command line."""

import argparse

from app.render.option_words import WORDS


def add_view_options(parser: argparse.ArgumentParser) -> None:
    """Add every option of a picture; each is kept as ``view_`` and its name, None where it is not given."""
    group = parser.add_argument_group("options of the picture", "as in the address of a picture")
    for name, words in WORDS.items():
        values = f" ({words.choices})" if words.choices else ""
        group.add_argument(
            f"--{name.replace('_', '-')}",
            dest=f"view_{name}",
            metavar="X",
            help=(words.text + values).replace("%", "%%"),
        )
