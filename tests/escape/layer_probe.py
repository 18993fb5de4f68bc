"""Run as a program: tries one thing behind one layer alone, and once more without it; prints what happened as JSON.

Each probe runs in a fork of its own, with the other layers that would also stop it left out.
"""

import ctypes
import encodings.idna  # noqa: F401  # for the name of a host; once confined it cannot be imported
import errno
import json
import mmap
import os
import signal
import socket
import sys
from collections.abc import Callable

from chainrule.limits import Limits
from chainrule.protocol.frames import SetupOrder
from chainrule.worker.confine import Confinement, ConfinementError, confine, empty_folder, leave_namespaces
from chainrule.worker.confine.system import _libc

LIMITS = Limits(memory_bytes=256 * 2**20)
PR_GET_PDEATHSIG, PR_GET_DUMPABLE, PR_GET_NO_NEW_PRIVS = 2, 3, 39  # include/uapi/linux/prctl.h


def map_executable() -> mmap.mmap:
    flags = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
    return mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC, flags=flags)


def executable_memory() -> str:
    map_executable()
    return "mapped"


def write_code() -> str:
    LEFT_BEHIND[0].write(b"\xc3")
    return "written"


def read_file() -> str:
    with open("/etc/passwd") as file:
        return "read" if file.read(1) else "empty"


def list_root() -> str:
    return "found" if os.listdir("/") else "empty"


def read_private_file() -> str:
    with open(sys.argv[1]) as file:
        return file.read()


def change_root() -> str:
    os.chroot("/")
    return "changed"


def much_memory() -> str:
    return str(len(bytearray(2**30)))


def inherited_descriptor() -> str:
    return f"at {os.lseek(INHERITED, 0, os.SEEK_CUR)}"


def no_new_privileges() -> str:
    return str(_libc.prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0))


def dumpable() -> str:
    return str(_libc.prctl(PR_GET_DUMPABLE, 0, 0, 0, 0))


def parent_death_signal() -> str:
    number = ctypes.c_int()
    _libc.prctl(PR_GET_PDEATHSIG, ctypes.byref(number), 0, 0, 0)
    return str(number.value)


def oom_score() -> str:
    with open("/proc/self/oom_score_adj") as score:
        return score.read().strip()


def connect() -> str:
    with socket.create_connection(("127.0.0.1", PORT), timeout=5):
        return "connected"


LEFT_BEHIND: list[mmap.mmap] = []
"""A page that is writable and executable, as what warms a zygote up could leave it."""
KERNEL = ("seccomp", "landlock", "rlimits")
PROBES: dict[str, tuple[Callable[[], str], tuple[str, ...]]] = {
    "seccomp": (executable_memory, ()),
    "memory": (write_code, ()),
    "landlock": (read_file, ("seccomp", "root-folder", "rlimits")),
    "root-folder": (list_root, KERNEL),
    "user": (read_private_file, (*KERNEL, "root-folder", "capabilities")),
    "capabilities": (change_root, (*KERNEL, "user")),
    "rlimits": (much_memory, ()),
    "descriptors": (inherited_descriptor, ()),
    "no-new-privileges": (no_new_privileges, ("seccomp", "landlock")),
    "not-dumpable": (dumpable, ("seccomp", "user")),
    "parent-death": (parent_death_signal, ("seccomp",)),
    "oom": (oom_score, (*KERNEL, "root-folder")),
    "namespaces": (connect, (*KERNEL, "root-folder")),
}


def attempt(layer: str, probe: Callable[[], str], without: tuple[str, ...]) -> str:
    """Run one probe in a child and return what it said, or what became of it."""
    reading, writing = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        status = 1
        try:
            if layer == "namespaces" and "namespaces" not in without:
                leave_namespaces()
            if layer == "memory":
                LEFT_BEHIND.append(map_executable())
            place = Confinement(writing, parent, 0, empty_folder(), os.open(os.devnull, os.O_RDWR))
            try:
                confine(SetupOrder.of(LIMITS, without=without), place)
                said = probe()
            except ConfinementError:
                said = "not confined"
            except OSError as error:
                said = errno.errorcode[error.errno or 0]
            except MemoryError:
                said = "MemoryError"
            except Exception as error:
                said = repr(error)
            os.write(writing, said.encode())
            status = 0
        finally:
            os._exit(status)
    os.close(writing)
    said = os.read(reading, 1000).decode()
    os.close(reading)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    return said if code == 0 else f"{signal.Signals(-code).name if code < 0 else code}"


if __name__ == "__main__":
    listener = socket.create_server(("127.0.0.1", 0))
    PORT = listener.getsockname()[1]
    INHERITED = os.open("/", os.O_RDONLY)
    results = {
        layer: (attempt(layer, probe, others), attempt(layer, probe, (*others, layer)))
        for layer, (probe, others) in PROBES.items()
    }
    print(json.dumps(results))
