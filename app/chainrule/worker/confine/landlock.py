"""Landlock: no file, no TCP, no signal and no abstract socket beyond this process, kept by the kernel as well."""

import ctypes

from chainrule.worker.confine.system import syscall

# Source: arch/x86/entry/syscalls/syscall_64.tbl and include/uapi/asm-generic/unistd.h, the same on both machines.
CREATE_RULESET = 444
RESTRICT_SELF = 446

# Source: include/uapi/linux/landlock.h
VERSION = 1  # LANDLOCK_CREATE_RULESET_VERSION
FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 5: 16}
"""How many LANDLOCK_ACCESS_FS_* rights there are from each version on."""
TCP_SINCE, TCP_RIGHTS = 4, 0b11  # LANDLOCK_ACCESS_NET_BIND_TCP, LANDLOCK_ACCESS_NET_CONNECT_TCP
SCOPES_SINCE, SCOPES = 6, 0b11  # LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET, LANDLOCK_SCOPE_SIGNAL


class Ruleset(ctypes.Structure):
    """What is handled, and so denied unless a rule allows it; no rule is ever added here."""

    _fields_ = [("files", ctypes.c_uint64), ("tcp", ctypes.c_uint64), ("scopes", ctypes.c_uint64)]


def version() -> int:
    """Return the version of Landlock that this kernel has.

    Raises:
        OSError: it has none, or it is switched off.
    """
    return syscall(CREATE_RULESET, ctypes.c_void_p(None), 0, VERSION)


def ruleset(abi: int) -> Ruleset:
    """Return the ruleset that denies all that this version can deny."""
    rights = max(count for since, count in FILE_RIGHTS.items() if since <= abi)
    return Ruleset(
        files=(1 << rights) - 1,
        tcp=TCP_RIGHTS if abi >= TCP_SINCE else 0,
        scopes=SCOPES if abi >= SCOPES_SINCE else 0,
    )


def size(abi: int) -> int:
    """Return how much of the structure this version knows [bytes]."""
    if abi >= SCOPES_SINCE:
        return 24
    return 16 if abi >= TCP_SINCE else 8
