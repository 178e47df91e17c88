"""A bucket in memory."""

from __future__ import annotations


class MemoryObjects:
    """Objects by key."""

    def __init__(self) -> None:
        self.bodies: dict[str, bytes] = {}

    def put(self, key: str, body: bytes) -> None:
        self.bodies[key] = body

    def get(self, key: str) -> bytes | None:
        return self.bodies.get(key)
