"""All layers of a child in their order, each one reported."""

import ctypes
import os
import platform
from collections.abc import Callable
from dataclasses import dataclass

from chainrule.protocol.frames import Layer, SetupOrder
from chainrule.worker.confine import descriptors, identity, landlock, mappings
from chainrule.worker.confine.limits import address_space, set_limits
from chainrule.worker.confine.machine import this_machine
from chainrule.worker.confine.seccomp import FilterProgram, build
from chainrule.worker.confine.system import syscall

SECCOMP_SET_MODE_FILTER = 1  # Source: include/uapi/linux/seccomp.h

REQUIRED = frozenset({"descriptors", "rlimits", "no-new-privileges", "seccomp", "memory"})
"""Without one of these no stranger's program is run."""


class ConfinementError(Exception):
    """A required layer could not be put up."""


@dataclass(frozen=True, slots=True)
class Confinement:
    """What a child must know of where it stands."""

    keep: int
    """The descriptor of its socket."""
    parent: int
    """The process id of the zygote."""
    number: int = 0
    """How many children were forked before it."""
    folder: int = -1
    """A descriptor of the empty folder."""
    null: int = -1
    """A descriptor of /dev/null."""


def confine(order: SetupOrder, place: Confinement) -> list[Layer]:
    """Give up, for ever, whatever a program does not need.

    Raises:
        ConfinementError: a required layer is not to be had, and the order does not say to go on without.
    """
    size = address_space()  # while there is a /proc to read it from
    mapped = mappings.open_list()
    steps: dict[str, Callable[[], str]] = {
        "oom": descriptors.prefer_to_be_killed,
        "root-folder": lambda: identity.enter(place.folder),
        "descriptors": lambda: descriptors.close_all_but(place.keep, place.null, mapped),
        "user": lambda: identity.become_another_user(place.number),
        "capabilities": lambda: identity.drop_capabilities(platform.machine()),
        "parent-death": lambda: identity.die_with_parent(place.parent),
        "not-dumpable": identity.hide,
        "no-new-privileges": identity.gain_nothing,
        "landlock": _landlock,
        # After all that opens a descriptor, since it allows none.
        "rlimits": lambda: set_limits(order.read_limits(), size),
        "seccomp": _seccomp,
        # Last of all: from here on nothing that is not executable becomes so.
        "memory": lambda: mappings.refuse_written_code(mapped),
    }
    return [_put_up(name, step, order) for name, step in steps.items()]


def _put_up(name: str, step: Callable[[], str], order: SetupOrder) -> Layer:
    if name in order.without:
        return Layer(name=name, active=False, detail="switched off")
    try:
        return Layer(name=name, active=True, detail=step())
    except OSError as error:
        if name in REQUIRED and not order.insecure:
            raise ConfinementError(f"{name}: {error.strerror or error}") from error
        return Layer(name=name, active=False, detail=error.strerror or str(error))


def _landlock() -> str:
    abi = landlock.version()
    rules = landlock.ruleset(abi)
    descriptor = syscall(landlock.CREATE_RULESET, ctypes.byref(rules), landlock.size(abi), 0)
    try:
        syscall(landlock.RESTRICT_SELF, descriptor, 0)
    finally:
        os.close(descriptor)
    return f"version {abi}: no file{', no TCP' if abi >= landlock.TCP_SINCE else ''}"


def _seccomp() -> str:
    machine = this_machine()
    if machine is None:
        raise OSError(0, f"the system calls of {platform.machine()} are not known here")
    instructions = build(machine, os.getpid())
    program = FilterProgram.of(instructions)
    syscall(machine.numbers["seccomp"], SECCOMP_SET_MODE_FILTER, 0, ctypes.byref(program))
    return f"allow-list of {len(instructions)} instructions"
