"""The resource limits that the kernel keeps for a child."""

import resource
from math import ceil

from chainrule.limits import Limits

MEMORY_RESERVE_BYTES = 256 * 2**20
"""What a program that ran out of memory may still use for its answer [bytes]."""
CPU_GRACE_SECONDS = 2
"""Processor time for the operation in whose middle a program used all of its own: it ends when that does [s]."""
STACK_BYTES = 8 * 2**20
"""Stack of the one thread [bytes]."""


def set_limits(limits: Limits, size: int) -> str:
    """Set every limit that holds something back.

    Args:
        limits: what the program may use.
        size: the address space that the child had before it [bytes].
    """
    soft = size + limits.memory_bytes
    cpu = int(limits.cpu_seconds) + CPU_GRACE_SECONDS
    wanted = {
        resource.RLIMIT_AS: (soft, soft + MEMORY_RESERVE_BYTES),
        resource.RLIMIT_CPU: (cpu, cpu + ceil(limits.answer_seconds)),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_NOFILE: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_STACK: (STACK_BYTES, STACK_BYTES),
    }
    for which, pair in wanted.items():
        resource.setrlimit(which, pair)
    return f"address space {size // 2**20} MB + {limits.memory_bytes // 2**20} MB, processor {cpu} s"


def address_space() -> int:
    """Return the size of this process's address space [bytes]."""
    with open("/proc/self/statm") as statm:
        return int(statm.read().split()[0]) * resource.getpagesize()
