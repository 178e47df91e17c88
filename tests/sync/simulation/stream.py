"""The stream of commits: tells of each, late, perhaps twice, and again until it has been taken."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from shared.db.engine import Item
from shared.db.marshal import from_item
from shared.sync.commits import announce
from tests.sync.simulation.process import Fleet, Killed, Process

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

_TOGETHER = 0.3
"""The probability that a commit is told of together with the one before."""
_AGAIN_S = 1.0
_ATTEMPTS = 10


class Stream:
    """Invokes the function that announces commits."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._fleet = Fleet(world)
        self._next: list[dict[str, Any]] = []

    def tell(self, commit: Item) -> None:
        """Take a new row of the table of commits."""
        dice, weather = self._world.random, self._world.weather
        record = {"eventName": "INSERT", "dynamodb": {"NewImage": from_item(commit)}}
        if self._next and dice.random() < _TOGETHER:
            self._next.append(record)
            return
        batch = self._next = [record]
        for _ in range(2 if self._world.strikes(weather.stream_doubled) else 1):
            self._world.scheduler.spawn(partial(self._announce, batch), dice.uniform(0, weather.stream_s))

    def _announce(self, batch: list[dict[str, Any]]) -> None:
        if self._next is batch:
            self._next = []

        def work(process: Process) -> None:
            announce({"Records": batch}, process.environment)

        for _ in range(_ATTEMPTS):
            try:
                self._fleet.invoke(work)
            except (Exception, Killed):  # noqa: BLE001 - whatever it is, the batch is delivered again
                self._world.scheduler.wait(_AGAIN_S)
            else:
                return
        self._world.blame(f"{len(batch)} changes were not announced in {_ATTEMPTS} attempts")
