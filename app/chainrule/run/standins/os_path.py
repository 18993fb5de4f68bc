"""`os.path`: paths as texts. No file is there, whatever its name."""

import posixpath

__all__ = ["abspath", "basename", "dirname", "exists", "expanduser", "isdir", "isfile", "join", "normpath", "split"]
__all__ += ["splitext"]

basename, dirname, join = posixpath.basename, posixpath.dirname, posixpath.join
normpath, split, splitext = posixpath.normpath, posixpath.split, posixpath.splitext


def abspath(path: str) -> str:
    """Return a path from the root, where the program stands."""
    return posixpath.normpath(posixpath.join("/", path))


def expanduser(path: str) -> str:
    """Return the path as it is: there is no user."""
    return path


def exists(path: str) -> bool:
    """Return that there is no such file."""
    return False


isdir = isfile = exists
