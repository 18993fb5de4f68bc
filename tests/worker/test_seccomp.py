"""The seccomp filter, run by a small machine of classic BPF: what each call meets."""

import errno

import pytest
from chainrule.worker.confine.machine import AARCH64, X86_64, Machine, this_machine
from chainrule.worker.confine.seccomp import (
    ALLOW,
    AND,
    ERRNO,
    JUMP_ANY_BIT,
    JUMP_AT_LEAST,
    JUMP_EQUAL,
    KILL_PROCESS,
    LOAD_WORD,
    RETURN,
    FilterProgram,
    Instruction,
    build,
)

PID = 4711
MACHINES = pytest.mark.parametrize("machine", [X86_64, AARCH64], ids=["x86-64", "aarch64"])


def verdict(instructions: list[Instruction], number: int, architecture: int, *arguments: int) -> int:
    """Run a filter on one call, as the kernel does (Documentation/networking/filter.rst)."""
    words = {0: number, 4: architecture}
    for index, argument in enumerate(arguments):
        words[16 + 8 * index] = argument & 0xFFFFFFFF
        words[20 + 8 * index] = argument >> 32 & 0xFFFFFFFF
    accumulator, position = 0, 0
    while True:
        instruction = instructions[position]
        position += 1
        if instruction.code == LOAD_WORD:
            accumulator = words.get(instruction.value, 0)
        elif instruction.code == AND:
            accumulator &= instruction.value
        elif instruction.code == RETURN:
            return instruction.value
        else:
            holds = {
                JUMP_EQUAL: accumulator == instruction.value,
                JUMP_AT_LEAST: accumulator >= instruction.value,
                JUMP_ANY_BIT: bool(accumulator & instruction.value),
            }[instruction.code]
            position += instruction.if_true if holds else instruction.if_false


def call(machine: Machine, name: str, *arguments: int) -> int:
    return verdict(build(machine, PID), machine.numbers[name], machine.audit_arch, *arguments)


@MACHINES
@pytest.mark.parametrize("name", ["read", "write", "brk", "munmap", "rt_sigreturn", "exit_group", "clock_gettime"])
def test_what_a_warm_child_needs_is_allowed(machine: Machine, name: str) -> None:
    assert call(machine, name, 3, 0, 0) == ALLOW


@MACHINES
def test_memory_may_be_mapped_but_neither_executable_nor_shared(machine: Machine) -> None:
    read_write, private = 3, 0x22
    assert call(machine, "mmap", 0, 4096, read_write, private) == ALLOW
    assert call(machine, "mmap", 0, 4096, read_write | 4, private) == ERRNO | errno.EPERM
    assert call(machine, "mmap", 0, 4096, read_write, 0x21) == ERRNO | errno.EPERM
    assert call(machine, "mmap", 0, 4096, read_write, 0x03) == ERRNO | errno.EPERM
    assert call(machine, "mprotect", 0, 4096, read_write) == ALLOW
    assert call(machine, "mprotect", 0, 4096, 5) == ERRNO | errno.EPERM


@MACHINES
def test_a_signal_goes_to_itself_only(machine: Machine) -> None:
    assert call(machine, "tgkill", PID, PID, 6) == ALLOW
    assert call(machine, "tgkill", PID + 1, PID, 6) == ERRNO | errno.EPERM
    assert call(machine, "tgkill", 1, 1, 9) == ERRNO | errno.EPERM


@MACHINES
def test_limits_are_its_own_only(machine: Machine) -> None:
    assert call(machine, "prlimit64", 0, 9) == ALLOW
    assert call(machine, "prlimit64", 1, 9) == ERRNO | errno.EPERM


@MACHINES
def test_private_futexes_wait_and_wake_and_nothing_else(machine: Machine) -> None:
    for operation in (128, 129, 128 | 9, 128 | 10, 128 | 256 | 9):
        assert call(machine, "futex", 0, operation) == ALLOW
    for operation in (0, 1, 9, 10, 256 | 9, 3, 4, 5, 6, 11, 12, 128 | 6):
        assert call(machine, "futex", 0, operation) == ERRNO | errno.ENOSYS


@MACHINES
def test_files_and_threads_are_refused_without_ending_the_program(machine: Machine) -> None:
    assert call(machine, "openat", 0, 0) == ERRNO | errno.EACCES
    assert call(machine, "newfstatat", 0, 0) == ERRNO | errno.EACCES
    assert call(machine, "clone", 0x3D0F00) == ERRNO | errno.EPERM
    assert call(machine, "clone3", 0) == ERRNO | errno.ENOSYS
    assert call(machine, "ioctl", 1, 0x5401) == ERRNO | errno.ENOTTY


@MACHINES
def test_every_other_number_ends_the_program(machine: Machine) -> None:
    filter_ = build(machine, PID)
    known = set(machine.numbers.values()) - {machine.numbers["seccomp"]}
    for number in range(600):
        if number not in known:
            assert verdict(filter_, number, machine.audit_arch) == KILL_PROCESS


@MACHINES
def test_another_architecture_ends_the_program(machine: Machine) -> None:
    i386 = 0x40000003
    assert verdict(build(machine, PID), machine.numbers["read"], i386) == KILL_PROCESS


def test_the_x32_table_ends_the_program() -> None:
    assert verdict(build(X86_64, PID), 0x40000000 | X86_64.numbers["read"], X86_64.audit_arch) == KILL_PROCESS


@MACHINES
def test_the_filter_is_handed_over_as_the_kernel_reads_it(machine: Machine) -> None:
    instructions = build(machine, PID)
    program = FilterProgram.of(instructions)
    assert program.length == len(instructions)
    assert instructions[0].pack() == bytes([0x20, 0, 0, 0, 4, 0, 0, 0])
    assert max(max(i.if_true, i.if_false) for i in instructions) < 256


@pytest.mark.parametrize(("name", "machine"), [("x86_64", X86_64), ("aarch64", AARCH64), ("riscv64", None)])
def test_the_machine_is_known_by_its_name(name: str, machine: Machine | None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("platform.machine", lambda: name)
    assert this_machine() is machine
