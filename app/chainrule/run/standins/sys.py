"""`sys`: no arguments, PyTorch's own Python, and the console."""

import sys as real

__all__ = ["argv", "byteorder", "exit", "float_info", "getrecursionlimit", "getsizeof", "maxsize", "path", "platform"]
__all__ += ["setrecursionlimit", "stderr", "stdout", "version", "version_info"]

PROGRAM = "program.py"
"""What a program is called as a command."""
KINDS = (type(real.float_info), type(real.version_info))
"""Classes of others whose attributes a program may read."""

argv: list[str] = [PROGRAM]
path: list[str] = []
byteorder, float_info, maxsize, platform = real.byteorder, real.float_info, real.maxsize, real.platform
version, version_info = real.version, real.version_info
getsizeof, getrecursionlimit = real.getsizeof, real.getrecursionlimit


def renew() -> None:
    """Put the lists back."""
    argv[:] = [PROGRAM]
    path.clear()


def exit(status: object = None) -> None:
    """End the program."""
    raise SystemExit(status)


def setrecursionlimit(limit: int) -> None:
    """Do nothing: how deep calls may go is the sandbox's affair."""


class _Console:
    """One of the two streams to the console, whichever console there is."""

    def __init__(self, name: str) -> None:
        self._name = name

    def write(self, text: str) -> int:
        """Write a text."""
        count: int = getattr(real, self._name).write(text)
        return count

    def flush(self) -> None:
        """Do nothing: all is written at once."""

    def isatty(self) -> bool:
        """Return that nobody types here."""
        return False


stdout, stderr = _Console("stdout"), _Console("stderr")
