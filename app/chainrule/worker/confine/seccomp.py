"""The seccomp filter: which system calls a child may still make, as a classic BPF program."""

import ctypes
import errno
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from chainrule.worker.confine.machine import Machine

# Source: include/uapi/linux/seccomp.h
KILL_PROCESS = 0x80000000
ALLOW = 0x7FFF0000
ERRNO = 0x00050000

# Source: include/uapi/linux/bpf_common.h
LOAD_WORD = 0x20  # BPF_LD | BPF_W | BPF_ABS
JUMP_EQUAL = 0x15  # BPF_JMP | BPF_JEQ | BPF_K
JUMP_AT_LEAST = 0x35  # BPF_JMP | BPF_JGE | BPF_K
JUMP_ANY_BIT = 0x45  # BPF_JMP | BPF_JSET | BPF_K
AND = 0x54  # BPF_ALU | BPF_AND | BPF_K
RETURN = 0x06  # BPF_RET | BPF_K

# Offsets in struct seccomp_data, include/uapi/linux/seccomp.h; arguments are 64 bits, and the low half comes first on
# both machines.
NUMBER, ARCHITECTURE, ARGUMENTS = 0, 4, 16

X32_BIT = 0x40000000

# Source: include/uapi/asm-generic/mman-common.h and include/uapi/linux/mman.h
PROT_EXEC = 0x4
MAP_SHARED = 0x01

# Source: include/uapi/linux/futex.h
FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET = 0, 1, 9, 10
FUTEX_PRIVATE_FLAG, FUTEX_CLOCK_REALTIME = 128, 256
# Without the flag for private ones a futex in a page of a library, which all programs map, is one for all of them:
# two programs could wait for each other and wake each other.
FUTEXES = tuple(
    FUTEX_PRIVATE_FLAG | operation for operation in (FUTEX_WAIT, FUTEX_WAKE, FUTEX_WAIT_BITSET, FUTEX_WAKE_BITSET)
)

ALLOWED = (
    # What a warm child was measured to need, the frequent ones first: the filter is read from the top.
    *("munmap", "brk", "mremap", "madvise", "write", "read", "clock_gettime"),
    *("rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack", "setitimer", "exit_group", "exit"),
    # Cheap, and harmless to anyone else.
    *("close", "fstat", "lseek", "getrandom", "sched_yield", "getpid", "gettid", "sched_getaffinity"),
    *("nanosleep", "clock_nanosleep", "restart_syscall", "getuid", "geteuid", "getgid", "getegid"),
)

REFUSED = {
    # Tracebacks and lazy imports look for files, and printing asks for a terminal: they take no for an answer.
    **dict.fromkeys(("openat", "open", "newfstatat", "stat", "lstat", "statx"), errno.EACCES),
    **dict.fromkeys(("readlink", "readlinkat", "access", "getcwd"), errno.EACCES),
    "ioctl": errno.ENOTTY,
    "clone": errno.EPERM,
    # Its arguments are in memory, where a filter cannot look; glibc falls back to clone.
    "clone3": errno.ENOSYS,
}


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction; ``if_true`` and ``if_false`` are how many to skip."""

    code: int
    value: int
    if_true: int = 0
    if_false: int = 0

    def pack(self) -> bytes:
        """Return it as struct sock_filter."""
        return struct.pack("HBBI", self.code, self.if_true, self.if_false, self.value)


def build(machine: Machine, pid: int) -> list[Instruction]:
    """Return the filter for a child.

    Args:
        machine: whose calls; all others end the process.
        pid: the child's own process id, the only one that it may send a signal to.
    """
    return [
        Instruction(LOAD_WORD, ARCHITECTURE),
        Instruction(JUMP_EQUAL, machine.audit_arch, if_true=1),
        Instruction(RETURN, KILL_PROCESS),
        Instruction(LOAD_WORD, NUMBER),
        *_x32(machine),
        *(instruction for rule in _rules(machine, pid) for instruction in rule),
        Instruction(RETURN, KILL_PROCESS),
    ]


def _x32(machine: Machine) -> list[Instruction]:
    if not machine.has_x32:
        return []
    return [Instruction(JUMP_AT_LEAST, X32_BIT, if_false=1), Instruction(RETURN, KILL_PROCESS)]


def _rules(machine: Machine, pid: int) -> Iterator[list[Instruction]]:
    numbers = machine.numbers
    mask = ~FUTEX_CLOCK_REALTIME & 0xFFFFFFFF
    yield _rule(numbers["futex"], _one_of(1, FUTEXES, mask=mask, otherwise=errno.ENOSYS))
    yield _rule(numbers["mmap"], [*_without(2, PROT_EXEC), *_without(3, MAP_SHARED), Instruction(RETURN, ALLOW)])
    yield _rule(numbers["mprotect"], [*_without(2, PROT_EXEC), Instruction(RETURN, ALLOW)])
    for name in ALLOWED:
        yield _rule(numbers[name], [Instruction(RETURN, ALLOW)])
    yield _rule(numbers["tgkill"], _one_of(0, (pid,), otherwise=errno.EPERM))
    yield _rule(numbers["prlimit64"], _one_of(0, (0,), otherwise=errno.EPERM))
    for name, number in REFUSED.items():
        if name in numbers:  # the older calls by path exist on x86-64 only
            yield _rule(numbers[name], [Instruction(RETURN, ERRNO | number)])


def _rule(number: int, body: list[Instruction]) -> list[Instruction]:
    return [Instruction(JUMP_EQUAL, number, if_false=len(body)), *body]


def _without(argument: int, bits: int) -> list[Instruction]:
    """Refuse the call when any of these bits is set in an argument."""
    return [
        Instruction(LOAD_WORD, ARGUMENTS + 8 * argument),
        Instruction(JUMP_ANY_BIT, bits, if_false=1),
        Instruction(RETURN, ERRNO | errno.EPERM),
    ]


def _one_of(argument: int, values: tuple[int, ...], *, mask: int = 0xFFFFFFFF, otherwise: int) -> list[Instruction]:
    """Allow the call when an argument has one of these values."""
    checks = [Instruction(JUMP_EQUAL, value, if_true=len(values) - index) for index, value in enumerate(values)]
    return [
        Instruction(LOAD_WORD, ARGUMENTS + 8 * argument),
        Instruction(AND, mask),
        *checks,
        Instruction(RETURN, ERRNO | otherwise),
        Instruction(RETURN, ALLOW),
    ]


class FilterProgram(ctypes.Structure):
    """A filter in memory: struct sock_fprog, include/uapi/linux/filter.h."""

    _fields_ = [("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p)]

    @classmethod
    def of(cls, instructions: list[Instruction]) -> "FilterProgram":
        """Return the structure that the kernel takes."""
        return cls(len(instructions), b"".join(instruction.pack() for instruction in instructions))
