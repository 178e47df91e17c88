"""Buckets of which one rule is lost."""

from __future__ import annotations

from collections.abc import Sequence

from shared.bucket import Listing
from tests.support.remote_objects import RemoteObjects


class _Objects:
    """Objects of another bucket."""

    def __init__(self, objects: RemoteObjects) -> None:
        self._objects = objects

    def keep(self, key: str, body: bytes) -> bytes:
        return self._objects.keep(key, body)

    def get(self, key: str) -> bytes | None:
        return self._objects.get(key)

    def beginning(self, key: str, size_bytes: int) -> bytes | None:
        return self._objects.beginning(key, size_bytes)

    def page(self, after: str | None) -> Listing:
        return self._objects.page(after)

    def remove(self, keys: Sequence[str]) -> None:
        self._objects.remove(keys)


class LateObjects(_Objects):
    """Objects are written while, or after, the transaction that refers to them is."""

    def put(self, key: str, body: bytes) -> None:
        objects = self._objects
        objects.scheduler.spawn(lambda: objects.put(key, body), objects.random.uniform(0, 1))


class OneObjectPerDocument(_Objects):
    """Every version of a document uses the same object."""

    def put(self, key: str, body: bytes) -> None:
        self._objects.put(key, body)
        self._objects.bodies |= {other: body for other in self._objects.bodies if _document(other) == _document(key)}


def _document(key: str) -> str:
    return key.rpartition("/")[0]
