"""Soft limits of a running program: an exception is raised in it, so that the graph so far is still answered."""

import resource
import signal
import sys
from collections.abc import Callable, Collection
from types import CodeType, FrameType
from typing import TypeVar

T = TypeVar("T")

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


def run_within(wall_seconds: float, cpu_seconds: float, body: Callable[[], T], spared: Collection[CodeType] = ()) -> T:
    """Call a function, and raise LimitReached in it once the wall or processor time is over.

    The exception is raised again and again until the function is left, and only below its frame: whatever runs
    afterwards, the caller's handlers among it, is never interrupted. Where another exception comes out once the limit
    was met, it came of the interruption. Two interval timers of the process are used, so calls do not nest; their
    handlers are put back at the end.

    Args:
        wall_seconds: how long it may take [s].
        cpu_seconds: how much processor time it may take [s].
        body: what to do.
        spared: code that would leave things half done: while it runs, the limit waits for the next time.

    Returns:
        What the function returned.

    Raises:
        LimitReached: the time was over.
        BaseException: whatever the function raises.
    """
    below: list[FrameType] = []
    met: list[str] = []

    def marked() -> T:
        below.append(sys._getframe())
        return body()

    def reached(number: int, frame: FrameType | None) -> None:
        while frame is not None and frame.f_code not in spared:
            if below and frame is below[0]:
                met.append("wall_seconds" if number == signal.SIGALRM else "cpu_seconds")
                raise LimitReached(met[0])
            frame = frame.f_back

    before = {number: signal.signal(number, reached) for number in (signal.SIGALRM, signal.SIGPROF)}
    try:
        signal.setitimer(signal.ITIMER_REAL, wall_seconds, REPEAT_SECONDS)
        signal.setitimer(signal.ITIMER_PROF, cpu_seconds, REPEAT_SECONDS)
        return marked()
    except LimitReached:
        raise
    except BaseException as error:
        if not met:
            raise
        raise LimitReached(met[0]).with_traceback(error.__traceback__) from error
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.setitimer(signal.ITIMER_PROF, 0)
        for number, handler in before.items():
            signal.signal(number, handler)
        below.clear()  # a frame that is held holds all that the program made


def is_out_of_memory(error: BaseException) -> bool:
    """Return whether an exception says that memory could not be had."""
    if isinstance(error, MemoryError):
        return True
    return isinstance(error, RuntimeError) and any(words in str(error) for words in ALLOCATION_FAILED)


def use_time_reserve() -> None:
    """Let the answer of a program use the processor time that lies between the soft and the hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (hard, hard))


def use_memory_reserve() -> None:
    """Let the answer of a program that ran out of memory use what lies between the soft and the hard limit."""
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (hard, hard))
