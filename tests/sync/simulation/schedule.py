"""What comes by the clock: the sweep of every slot."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from shared.sync.slots import SLOT_S, Part
from shared.sync.sweep import Sweep
from tests.sync.simulation.process import Fleet, Killed, Process

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

_LATE_S = 3.0
"""How long after its slot has begun a sweep begins at most."""


class Schedule:
    """Invokes the sweep until the world ends."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._fleet = Fleet(world)

    def run(self) -> None:
        """Sweep, once in a slot; to be run as a green thread."""
        scheduler = self._world.scheduler
        while not self._world.over:
            now_s = scheduler.now_ns / 1e9
            slot = int(now_s) // SLOT_S
            scheduler.spawn(partial(self._sweep, slot), self._world.random.uniform(0, _LATE_S))
            scheduler.wait((slot + 1) * SLOT_S - now_s + 1e-3)

    def _sweep(self, slot: int) -> None:
        def look(process: Process) -> None:
            here = process.environment
            Sweep(process.store, here.sockets, here.mailbox).run(Part(slot, 0, 1))

        try:
            self._fleet.invoke(look)
        except Killed:
            return
        except Exception as error:  # noqa: BLE001 - a scheduled function may fail; the next one comes
            if self._world.now_s > self._world.calm_s + _LATE_S + 10:
                self._world.blame(f"the sweep raised {error!r}")
