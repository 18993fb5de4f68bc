"""`matplotlib`: its pyplot, and settings that change nothing, since what is drawn here is drawn in one look."""

from typing import Any

__all__ = ["rc", "rcParams", "use"]

rcParams: dict[str, Any] = {}  # noqa: N816  # the name that everybody writes


def use(*_: object, **__: object) -> None:
    """Do nothing: there is one way of drawing."""


def rc(*_: object, **__: object) -> None:
    """Do nothing."""


def renew() -> None:
    """Forget all settings."""
    rcParams.clear()
