"""A deployment whose process dies at its n-th effect on the outside, before or after it has happened."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, TypeVar

from shared.archive.deployment import Deployment
from shared.db.engine import Operation
from shared.db.store import Store
from tests.archive.sample import Place
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects

T = TypeVar("T")


class Died(Exception):
    """The process is gone."""


class Fuse:
    """Lets a number of effects happen, and then none.

    Attributes:
        effects: how many there have been.
    """

    def __init__(self, random: random.Random, effects: float = float("inf")) -> None:
        self.effects = 0
        self._most = effects
        self._random = random

    def burn(self, effect: Callable[[], None]) -> None:
        """Let an effect happen, or die."""
        self.effects += 1
        if self.effects > self._most:
            raise Died
        if self.effects == self._most and self._random.random() < 0.5:
            raise Died
        effect()
        if self.effects == self._most:
            raise Died


class _Late(Future[T]):
    """Does nothing before somebody waits for it."""

    def __init__(self, work: Callable[[], T]) -> None:
        super().__init__()
        self._work = work

    def result(self, timeout: float | None = None) -> T:
        if not self.done():
            self.set_result(self._work())
        return super().result(timeout)


class _Engine(MemoryEngine):
    def __init__(self, real: MemoryEngine, fuse: Fuse) -> None:
        super().__init__()
        self.tables, self.indexes = real.tables, real.indexes
        self._fuse = fuse

    def begin(self, read: Callable[[], T]) -> Future[T]:
        return _Late(read)

    def write(self, operation: Operation) -> None:
        self._fuse.burn(lambda: super(_Engine, self).write(operation))

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self._fuse.burn(lambda: super(_Engine, self).transact(operations, token))


class _Objects(MemoryObjects):
    def __init__(self, real: MemoryObjects, fuse: Fuse) -> None:
        super().__init__()
        self.bodies = real.bodies
        self._fuse = fuse

    def put(self, key: str, body: bytes) -> None:
        self._fuse.burn(lambda: super(_Objects, self).put(key, body))


class _Storage:
    def __init__(self, real: Any, fuse: Fuse) -> None:
        self._real = real
        self._fuse = fuse

    def put(self, uuid: str, body: Any, stored: Any) -> None:
        self._fuse.burn(lambda: self._real.put(uuid, body, stored))

    def head(self, uuid: str) -> Any:
        return self._real.head(uuid)


def mortal(place: Place, fuse: Fuse) -> Deployment:
    """Return the deployment as a process sees it that dies when the fuse is burnt."""
    assert isinstance(place.store.objects, MemoryObjects)
    store = Store(
        _Engine(place.engine, fuse), _Objects(place.store.objects, fuse), place.store.clock, place.store.signer
    )
    return Deployment("test", store, _Storage(place.deployment.storage, fuse))  # type: ignore[arg-type]  # as much of it as is called
