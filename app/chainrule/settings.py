"""What the operator sets, read from the environment by `create_app` and the command line, never at import."""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from chainrule.limits import BODY_BYTES, EXECUTIONS_PER_MINUTE, URL_BYTES, Limits


@dataclass(frozen=True)
class Settings:
    """The settings of one server; the environment variable of each is ``CHAINRULE_`` plus its name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8000
    rate_limit: int = int(EXECUTIONS_PER_MINUTE.default)
    """As `EXECUTIONS_PER_MINUTE`. Dragging a slider asks for some 15 a second, and what was not used in the last minute
    may be used at once."""
    allowed_hosts: tuple[str, ...] = ()
    """Names that a request's ``Host`` may carry, "*.example.org" among them. Empty: loopback names only on a server
    bound to loopback, any name otherwise."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses or networks ("10.0.0.0/8") whose ``X-Forwarded-For`` and ``X-Forwarded-Proto`` are believed."""
    public_url: str = ""
    """Where this server is reached from outside, for links to itself; empty for the address each request used."""
    cache_bytes: int = 256 * 1024 * 1024
    """Memory for answers and pictures [bytes]."""
    url_bytes: int = int(URL_BYTES.default)
    body_bytes: int = int(BODY_BYTES.default)
    body_seconds: float = 10.0
    """Time that a client may take to send a request's body [s]."""
    header_seconds: float = 10.0
    """Time that a client may take to send a request's head [s]."""
    connections: int = 1_000
    """Connections that may be open at once; one more is answered with 503."""
    client_connections: int = 250
    """Connections of one client that may be open at once, except a trusted proxy; 0 for no limit of its own."""
    log_requests: bool = False
    """Write a line of JSON to stderr for each request; addresses, and so programs, are not in it."""
    log_sources: bool = False
    """Write a line of JSON to stderr for each program that is run, its source in it: tell the users."""
    engine: str = "wasm"
    """What runs Graphviz: "wasm" (in this process, needs nothing) or "native" (the `dot` on PATH)."""
    layout_seconds: float = 4.0
    """Time that one layout may take [s]."""
    layout_memory_bytes: int = 512 * 1024 * 1024
    """Memory that one layout may take, with the engine "wasm" [bytes]."""
    layouts_kept: int = 256
    """Geometries that are kept for redrawing."""
    limits: Limits = field(default_factory=Limits)
    workers: int = 0
    """Programs that run at once; 0 for as many as there are processor cores."""
    queue: int = 64
    """Programs that may wait for their turn; beyond it a request is told to come back later."""
    zygote_executions: int = 5_000
    """Programs after which the warm parent of all children is replaced, and what it was forked from."""
    zygote_minutes: int = 60
    """Age after which these are replaced [min]."""
    worker_socket: str = ""
    """Path of the Unix socket of a worker that runs the programs (`chainrule worker`); empty: children of the server
    run them."""
    insecure_local: bool = False
    """Run programs although this machine cannot confine them; for one's own programs, on the loopback only."""

    @property
    def on_loopback(self) -> bool:
        """Return whether the server is reached from this machine alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from the environment.

        Raises:
            ValueError: a variable has a value that cannot be used; the message names it.
        """
        return cls(
            host=environ.get("CHAINRULE_HOST", cls.host),
            port=_whole_number(environ, "CHAINRULE_PORT", cls.port, low=0, high=65535),
            rate_limit=_whole_number(environ, "CHAINRULE_RATE_LIMIT", cls.rate_limit, low=0, high=1_000_000),
            allowed_hosts=_names(environ, "CHAINRULE_ALLOWED_HOSTS"),
            trusted_proxies=_names(environ, "CHAINRULE_TRUSTED_PROXIES"),
            public_url=environ.get("CHAINRULE_PUBLIC_URL", cls.public_url).rstrip("/"),
            cache_bytes=_whole_number(environ, "CHAINRULE_CACHE_BYTES", cls.cache_bytes, low=0, high=2**40),
            url_bytes=_whole_number(environ, "CHAINRULE_URL_BYTES", cls.url_bytes, low=1_000, high=1_000_000),
            body_bytes=_whole_number(environ, "CHAINRULE_BODY_BYTES", cls.body_bytes, low=1_000, high=2**30),
            body_seconds=_seconds(environ, "CHAINRULE_BODY_SECONDS", cls.body_seconds),
            header_seconds=_seconds(environ, "CHAINRULE_HEADER_SECONDS", cls.header_seconds),
            connections=_whole_number(environ, "CHAINRULE_CONNECTIONS", cls.connections, low=1, high=1_000_000),
            client_connections=_whole_number(
                environ, "CHAINRULE_CLIENT_CONNECTIONS", cls.client_connections, low=0, high=1_000_000
            ),
            log_requests=_yes_or_no(environ, "CHAINRULE_LOG_REQUESTS", cls.log_requests),
            log_sources=_yes_or_no(environ, "CHAINRULE_LOG_SOURCES", cls.log_sources),
            engine=_one_of(environ, "CHAINRULE_ENGINE", cls.engine, ("wasm", "native")),
            layout_seconds=_seconds(environ, "CHAINRULE_LAYOUT_SECONDS", cls.layout_seconds),
            layout_memory_bytes=_whole_number(
                environ, "CHAINRULE_LAYOUT_MEMORY_BYTES", cls.layout_memory_bytes, low=16 << 20, high=4 << 30
            ),
            layouts_kept=_whole_number(environ, "CHAINRULE_LAYOUTS_KEPT", cls.layouts_kept, low=0, high=1_000_000),
            limits=Limits.from_environment(environ),
            workers=_whole_number(environ, "CHAINRULE_WORKERS", cls.workers, low=0, high=1_000),
            queue=_whole_number(environ, "CHAINRULE_QUEUE", cls.queue, low=0, high=100_000),
            zygote_executions=_whole_number(
                environ, "CHAINRULE_ZYGOTE_EXECUTIONS", cls.zygote_executions, low=1, high=10_000_000
            ),
            zygote_minutes=_whole_number(environ, "CHAINRULE_ZYGOTE_MINUTES", cls.zygote_minutes, low=1, high=100_000),
            worker_socket=environ.get("CHAINRULE_WORKER_SOCKET", cls.worker_socket),
            insecure_local=_yes_or_no(environ, "CHAINRULE_INSECURE_LOCAL", cls.insecure_local),
        )


