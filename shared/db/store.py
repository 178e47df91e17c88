"""What reading and writing need of the world, in one place."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

from shared.db.clock import Clock
from shared.db.content import Content, Objects
from shared.db.cursor import Signer
from shared.db.engine import Engine
from shared.db.readiness import Readiness
from shared.db.retry import RetryingEngine


@dataclass(frozen=True, eq=False, repr=False)
class Store:
    """The doors of the data layer.

    Attributes:
        door: DynamoDB.
        objects: the bucket of large fields.
        clock: time, sleep and randomness.
        signer: signs page cursors.
    """

    door: Engine
    objects: Objects
    clock: Clock
    signer: Signer
    readiness: Readiness = field(default_factory=Readiness)

    @cached_property
    def engine(self) -> Engine:
        """DynamoDB with reads that are repeated."""
        return RetryingEngine(self.door, self.clock)

    @cached_property
    def content(self) -> Content:
        """The large fields."""
        return Content(self.objects, self.engine, self.unique)

    def unique(self) -> str:
        """Return a new unique string that sorts by time."""
        return self.clock.commit_id(self.clock.timestamp())
