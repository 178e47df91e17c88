"""The latest of many things, as many as there is room for."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """Values by key; those that were put first go first.

    Args:
        room: how much the weights of all values may come to.
    """

    def __init__(self, room: int) -> None:
        self._room = room
        self._left = room
        self._values: OrderedDict[K, tuple[V, int]] = OrderedDict()

    def put(self, key: K, value: V, weight: int = 1) -> None:
        """Keep a value, unless it alone takes more than the room there is."""
        self.pop(key)
        if weight > self._room:
            return
        self._values[key] = value, weight
        self._left -= weight
        while self._left < 0:
            _, (_, freed) = self._values.popitem(last=False)
            self._left += freed

    def get(self, key: K) -> V | None:
        """Return the value, or None: there was none, or it has gone."""
        found = self._values.get(key)
        return found[0] if found else None

    def pop(self, key: K) -> V | None:
        """Return the value and keep it no longer."""
        found = self._values.pop(key, None)
        if found is None:
            return None
        self._left += found[1]
        return found[0]

    def __len__(self) -> int:
        return len(self._values)
