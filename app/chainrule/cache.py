"""A bounded memory for answers: the least recently used goes first, counted in bytes."""

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Value = TypeVar("Value")


class ByteCache(Generic[Value]):
    """Keeps values until their sizes together pass a bound."""

    def __init__(self, capacity_bytes: int) -> None:
        self._capacity = capacity_bytes
        self._entries: OrderedDict[Hashable, tuple[Value, int]] = OrderedDict()
        self.size_bytes = 0
        self.hits = 0
        self.misses = 0

    def __len__(self) -> int:
        return len(self._entries)

    def get(self, key: Hashable) -> Value | None:
        """Return the value kept under ``key`` and make it the most recently used, or None."""
        entry = self._entries.get(key)
        if entry is None:
            self.misses += 1
            return None
        self.hits += 1
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: Hashable, value: Value, size_bytes: int) -> None:
        """Keep ``value``, letting go of the oldest; a value over the whole capacity is not kept."""
        previous = self._entries.pop(key, None)
        if previous is not None:
            self.size_bytes -= previous[1]
        if size_bytes > self._capacity:
            return
        self._entries[key] = (value, size_bytes)
        self.size_bytes += size_bytes
        while self.size_bytes > self._capacity:
            _, (_, freed) = self._entries.popitem(last=False)
            self.size_bytes -= freed
