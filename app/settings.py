"""What the operator sets, read from the environment by `create_app` and the command line, never at import."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Self

from app.limits import Limits


@dataclass(frozen=True)
class Settings:
    """The settings of one server; the environment variable of each is ``CHAINRULE_`` plus its name in capitals."""

    host: str = "127.0.0.1"
    port: int = 8000
    rate_limit: int = 120
    """Executions a minute for each client; 0 for no limit. Cached answers do not count."""
    limits: Limits = field(default_factory=Limits)
    workers: int = 0
    """Programs that run at once; 0 for as many as there are processor cores."""
    queue: int = 64
    """Programs that may wait for their turn; beyond it a request is told to come back later."""
    zygote_executions: int = 5_000
    """Programs after which the warm parent of all children is replaced."""
    zygote_minutes: int = 60
    """Age after which the warm parent of all children is replaced [min]."""
    insecure_local: bool = False
    """Run programs although this machine cannot confine them; for one's own programs, on the loopback only."""

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
            limits=Limits.from_environment(environ),
            workers=_whole_number(environ, "CHAINRULE_WORKERS", cls.workers, low=0, high=1_000),
            queue=_whole_number(environ, "CHAINRULE_QUEUE", cls.queue, low=0, high=100_000),
            zygote_executions=_whole_number(
                environ, "CHAINRULE_ZYGOTE_EXECUTIONS", cls.zygote_executions, low=1, high=10_000_000
            ),
            zygote_minutes=_whole_number(environ, "CHAINRULE_ZYGOTE_MINUTES", cls.zygote_minutes, low=1, high=100_000),
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
