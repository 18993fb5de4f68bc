"""``chainrule serve``: the page and the API on one address."""

import argparse
import asyncio
import errno
import logging
import os
import socket
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from app.errors import SandboxError
from app.settings import Settings
from app.web import create_app
from app.web.envelope import LOG as REQUESTS
from app.web.server import make_server

if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


def add_serve(commands: "Commands") -> None:
    """Add the command to the command line."""
    parser = commands.add_parser("serve", help="serve the page and the API")
    parser.add_argument("--host", help="the address to listen on (default: CHAINRULE_HOST, or 127.0.0.1)")
    parser.add_argument("--port", type=_port, help="the port (default: CHAINRULE_PORT, or 8000; 0 takes a free one)")
    parser.add_argument(
        "--insecure-local",
        action="store_true",
        help="run programs although this machine cannot confine them: for your own programs, on loopback only",
    )
    parser.set_defaults(run=serve)


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
        print(f"chainrule: {_reason(error, settings)}", file=sys.stderr)
        return 1
    with listener:
        try:
            asyncio.run(_serve(settings, listener))
        except SandboxError as error:
            print(f"chainrule: {error}", file=sys.stderr)
            return 1
    return 0


async def _serve(settings: Settings, listener: socket.socket) -> None:
    host, port = listener.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    if settings.log_requests:
        REQUESTS.addHandler(logging.StreamHandler())
        REQUESTS.setLevel(logging.INFO)
    app = create_app(settings)
    server = make_server(app, settings)
    server.on_started = lambda: print(f"Chainrule serves http://{shown}:{port} (Ctrl+C stops it)", flush=True)
    async with app.router.lifespan_context(app):
        await server.serve(sockets=[listener])


def listen(host: str, port: int) -> socket.socket:
    """Return a socket that listens at an address.

    Raises:
        OSError: the address does not exist or is taken.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio switches Nagle's algorithm off only where the protocol is named: without it a small answer waits 40 ms
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(2048)
    except OSError:
        listener.close()
        raise
    return listener


def _reason(error: OSError, settings: Settings) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {settings.port} of {settings.host} is taken; choose another with --port or CHAINRULE_PORT"
    if error.errno == errno.EACCES:
        return f"this user may not listen on port {settings.port}; choose one above 1023 with --port"
    return f"cannot listen on {settings.host} port {settings.port}: {error.strerror or error}"


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit() and int(text) <= 65535):
        raise argparse.ArgumentTypeError(f"a port is a whole number from 0 to 65535, not {text!r}")
    return int(text)
