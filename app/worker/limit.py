"""Soft limits of a running program: an exception is raised in it, so that the graph so far is still answered."""

import resource
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

REPEAT_SECONDS = 0.05
"""How soon a program that catches the exception meets it again [s]."""

ALLOCATION_FAILED = ("can't allocate memory", "not enough memory", "std::bad_alloc", "Cannot allocate memory")
"""What torch says when an allocation fails; it raises RuntimeError for it."""


class LimitReached(BaseException):  # a limit, and no Exception: `except Exception` must not hold it up
    """A soft limit of the running program."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name
        """The field of Limits that was reached."""


@contextmanager
def deadlines(wall_seconds: float, cpu_seconds: float) -> Iterator[None]:
    """Raise LimitReached in the main thread once the wall or processor time is over.

    Two interval timers of the process are used; their handlers are put back at the end.
    """
    armed = True

    def reached(number: int, frame: FrameType | None) -> None:
        if armed:
            raise LimitReached("wall_seconds" if number == signal.SIGALRM else "cpu_seconds")

    before = {number: signal.signal(number, reached) for number in (signal.SIGALRM, signal.SIGPROF)}
    try:
        signal.setitimer(signal.ITIMER_REAL, wall_seconds, REPEAT_SECONDS)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds, REPEAT_SECONDS)
        yield
    finally:
        while armed:
            try:
                armed = False
            except LimitReached:  # a timer fired on the way here: the program is over either way
                continue
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, handler in before.items():
            signal.signal(number, handler)


def is_out_of_memory(error: BaseException) -> bool:
    """Tell whether an exception says that memory could not be had."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in ALLOCATION_FAILED)


def use_memory_reserve() -> None:
    """Let the answer of a program that ran out of memory use what lies between the soft and the hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
