"""`os`: an environment that is empty, one processor, and nothing of the machine."""

__all__ = ["cpu_count", "environ", "getenv", "linesep", "sep"]

environ: dict[str, str] = {}
"""What the program itself sets."""
linesep, sep = "\n", "/"


def renew() -> None:
    """Empty the environment."""
    environ.clear()


def getenv(key: str, default: str | None = None) -> str | None:
    """Return a variable that the program has set, or the default."""
    return environ.get(key, default)


def cpu_count() -> int:
    """Return that there is one processor."""
    return 1