def _whole_number(environ: Mapping[str, str], name: str, default: int, *, low: int, high: int) -> int:
    text = environ.get(name)
    if text is None or not text.strip():
        return default
    try:
        value = int(text)
    except ValueError:
        raise ValueError(f"{name} must be a whole number, not {text!r}") from None
    if not low <= value <= high:
        raise ValueError(f"{name} must be from {low} to {high}, not {value}")
    return value


def _yes_or_no(environ: Mapping[str, str], name: str, default: bool) -> bool:
    text = environ.get(name, "").strip().lower()
    if not text:
        return default
    if text not in {"1", "0", "yes", "no", "true", "false"}:
        raise ValueError(f"{name} must be 1 or 0, not {environ[name]!r}")
    return text in {"1", "yes", "true"}


def _seconds(environ: Mapping[str, str], name: str, default: float) -> float:
    text = environ.get(name)
    if text is None or not text.strip():
        return default
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{name} must be a number of seconds, not {text!r}") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"{name} must be above 0, not {text!r}")
    return value


def _names(environ: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in environ.get(name, "").split(",") if part.strip())


def _one_of(environ: Mapping[str, str], name: str, default: str, known: tuple[str, ...]) -> str:
    value = environ.get(name, "").strip() or default
    if value not in known:
        raise ValueError(f"{name} must be {' or '.join(known)}, not {value!r}")
    return value
