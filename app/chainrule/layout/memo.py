"""A bounded memory, safe to use from many threads: what was not asked for longest goes first."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Memo(Generic[T]):
    """Keeps the last results under their keys."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._items: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = threading.Lock()
        self.made = 0
        """How often something was not there and was made."""

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return what is kept under a key, or make it and keep it; what ``make`` raises goes through."""
        with self._lock:
            if key in self._items:
                self._items.move_to_end(key)
                return self._items[key]
            self.made += 1
        item = make()
        with self._lock:
            self._items[key] = item
            while len(self._items) > self._most:
                self._items.popitem(last=False)
        return item
