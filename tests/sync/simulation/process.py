"""A warm Lambda: one invocation at a time, a clock and caches of its own, and an end at any moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from shared.db.clock import Clock
from shared.db.database import Database
from shared.db.store import Store
from shared.push.mailbox import QueueMailbox
from shared.push.notices import Notices
from shared.push.sockets import GatewaySockets
from shared.push.subscriptions import Subscriptions
from shared.runtime.environment import Environment, use
from tests.support.scheduler import Scheduler, Task
from tests.support.stores import HashSigner
from tests.sync.simulation.door import Door
from tests.sync.simulation.gateway import ManagementClient
from tests.sync.simulation.queue import QueueClient

if TYPE_CHECKING:
    from tests.sync.simulation.world import World

R = TypeVar("R")

LIVES_S = 29.0
_STEPS = (15, 40, 120)
"""Whoever is to die does so before so many calls of doors; few invocations make more."""


class Killed(BaseException):
    """The process is gone; nothing that it still tries happens."""


class GreenMailbox(QueueMailbox):
    """Events in queues, whose batches green threads send."""

    scheduler: Scheduler

    @property
    def _pool(self) -> Any:
        return self

    def submit(self, send: Callable[..., None], *args: Any) -> Task[None]:
        return self.scheduler.spawn(partial(send, *args))


class Process:
    """One process of the deployment.

    Attributes:
        environment: what its functions work with.
        alive: whether it has not been killed.
    """

    aws_request_id = "01234567-89ab-cdef-0123-456789abcdef"

    def __init__(self, world: World, mortality: float) -> None:
        self.world = world
        self.alive = True
        self._crash = min(1.0, world.weather.crash * mortality)
        self.ends_ns = 0
        self._steps_left: int | None = None
        self._off_ns = int(world.random.uniform(-1, 1) * world.weather.skew_s * 1e9)
        clock = Clock(self._now_ns, self._sleep, world.random.randbytes)
        store = Store(world.breakage.door(Door(self)), world.objects, clock, HashSigner())
        queue = world.breakage.queue(QueueClient(self))
        gateway = world.breakage.gateway(ManagementClient(self))
        mailbox = GreenMailbox(lambda: queue, ("queue",))
        mailbox.scheduler = world.scheduler
        self.environment: Environment = replace(
            world.environment,
            database=Database(store, Notices(Subscriptions(store), mailbox).try_to_send),
            mailbox=mailbox,
            sockets=GatewaySockets(lambda: gateway, clock),
        )

    @property
    def store(self) -> Store:
        """Its doors to data."""
        return self.environment.database.store

    def invoke(self, work: Callable[[], R], lives_s: float = LIVES_S) -> R:
        """Run one invocation, which may end the process.

        Raises:
            Killed: it did.
        """
        world = self.world
        self.ends_ns = world.scheduler.now_ns + int(lives_s * 1e9)
        is_to_die = world.strikes(self._crash)
        self._steps_left = world.random.randrange(world.random.choice(_STEPS)) if is_to_die else None
        try:
            with use(self.environment):
                return work()
        except Killed:
            self.alive = False
            raise

    def get_remaining_time_in_millis(self) -> float:
        """Return the invocation's time that is left, as a Lambda's context does."""
        return (self.ends_ns - self.world.scheduler.now_ns) / 1e6

    def step(self) -> None:
        """Come to a call of a door, or back from it."""
        if not self.alive:
            raise Killed
        if self._steps_left is not None:
            self._steps_left -= 1
            if self._steps_left < 0:
                self.alive = False
                raise Killed

    def travel(self, most_s: float) -> None:
        """Let time pass on the way to something."""
        self.world.scheduler.wait(self.world.random.uniform(0, most_s))

    def _now_ns(self) -> int:
        return self.world.scheduler.now_ns + self._off_ns

    def _sleep(self, seconds: float) -> None:
        self.step()
        self.world.scheduler.wait(seconds)
        self.step()


class Fleet:
    """The processes of one function: as many as there are invocations at a time.

    Args:
        world: the world.
        mortality: how much more often than others they die.
    """

    def __init__(self, world: World, mortality: float = 1.0) -> None:
        self._world = world
        self._mortality = mortality
        self._idle: list[Process] = []

    def invoke(self, work: Callable[[Process], R], lives_s: float = LIVES_S) -> R:
        """Run `work` in a warm process, or in a new one when all are at work; errors as of `Process.invoke`."""
        process: Any = self._idle.pop() if self._idle else Process(self._world, self._mortality)
        try:
            result: R = process.invoke(lambda: work(process), lives_s)
            return result
        finally:
            if process.alive:
                self._idle.append(process)
