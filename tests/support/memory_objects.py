"""A bucket in memory."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shared.bucket import Listed, Listing


class MemoryObjects:
    """Objects by key.

    Args:
        now_ms: tells the time.

    Attributes:
        bodies: what is stored.
        written_ms: when.
        page_keys: how many objects a page holds.
    """

    def __init__(self, now_ms: Callable[[], float] = lambda: 0.0) -> None:
        self.bodies: dict[str, bytes] = {}
        self.written_ms: dict[str, float] = {}
        self.page_keys = 1000
        self._now_ms = now_ms

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key] = body
        self.written_ms[key] = self._now_ms()

    def keep(self, key: str, body: bytes) -> bytes:
        if key not in self.bodies:
            self.put(key, body)
        return self.bodies[key]

    def get(self, key: str) -> bytes | None:
        return self.bodies.get(key)

    def beginning(self, key: str, size_bytes: int) -> bytes | None:
        body = self.get(key)
        return None if body is None else body[:size_bytes]

    def page(self, after: str | None) -> Listing:
        keys = sorted(key for key in self.bodies if after is None or key > after)
        objects = [Listed(key, self.written_ms.get(key, 0.0)) for key in keys[: self.page_keys]]
        return Listing(objects, objects[-1].key if len(keys) > self.page_keys else None)

    def remove(self, keys: Sequence[str]) -> None:
        assert len(keys) <= 1000
        for key in keys:
            self.bodies.pop(key, None)
