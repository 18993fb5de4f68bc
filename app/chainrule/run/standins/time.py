"""`time`: a clock that is the same in each run, and goes on by what is asked of it.

It starts at one moment (START); each reading moves it by a millisecond, so that no measured time is zero, and ``sleep``
moves it without waiting. What a program measures with it says nothing of this machine.
"""

import time as real

__all__ = [
    *("asctime", "ctime", "gmtime", "localtime", "mktime", "monotonic", "monotonic_ns", "perf_counter"),
    *("perf_counter_ns", "process_time", "process_time_ns", "sleep", "strftime", "struct_time", "thread_time", "time"),
    "time_ns",
]

START = 1_767_225_600.0
"""The first moment of 2026, UTC [s since 1970]."""
TICK_NS = 1_000_000
"""How far each reading moves the clock [ns]."""

struct_time = real.struct_time
KINDS = (struct_time,)
"""Classes of others whose attributes a program may read."""
_passed = 0
"""How far the clock went since the program began [ns]."""


def renew() -> None:
    """Set the clock to its start."""
    global _passed
    _passed = 0


def perf_counter_ns() -> int:
    """Return how far the clock has come [ns], and move it."""
    global _passed
    _passed += TICK_NS
    return _passed


def perf_counter() -> float:
    """Return how far the clock has come [s], and move it."""
    return perf_counter_ns() / 1e9


monotonic_ns = process_time_ns = perf_counter_ns
monotonic = process_time = thread_time = perf_counter


def time_ns() -> int:
    """Return the moment [ns since 1970], and move the clock."""
    return int(START) * 10**9 + perf_counter_ns()


def time() -> float:
    """Return the moment [s since 1970], and move the clock."""
    return time_ns() / 1e9


def sleep(seconds: float) -> None:
    """Move the clock; nobody waits."""
    global _passed
    if seconds < 0:
        raise ValueError("sleep length must be non-negative")
    _passed += int(seconds * 1e9)


def gmtime(seconds: float | None = None) -> real.struct_time:
    """Return a moment as a calendar has it; here it is always UTC."""
    return real.gmtime(time() if seconds is None else seconds)


localtime = gmtime


def mktime(moment: real.struct_time) -> float:
    """Return the moment of a calendar's entry [s since 1970]."""
    return real.mktime(moment)


def strftime(form: str, moment: real.struct_time | None = None) -> str:
    """Return a moment in words."""
    return real.strftime(form, gmtime() if moment is None else moment)


def asctime(moment: real.struct_time | None = None) -> str:
    """Return a moment in words, as ``Thu Jan  1 00:00:00 2026``."""
    return real.asctime(gmtime() if moment is None else moment)


def ctime(seconds: float | None = None) -> str:
    """Return a moment in words, as `asctime` does."""
    return real.asctime(gmtime(seconds))
