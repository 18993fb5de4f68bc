"""Raw system calls: each program makes one, and has escaped if the kernel does it."""

import platform

from tests.escape.hostile import Hostile

# Numbers of x86-64, arch/x86/entry/syscalls/syscall_64.tbl; -1 ends the list of arguments.
CALLS = {
    "network": {
        "socket-inet": (41, 2, 1, 0),
        "socket-inet6": (41, 10, 1, 0),
        "socket-unix": (41, 1, 1, 0),
        "socket-netlink": (41, 16, 3, 0),
        "socket-packet": (41, 17, 3, 0),
        "socket-vsock": (41, 40, 1, 0),
        "socketpair": (53, 1, 1, 0, "buffer"),
        "sendto-the-channel-of-another": (44, 3, "buffer", 1, 0, 0, 0),
        "recvmsg": (47, 3, "buffer", 0),
    },
    "process": {
        "fork-call": (57,),
        "vfork": (58,),
        "clone-process": (56, 17, 0, 0, 0, 0),
        "clone-thread": (56, 0x3D0F00, "buffer", 0, 0, 0),
        "clone3": (435, "buffer", 88),
        "execve": (59, b"/bin/true\0", 0, 0),
        "execveat": (322, -100, b"/bin/true\0", 0, 0, 0),
        "getppid": (110,),
        "setsid": (112,),
        "setpgid": (109, 0, 0),
        "wait4": (61, -1, 0, 1, 0),
        "pidfd-open": (434, 1, 0),
        "pidfd-open-parent": (434, "parent", 0),
        "sched-setaffinity": (203, 0, 8, "buffer"),
        "setpriority": (141, 0, 0, 19),
        "personality": (135, 0x0040000),
    },
    "signal": {
        "kill-parent-call": (62, "parent", 0),
        "kill-everyone": (62, -1, 0),
        "kill-group": (62, 0, 0),
        "tkill-init": (200, 1, 0),
        "tgkill-init": (234, 1, 1, 0),
        "rt-sigqueueinfo": (129, 1, 0, "buffer"),
        "pidfd-send-signal": (424, 3, 0, 0, 0),
        "timer-create": (222, 0, 0, "buffer"),
        "alarm-far": (37, 0),
    },
    "ptrace": {
        "traceme": (101, 0, 0, 0, 0),
        "attach-parent": (101, 16, "parent", 0, 0),
        "process-vm-readv": (310, "parent", "buffer", 0, "buffer", 0, 0),
        "process-vm-writev": (311, "parent", "buffer", 0, "buffer", 0, 0),
        "kcmp": (312, 1, 1, 0, 0, 0),
        "pidfd-getfd": (438, 3, 0, 0),
        "process-madvise": (440, 3, "buffer", 0, 0, 0),
        "perf-event-open": (298, "buffer", 0, -1, -1, 0),
        "userfaultfd": (323, 0),
        "bpf": (321, 0, "buffer", 72),
    },
    "namespace": {
        "unshare-user": (272, 0x10000000),
        "unshare-network": (272, 0x40000000),
        "unshare-files": (272, 0x400),
        "setns": (308, 3, 0),
        "mount": (165, b"none\0", b"/\0", b"tmpfs\0", 0, 0),
        "umount": (166, b"/proc\0", 2),
        "pivot-root": (155, b".\0", b".\0"),
        "chroot": (161, b".\0"),
        "open-tree": (428, -100, b"/\0", 0),
        "fsopen": (430, b"tmpfs\0", 0),
        "sethostname": (170, b"owned\0", 5),
    },
    "privilege": {
        "setuid-root": (105, 0),
        "setresuid-root": (117, 0, 0, 0),
        "setgroups": (116, 0, 0),
        "capset": (126, "buffer", "buffer"),
        "prctl-dumpable": (157, 4, 1, 0, 0, 0),
        "prctl-forget-parent": (157, 1, 0, 0, 0, 0),
        "seccomp-again": (317, 1, 0, "buffer"),
        "keyctl": (250, 0, -3, 0),
        "add-key": (248, b"user\0", b"k\0", b"v", 1, -3),
        "iopl": (172, 3),
        "modify-ldt": (154, 0, "buffer", 16),
        "init-module": (175, "buffer", 1, b"\0"),
        "reboot": (169, 0, 0, 0, 0),
        "clock-settime": (227, 0, "buffer"),
        "syslog": (103, 10, 0, 0),
        "bigger-memory-limit-of-another": (302, 1, 9, 0, "buffer"),
    },
    "file-call": {
        "open-passwd": (2, b"/etc/passwd\0", 0, 0),
        "openat-passwd": (257, -100, b"/etc/passwd\0", 0, 0),
        "openat2": (437, -100, b"/etc/passwd\0", "buffer", 24),
        "open-here": (2, b".\0", 0o200000, 0),
        "creat": (85, b"/tmp/chainrule-escape\0", 0o600),
        "mkdir": (83, b"/tmp/chainrule-escape\0", 0o700),
        "unlink": (87, b"@FILE@\0"),
        "rename": (82, b"@FILE@\0", b"@FILE@2\0"),
        "chmod": (90, b"@FILE@\0", 0o777),
        "truncate": (76, b"@FILE@\0", 0),
        "symlink": (88, b"/etc\0", b"/tmp/chainrule-escape\0"),
        "link": (86, b"@FILE@\0", b"/tmp/chainrule-escape\0"),
        "mknod": (133, b"/tmp/chainrule-escape\0", 0o010600, 0),
        "stat": (4, b"/etc/passwd\0", "buffer"),
        "access": (21, b"/etc/passwd\0", 4),
        "readlink-self": (89, b"/proc/self/exe\0", "buffer", 100),
        "getdents-of-the-channel": (217, 3, "buffer", 100),
        "chdir": (80, b"/\0"),
        "statfs": (137, b"/\0", "buffer"),
        "memfd-create": (319, b"m\0", 0),
        "inotify-init": (294, 0),
        "fanotify-init": (300, 0, 0),
        "open-by-handle": (304, -100, "buffer", 0),
        "io-uring-setup": (425, 8, "buffer"),
        "dup": (32, 1),
        "pipe": (22, "buffer"),
        "fcntl-dup": (72, 1, 0, 0),
        "epoll-create": (291, 0),
        "eventfd": (290, 0, 0),
    },
    "shared-memory": {
        "shmget": (29, 0x1234, 4096, 0o1600),
        "msgget": (68, 0x1234, 0o1600),
        "semget": (64, 0x1234, 1, 0o1600),
        "mq-open": (240, b"q\0", 0o102, 0o600, 0),
        "mmap-shared": (9, 0, 4096, 3, 0x21, -1, 0),
        "mmap-shared-validate": (9, 0, 4096, 3, 0x23, -1, 0),
        "futex-wake-whoever-maps-it": (202, "buffer", 1, 1, 0, 0, 0),
        "futex-wake-some-who-map-it": (202, "buffer", 10, 1, 0, 0, -1),
    },
    "executable-memory": {
        "mmap-exec": (9, 0, 4096, 7, 0x22, -1, 0),
        "mmap-exec-only": (9, 0, 4096, 4, 0x22, -1, 0),
        "mprotect-exec": (10, "page", 4096, 7),
        "pkey-mprotect-exec": (329, "page", 4096, 7, -1),
        "remap-file-pages": (216, "page", 4096, 0, 0, 0),
        "memfd-secret": (447, 0),
        "x32-getpid": (0x40000000 + 39,),
        "unknown-call": (1000,),
    },
}

_SOURCE = """
import ctypes, os
libc = ctypes.CDLL(None, use_errno=True)
buffer = ctypes.create_string_buffer(8192)
page = ctypes.c_void_p((ctypes.addressof(buffer) + 4095) // 4096 * 4096)
parent = {parent}
result = libc.syscall({arguments})
print('ESCAPED' if result >= 0 else ctypes.get_errno())
"""


def _written(argument: object) -> str:
    if isinstance(argument, int):
        return f"ctypes.c_long({argument})"
    return str(argument) if isinstance(argument, str) else repr(argument).replace("\\x00", "\\0")


def call_programs() -> list[Hostile]:
    """Return one program for each call; their numbers are those of x86-64."""
    if platform.machine() != "x86_64":
        return []
    return [
        Hostile(
            category,
            name,
            _SOURCE.format(parent="@PID@", arguments=", ".join(_written(argument) for argument in arguments)).strip(),
        )
        for category, calls in CALLS.items()
        for name, arguments in calls.items()
    ]
