"""Namespaces: the zygote leaves those of the machine once, for itself and all its children."""

import os
import signal

from chainrule.worker.confine.system import PR_SET_PDEATHSIG, prctl, unshare

# Source: include/uapi/linux/sched.h
NEW_USER = 0x10000000
NAMESPACES = {
    "network": 0x40000000,
    "process": 0x20000000,
    "ipc": 0x08000000,
    "mount": 0x00020000,
    "host name": 0x04000000,
}


def leave_namespaces() -> tuple[list[str], str]:
    """Leave every namespace that can be left, and say which, and why others could not be.

    As root they are left as they are; otherwise through a user namespace in which this user is root.
    """
    if os.geteuid() != 0:
        user, group = os.geteuid(), os.getegid()
        try:
            unshare(NEW_USER)
            _write("/proc/self/setgroups", "deny")
            _write("/proc/self/uid_map", f"0 {user} 1")
            _write("/proc/self/gid_map", f"0 {group} 1")
        except OSError as error:
            return [], f"user namespaces: {error.strerror}"
    left, refused = [], []
    for name, flag in NAMESPACES.items():
        try:
            unshare(flag)
            left.append(name)
        except OSError as error:
            refused.append(f"{name}: {error.strerror}")
    return left, ", ".join(refused)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def hold_process_namespace() -> None:
    """Fork the first process of the new process namespace; when it ends, all others in there are killed.

    It does nothing but wait, and ends with the zygote.
    """
    if os.fork() == 0:
        try:
            prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
            os.closerange(3, 65_536)
            while True:
                signal.pause()
        finally:
            os._exit(0)
