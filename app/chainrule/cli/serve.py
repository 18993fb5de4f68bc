"""``chainrule serve``: the page and the API on one address."""

import argparse
import asyncio
import logging
import resource
import socket
import sys
import textwrap
from dataclasses import replace

from chainrule.cli.options import read_port
from chainrule.errors import SandboxError
from chainrule.limits import LIMITS
from chainrule.settings import Settings
from chainrule.web import create_app
from chainrule.web.http.execution_log import LOG as PROGRAMS
from chainrule.web.http.headers import LOG as REQUESTS
from chainrule.web.http.listener import listen, serve_app, url_of, why_not

DESCRIPTORS = 512
"""Open files of a server beside its connections: its children, listeners, what it serves."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of the command."""
    parser.epilog = _limits_help()
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--host", help="the address to listen on (default: CHAINRULE_HOST, or 127.0.0.1)")
    parser.add_argument(
        "--port", type=read_port, help="the port (default: CHAINRULE_PORT, or 8000; 0 takes a free one)"
    )
    parser.add_argument(
        "--insecure-local",
        action="store_true",
        help="run programs although this machine cannot confine them: for your own programs, on loopback only",
    )
    parser.set_defaults(run=serve)


def _limits_help() -> str:
    """Return the limits, one to a paragraph, with the environment variable that sets each."""
    told = ["limits, each set by an environment variable:"]
    for limit in LIMITS.values():
        if limit.variable is not None:
            told.append(f"  {limit.variable} (default: {limit.written})")
            told += textwrap.wrap(limit.sentence, 76, initial_indent=" " * 6, subsequent_indent=" " * 6)
    return "\n".join(told)


def serve(arguments: argparse.Namespace) -> int:
    """Serve until told to stop; prints the address once it answers."""
    settings = Settings.from_environment()
    if arguments.host is not None:
        settings = replace(settings, host=arguments.host)
    if arguments.port is not None:
        settings = replace(settings, port=arguments.port)
    if arguments.insecure_local:
        settings = replace(settings, insecure_local=True)
    if settings.insecure_local and not settings.on_loopback:
        print(
            f"chainrule: programs that are not confined may be run for this machine only: --insecure-local does not go "
            f"with the host {settings.host}",
            file=sys.stderr,
        )
        return 1
    try:
        listener = listen(settings.host, settings.port)
    except OSError as error:
        print(f"chainrule: {why_not(error, settings)}", file=sys.stderr)
        return 1
    _have_descriptors(settings.connections + DESCRIPTORS)
    with listener:
        try:
            asyncio.run(_serve(settings, listener))
        except SandboxError as error:
            print(f"chainrule: {error}", file=sys.stderr)
            return 1
    return 0


def _have_descriptors(count: int) -> None:
    """Let this process have that many files open, as far as it may."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < count:
        most = count if hard == resource.RLIM_INFINITY else min(count, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


async def _serve(settings: Settings, listener: socket.socket) -> None:
    for log, wanted in ((REQUESTS, settings.log_requests), (PROGRAMS, settings.log_sources)):
        if wanted:
            log.addHandler(logging.StreamHandler())
            log.setLevel(logging.INFO)
    url = url_of(listener)
    await serve_app(
        create_app(settings),
        settings,
        listener,
        lambda: print(f"Chainrule serves {url} (Ctrl+C stops it)", flush=True),
    )
