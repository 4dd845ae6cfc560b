"""Recent: results kept while they fit a budget of bytes; the least recently used leaves first. Threads may share it."""

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Recent(Generic[Key, Value]):
    """Values by key. The newest is kept even where it alone is larger than the budget."""

    def __init__(self, budget: int) -> None:
        """``budget`` is in bytes."""
        self._budget = budget
        self._kept: OrderedDict[Key, tuple[Value, int]] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Value | None:
        """The value of a key, which counts as used now, or None."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key][0]

    def put(self, key: Key, value: Value, size: int) -> None:
        """Keep a value of so many bytes, and drop the least recently used ones until all fit."""
        with self._lock:
            self._kept[key] = value, size
            self._kept.move_to_end(key)
            while len(self._kept) > 1 and sum(each for _, each in self._kept.values()) > self._budget:
                self._kept.popitem(last=False)

    @property
    def kept(self) -> list[Key]:
        """The keys, the least recently used first."""
        with self._lock:
            return list(self._kept)

    @property
    def bytes(self) -> int:
        """The bytes of all values kept."""
        with self._lock:
            return sum(each for _, each in self._kept.values())
