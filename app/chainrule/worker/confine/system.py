"""Raw system calls, for what Python's standard library has no function for."""

import ctypes
import os

_libc = ctypes.CDLL(None, use_errno=True)

# Source: include/uapi/linux/prctl.h
PR_SET_PDEATHSIG = 1
PR_SET_DUMPABLE = 4
PR_CAPBSET_DROP = 24
PR_SET_NO_NEW_PRIVS = 38


def syscall(number: int, *arguments: int | ctypes.c_void_p | object) -> int:
    """Make a system call.

    Raises:
        OSError: the kernel refused it.
    """
    result: int = _libc.syscall(
        ctypes.c_long(number), *(ctypes.c_long(a) if isinstance(a, int) else a for a in arguments)
    )
    if result == -1:
        raise _error()
    return result


def prctl(option: int, argument: int) -> int:
    """Set an attribute of this process.

    Raises:
        OSError: the kernel refused it.
    """
    result: int = _libc.prctl(ctypes.c_int(option), *(ctypes.c_ulong(a) for a in (argument, 0, 0, 0)))
    if result == -1:
        raise _error()
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces that this process shares with others.

    Raises:
        OSError: the kernel refused it.
    """
    if _libc.unshare(ctypes.c_int(flags)) == -1:
        raise _error()


def madvise(address: int, length: int, advice: int) -> None:
    """Tell the kernel how a part of this process's memory is best kept.

    Raises:
        OSError: the kernel does not do that.
    """
    if _libc.madvise(ctypes.c_void_p(address), ctypes.c_size_t(length), ctypes.c_int(advice)) == -1:
        raise _error()


def _error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
