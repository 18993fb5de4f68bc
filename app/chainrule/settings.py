"""What the operator sets, read from the environment by `create_app` and the command line, never at import."""

import ipaddress
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from typing import Any, Self

from chainrule.limits import BODY_BYTES, EXECUTIONS_PER_MINUTE, URL_BYTES, Limit, Limits, variable_of

Read = Callable[[str, str], Any]
"""Turns a variable's name and text into a value, or raises a ValueError that names it."""


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the table of settings."""

    variable: str
    default: str
    """As one would write it, or what holds where nothing is set."""
    text: str
    unit: str
    field: str
    read: Read


def _setting(default: Any, read: Read, text: str, unit: str = "", unset: str = "") -> Any:
    """Return a field of `Settings`; ``unset`` says what an empty default comes to."""
    return field(default=default, metadata={"read": read, "text": text, "unit": unit, "unset": unset})


def _word(variable: str, text: str) -> str:
    return text


def _address(variable: str, text: str) -> str:
    return text.rstrip("/")


def _names(variable: str, text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _switch(variable: str, text: str) -> bool:
    if text.lower() not in {"1", "0", "yes", "no", "true", "false"}:
        raise ValueError(f"{variable} must be 1 or 0, not {text!r}")
    return text.lower() in {"1", "yes", "true"}


def _seconds(variable: str, text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        raise ValueError(f"{variable} must be a number of seconds, not {text!r}") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"{variable} must be above 0, not {text!r}")
    return value


def _whole(low: int, high: int) -> Read:
    def read(variable: str, text: str) -> int:
        try:
            value = int(text)
        except ValueError:
            raise ValueError(f"{variable} must be a whole number, not {text!r}") from None
        if not low <= value <= high:
            raise ValueError(f"{variable} must be from {low} to {high}, not {value}")
        return value

    return read


def _one_of(*known: str) -> Read:
    def read(variable: str, text: str) -> str:
        if text not in known:
            raise ValueError(f"{variable} must be {' or '.join(known)}, not {text!r}")
        return text

    return read


def _limited(limit: Limit, low: int, high: int) -> Any:
    """Return a field that is one of the limits."""
    return _setting(int(limit.default), _whole(low, high), limit.words, limit.unit)


@dataclass(frozen=True)
class Settings:
    """The settings of one server; the environment variable of each is ``CHAINRULE_`` plus its name in capitals."""

    host: str = _setting("127.0.0.1", _word, "the address that it listens on")
    port: int = _setting(8_000, _whole(0, 65_535), "the port; 0 takes a free one")
    rate_limit: int = _limited(EXECUTIONS_PER_MINUTE, 0, 1_000_000)
    """Dragging a slider asks for some 15 a second, and what was not used in the last minute may be used at once."""
    allowed_hosts: tuple[str, ...] = _setting(
        (),
        _names,
        "names that the `Host` header may carry, with commas between, `*.example.org` among them",
        unset="loopback names on loopback, else any",
    )
    trusted_proxies: tuple[str, ...] = _setting(
        (),
        _names,
        "addresses or networks (`10.0.0.0/8`) whose `X-Forwarded-For` and `X-Forwarded-Proto` are believed",
        unset="none",
    )
    public_url: str = _setting(
        "", _address, "where the server is reached from outside, for links to itself", unset="the address asked for"
    )
    cache_bytes: int = _setting(256 * 1024 * 1024, _whole(0, 2**40), "memory for answers and pictures", "bytes")
    url_bytes: int = _limited(URL_BYTES, 1_000, 1_000_000)
    body_bytes: int = _limited(BODY_BYTES, 1_000, 2**30)
    held_bytes: int = _setting(
        128 * 1024 * 1024,
        _whole(1_000_000, 2**40),
        "memory that requests on their way in and answers on their way out may take together; one more is answered "
        "with 503",
        "bytes",
    )
    body_seconds: float = _setting(10.0, _seconds, "time that a client may take to send a request's body", "s")
    header_seconds: float = _setting(10.0, _seconds, "time that a client may take to send a request's head", "s")
    connections: int = _setting(
        1_000, _whole(1, 1_000_000), "connections that may be open at once; one more is answered with 503"
    )
    client_connections: int = _setting(
        250,
        _whole(0, 1_000_000),
        "the same for one client that is not a trusted proxy; 0 for no limit of its own",
    )
    log_requests: bool = _setting(
        False, _switch, "1 writes a line of JSON for each request; addresses, and so programs, are not in it"
    )
    log_sources: bool = _setting(
        False,
        _switch,
        "1 writes a line of JSON for each program that is run, with its source and inputs, the request's id and the "
        "outcome: tell your users",
    )
    engine: str = _setting(
        "wasm", _one_of("wasm", "native"), "what runs Graphviz: `wasm` in this process, `native` the `dot` on PATH"
    )
    layout_seconds: float = _setting(4.0, _seconds, "time that one layout may take", "s")
    layout_memory_bytes: int = _setting(
        512 * 1024 * 1024, _whole(16 << 20, 4 << 30), "memory that one layout may take, with `wasm`", "bytes"
    )
    layouts_kept: int = _setting(256, _whole(0, 1_000_000), "geometries that are kept for redrawing")
    limits: Limits = field(default_factory=Limits)
    workers: int = _setting(
        0, _whole(0, 1_000), "programs that run at once; 0 for as many as there are processor cores"
    )
    queue: int = _setting(
        64, _whole(0, 100_000), "programs that may wait for their turn; one more is told to come back later"
    )
    zygote_executions: int = _setting(
        5_000, _whole(1, 10_000_000), "programs after which the warm parent of all children is replaced"
    )
    zygote_minutes: int = _setting(60, _whole(1, 100_000), "age after which it is replaced", "min")
    drain_seconds: float = _setting(
        20.0,
        _seconds,
        "time that a server or worker which is told to stop gives the programs that it has taken; who cannot be served "
        "in it is told so",
        "s",
    )
    worker_socket: str = _setting(
        "", _word, "path of the Unix socket of a `chainrule worker` that runs the programs", unset="children run them"
    )
    insecure_local: bool = _setting(
        False,
        _switch,
        "1 runs programs although this machine cannot confine them: for one's own programs, on loopback only",
    )

    @property
    def on_loopback(self) -> bool:
        """Return whether the server is reached from this machine alone."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> Self:
        """Read the settings from the environment; a variable that is empty is as one that is not set.

        Raises:
            ValueError: a variable has a value that cannot be used; the message names it.
        """
        given = {
            setting.field: setting.read(setting.variable, text)
            for setting in SETTINGS
            if (text := environ.get(setting.variable, "").strip())
        }
        return cls(**given, limits=Limits.from_environment(environ))


def _written(default: object) -> str:
    return (
        f"{default:g}"
        if isinstance(default, float)
        else str(int(default))
        if isinstance(default, bool)
        else str(default)
    )


def _listed() -> tuple[Setting, ...]:
    return tuple(
        Setting(
            variable_of(one.name),
            one.metadata["unset"] or _written(one.default),
            one.metadata["text"],
            one.metadata["unit"],
            one.name,
            one.metadata["read"],
        )
        for one in fields(Settings)
        if one.metadata
    )


SETTINGS = _listed()
"""Every setting of a server, but for the limits of programs, which `Limits` has."""
