"""``chainrule render``: pictures of programs, without a server."""

import argparse
import asyncio

from chainrule.cli.options import add_view_options, view_options
from chainrule.graph.tensors.listing import USUALLY_LISTED
from chainrule.render import ViewOptions
from chainrule.render.formats.registry import FORMATS


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.description = (
        "Runs programs in the sandbox and writes their pictures. The exit code is 0 where every program "
        "ran and was drawn, 1 where one was refused, raised, or could not be drawn; what can be drawn is written."
    )
    parser.add_argument("files", nargs="*", metavar="FILE", help="programs; - reads one from standard input")
    parser.add_argument("-c", dest="code", metavar="PROGRAM", help="the program itself")
    parser.add_argument(
        "-o", dest="output", metavar="PATH", help="the picture (- for standard output), or a folder for several"
    )
    parser.add_argument("-f", "--format", choices=sorted(FORMATS), help="default: by the suffix of the picture, or svg")
    parser.add_argument("--quiet", action="store_true", help="tell nothing of warnings and progress")
    parser.add_argument("--input", action="append", default=[], metavar="NAME=VALUE", help="such as x=[1,2]")
    for name, text in (
        ("seed", "seeds torch before the program runs (default: 0)"),
        ("root", "the variable to start backward from"),
        ("gradient", 'the cotangent to start with, as JSON; "none" runs no pass'),
    ):
        parser.add_argument(f"--{name}", metavar="X", help=text)
    parser.add_argument(
        "--values",
        type=int,
        metavar="N",
        help=f"of JSON: list the numbers of tensors of up to N elements, 0 for none (default: {USUALLY_LISTED})",
    )
    parser.add_argument("--jacobians", action="store_true", help="of JSON: tell the local Jacobian of each edge")
    add_view_options(parser)
    parser.set_defaults(run=render, refuse=parser.error)


def render(arguments: argparse.Namespace) -> int:
    """Draw every program that was named."""
    from chainrule.cli.jobs import draw_jobs, read_jobs  # whoever asks for help does not wait for it

    options = ViewOptions.from_query(view_options(arguments))
    return asyncio.run(draw_jobs(read_jobs(arguments), options, quiet=arguments.quiet))
