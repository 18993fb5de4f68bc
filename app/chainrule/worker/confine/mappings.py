"""The memory that a child maps: nothing of it may be written to and executed."""

import errno
import os

PIECE_BYTES = 65_536


def open_list() -> int:
    """Return a descriptor of the list of this process's mappings, to be read once there is no /proc any more.

    Returns:
        The descriptor, or -1 where there is no such list.
    """
    try:
        return os.open("/proc/self/maps", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return -1


def refuse_written_code(descriptor: int) -> str:
    """Check that no page is both writable and executable: whoever takes over a process would have code of his own run.

    Args:
        descriptor: what `open_list` returned; it is closed.

    Raises:
        OSError: there is such a page, or nobody can know.
    """
    if descriptor < 0:
        raise OSError(errno.ENOENT, "the mappings of a process are not told here")
    pieces = []
    try:
        while piece := os.read(descriptor, PIECE_BYTES):
            pieces.append(piece)
    finally:
        os.close(descriptor)
    mappings = b"".join(pieces).splitlines()
    if not mappings:
        raise OSError(errno.ENODATA, "the list of mappings is empty")
    for mapping in mappings:
        if b"wx" in mapping.split(maxsplit=2)[1]:
            raise OSError(errno.EACCES, f"memory is writable and executable: {mapping.decode('utf-8', 'replace')}")
    return f"none of {len(mappings)} mappings is writable and executable"
