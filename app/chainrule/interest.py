"""Whether anybody still waits for what is being done.

Work in a thread cannot be cancelled, so it asks from time to time.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from threading import Lock


class NobodyWaitsError(Exception):
    """Work was stopped, because whoever wanted it is gone; nobody is there to read this."""


class Interest:
    """Says whether a piece of work is still wanted; safe to use from many threads.

    >>> interest, told = Interest(), []
    >>> with interest.calling(lambda: told.append("gone")):
    ...     interest.lose()
    >>> told, interest.lost
    (['gone'], True)
    """

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: list[Callable[[], object]] = []
        self.lost = False
        """Whether nobody waits any more."""

    def lose(self) -> None:
        """Say that nobody waits any more."""
        with self._lock:
            self.lost = True
            for call in self._calls:
                call()

    @contextmanager
    def calling(self, call: Callable[[], object]) -> Iterator[None]:
        """Have something called at once when interest is lost meanwhile: what stops work that cannot ask itself."""
        with self._lock:
            if self.lost:
                raise NobodyWaitsError
            self._calls.append(call)
        try:
            yield
        finally:
            with self._lock:
                self._calls.remove(call)


_ALWAYS = Interest()
INTEREST: ContextVar[Interest] = ContextVar("interest", default=_ALWAYS)
"""In the work that is under way: threads that do a part of it have the same."""


def go_on() -> None:
    """Return where somebody still waits for the work under way.

    Raises:
        NobodyWaitsError: nobody does.
    """
    if INTEREST.get().lost:
        raise NobodyWaitsError
