"""A bucket that takes its time."""

from __future__ import annotations

import random

from tests.support.memory_objects import MemoryObjects
from tests.support.scheduler import Scheduler


class RemoteObjects(MemoryObjects):
    """Objects by key, on the other side of a network.

    Args:
        scheduler: lets time pass.
        random: draws how much.
        way_s: the longest time that a request or an answer takes.
    """

    def __init__(self, scheduler: Scheduler, random: random.Random, way_s: float) -> None:
        super().__init__()
        self.scheduler = scheduler
        self.random = random
        self._way_s = way_s

    def put(self, key: str, body: bytes) -> None:
        self._travel()
        super().put(key, body)
        self._travel()

    def get(self, key: str) -> bytes | None:
        self._travel()
        body = super().get(key)
        self._travel()
        return body

    def _travel(self) -> None:
        self.scheduler.wait(self.random.uniform(0, self._way_s))
