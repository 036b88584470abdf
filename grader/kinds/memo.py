"""What was worked out before in this run, kept within bounds: what was not asked for longest goes first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

Kept = TypeVar("Kept")


class BoundedMemo(Generic[Kept]):
    """Values by key. A value belongs here only if nothing but what its key holds has gone into it."""

    def __init__(self, max_values: int, max_size: int) -> None:
        """`max_size` bounds the sum of the sizes that `keep` is told, in whatever unit these are."""
        self._max_values = max_values
        self._max_size = max_size
        self._size = 0
        self._kept: OrderedDict[Hashable, tuple[Kept, int]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: Hashable) -> Kept | None:
        """The value of a key, None where it was never kept or has gone."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def keep(self, key: Hashable, value: Kept, size: int) -> None:
        """Keeps a value of some size; one that is larger than all there is room for is not kept."""
        if size > self._max_size:
            return
        self._size += size - self._kept.pop(key, (value, 0))[1]
        self._kept[key] = value, size
        while len(self._kept) > self._max_values or self._size > self._max_size:
            _, (_, freed) = self._kept.popitem(last=False)
            self._size -= freed

    def close(self) -> None:
        """Forgets everything."""
        self._kept.clear()
        self._size = 0
