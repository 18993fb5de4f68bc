"""``chainrule worker``: runs programs for servers that are somewhere else, behind a Unix socket."""

import argparse
import asyncio
import signal

from chainrule.cli.options import UsageError
from chainrule.sandbox.remote.server import serving
from chainrule.settings import Settings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.add_argument("--socket", metavar="PATH", help="where to listen (default: CHAINRULE_WORKER_SOCKET)")
    parser.set_defaults(run=work, refuse=parser.error)


def work(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; prints the path once programs can be run.

    Raises:
        UsageError: no path is given.
        SandboxError: programs cannot be confined here, or the socket cannot be made.
    """
    settings = Settings.from_environment()
    path = arguments.socket or settings.worker_socket
    if not path:
        raise UsageError("a worker needs a path for its socket: --socket PATH, or CHAINRULE_WORKER_SOCKET")
    asyncio.run(_work(settings, path))
    return 0


async def _work(settings: Settings, path: str) -> None:
    told = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, told.set)
    async with serving(settings, path):
        print(f"Chainrule runs programs for servers that connect to {path} (Ctrl+C stops it)", flush=True)
        await told.wait()
