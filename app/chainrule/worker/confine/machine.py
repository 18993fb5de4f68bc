"""What differs between processors: the audit architecture and the numbers of the system calls."""

import platform
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Machine:
    """One processor architecture."""

    audit_arch: int
    """Source: include/uapi/linux/audit.h."""
    has_x32: bool
    """Whether numbers with bit 30 set are a second table of calls, as on x86-64."""
    numbers: Mapping[str, int]


X86_64 = Machine(
    audit_arch=0xC000003E,
    has_x32=True,
    # Source: arch/x86/entry/syscalls/syscall_64.tbl
    numbers={
        "read": 0,
        "write": 1,
        "open": 2,
        "close": 3,
        "stat": 4,
        "fstat": 5,
        "lstat": 6,
        "lseek": 8,
        "mmap": 9,
        "mprotect": 10,
        "munmap": 11,
        "brk": 12,
        "rt_sigaction": 13,
        "rt_sigprocmask": 14,
        "rt_sigreturn": 15,
        "ioctl": 16,
        "access": 21,
        "sched_yield": 24,
        "mremap": 25,
        "madvise": 28,
        "nanosleep": 35,
        "setitimer": 38,
        "getpid": 39,
        "clone": 56,
        "exit": 60,
        "getcwd": 79,
        "readlink": 89,
        "getuid": 102,
        "getgid": 104,
        "geteuid": 107,
        "getegid": 108,
        "sigaltstack": 131,
        "gettid": 186,
        "futex": 202,
        "sched_getaffinity": 204,
        "restart_syscall": 219,
        "clock_gettime": 228,
        "clock_nanosleep": 230,
        "exit_group": 231,
        "tgkill": 234,
        "openat": 257,
        "newfstatat": 262,
        "readlinkat": 267,
        "prlimit64": 302,
        "seccomp": 317,
        "getrandom": 318,
        "statx": 332,
        "clone3": 435,
    },
)

AARCH64 = Machine(
    audit_arch=0xC00000B7,
    has_x32=False,
    # Source: include/uapi/asm-generic/unistd.h
    numbers={
        "getcwd": 17,
        "ioctl": 29,
        "openat": 56,
        "close": 57,
        "lseek": 62,
        "read": 63,
        "write": 64,
        "readlinkat": 78,
        "newfstatat": 79,
        "fstat": 80,
        "exit": 93,
        "exit_group": 94,
        "futex": 98,
        "nanosleep": 101,
        "setitimer": 103,
        "clock_gettime": 113,
        "clock_nanosleep": 115,
        "sched_getaffinity": 123,
        "sched_yield": 124,
        "restart_syscall": 128,
        "tgkill": 131,
        "sigaltstack": 132,
        "rt_sigaction": 134,
        "rt_sigprocmask": 135,
        "rt_sigreturn": 139,
        "getpid": 172,
        "getuid": 174,
        "geteuid": 175,
        "getgid": 176,
        "getegid": 177,
        "gettid": 178,
        "brk": 214,
        "munmap": 215,
        "mremap": 216,
        "clone": 220,
        "mmap": 222,
        "mprotect": 226,
        "madvise": 233,
        "prlimit64": 261,
        "seccomp": 277,
        "getrandom": 278,
        "statx": 291,
        "clone3": 435,
    },
)

MACHINES = {"x86_64": X86_64, "aarch64": AARCH64, "arm64": AARCH64}


def this_machine() -> Machine | None:
    """Return the architecture that runs this, or None if it is not known here."""
    return MACHINES.get(platform.machine())
