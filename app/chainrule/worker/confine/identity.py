"""Who a child is: another user without any capability, at the bottom of an empty folder, that dies with its parent."""

import ctypes
import errno
import os
import signal
import tempfile

from chainrule.worker.confine.system import (
    PR_CAPBSET_DROP,
    PR_SET_DUMPABLE,
    PR_SET_NO_NEW_PRIVS,
    PR_SET_PDEATHSIG,
    prctl,
    syscall,
)

FIRST_UID = 61_184
"""The user ids from here to 65519 belong to no one by Debian's and systemd's conventions."""
UIDS = 4_000
NOBODY = 65_534

# Source: include/uapi/linux/capability.h
CAPABILITY_VERSION_3 = 0x20080522
LAST_CAPABILITY = 63
CAPSET = {"x86_64": 126, "aarch64": 91, "arm64": 91}


def empty_folder() -> int:
    """Return a descriptor of a folder that is already removed: nothing is in it, and nothing can be made in it."""
    path = tempfile.mkdtemp(prefix="chainrule-")
    folder = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.rmdir(path)
    return folder


def enter(folder: int) -> str:
    """Make an empty folder the root of all paths.

    Raises:
        OSError: this process has no right to do that.
    """
    os.fchdir(folder)
    os.chroot(".")
    return "an empty folder that is already removed"


def become_another_user(number: int) -> str:
    """Return up root for a user that owns nothing, a different one for each of the children that run at a time.

    Raises:
        PermissionError: this process is not root, so it stays who it is.
    """
    if os.geteuid() != 0:
        raise PermissionError(errno.EPERM, "the server is not started as root, so its children are its own user")
    os.setgroups([])
    for user in (FIRST_UID + number % UIDS, NOBODY):
        try:
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError as error:
            if error.errno != errno.EINVAL:  # a user namespace may not map that many ids
                raise
        else:
            return f"user {user}"
    raise PermissionError(errno.EPERM, "no other user id exists in this user namespace")


class CapabilityHeader(ctypes.Structure):
    """struct __user_cap_header_struct, include/uapi/linux/capability.h."""

    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


def drop_capabilities(machine: str) -> str:
    """Return up every capability, for ever.

    Raises:
        OSError: the kernel refused it.
    """
    for capability in range(LAST_CAPABILITY + 1):
        try:
            prctl(PR_CAPBSET_DROP, capability)
        except OSError:  # above the last one that this kernel has, or without CAP_SETPCAP: then there is none to drop
            break
    header = CapabilityHeader(CAPABILITY_VERSION_3, 0)
    nothing = (ctypes.c_uint32 * 6)()
    syscall(CAPSET[machine], ctypes.byref(header), ctypes.byref(nothing))
    return "none left"


def die_with_parent(parent: int) -> str:
    """Be killed when the zygote ends, and end at once if it ended already.

    Raises:
        OSError: the kernel refused it.
    """
    prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() not in {parent, 0}:  # 0: the zygote is outside of this process's namespace
        os._exit(1)
    return "killed when the zygote ends"


def hide() -> str:
    """Let no process of the same user look into this one or trace it.

    Raises:
        OSError: the kernel refused it.
    """
    prctl(PR_SET_DUMPABLE, 0)
    return "not dumpable"


def gain_nothing() -> str:
    """Never get more rights again, whatever is executed.

    Raises:
        OSError: the kernel refused it.
    """
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    return "no new privileges"
