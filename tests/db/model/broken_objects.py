"""Buckets of which one rule is lost."""

from __future__ import annotations

from tests.support.remote_objects import RemoteObjects


class LateObjects:
    """Objects are written while, or after, the transaction that refers to them is."""

    def __init__(self, objects: RemoteObjects) -> None:
        self._objects = objects

    def put(self, key: str, body: bytes) -> None:
        objects = self._objects
        objects.scheduler.spawn(lambda: objects.put(key, body), objects.random.uniform(0, 1))

    def get(self, key: str) -> bytes | None:
        return self._objects.get(key)


class OneObjectPerDocument:
    """Every version of a document uses the same object."""

    def __init__(self, objects: RemoteObjects) -> None:
        self._objects = objects

    def put(self, key: str, body: bytes) -> None:
        self._objects.put(key, body)
        self._objects.bodies |= {other: body for other in self._objects.bodies if _document(other) == _document(key)}

    def get(self, key: str) -> bytes | None:
        return self._objects.get(key)


def _document(key: str) -> str:
    return key.rpartition("/")[0]
