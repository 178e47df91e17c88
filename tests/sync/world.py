"""A world in which actors are killed at any moment, frames overtake each other and posts get lost."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from typing import Any

from shared.db.engine import Operation
from shared.push.mailbox import Event
from shared.push.sockets import Gone, Uncertain
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_mailbox import MemoryMailbox
from tests.support.memory_sockets import MemorySockets


class Killed(BaseException):
    """The process has ended; nothing that it still tries happens."""


class Fate:
    """Decides what goes wrong.

    Attributes:
        calm: nothing goes wrong any more.
        dead: the process has been killed.
    """

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.calm = False
        self.dead = False

    def may_kill(self, share: float = 0.01) -> None:
        """Kill the process, sometimes."""
        if self.dead or (not self.calm and self.chance.random() < share):
            self.dead = True
            raise Killed


class MortalEngine(MemoryEngine):
    """A database whose callers may be killed before and after each write."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def write(self, operation: Operation) -> None:
        self._fate.may_kill()
        super().write(operation)
        self._fate.may_kill()

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        self._fate.may_kill(0.03)
        super().transact(operations, token)
        self._fate.may_kill(0.03)


class MortalSockets(MemorySockets):
    """Sockets whose posts get lost, or arrive and seem to be lost."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def post(self, connection: str, text: str) -> None:
        self._fate.may_kill()
        if not self._fate.calm and self._fate.chance.random() < 0.01:
            raise Uncertain("lost")
        if connection in self.closed:
            raise Gone
        super().post(connection, text)
        self._fate.may_kill()
        if not self._fate.calm and self._fate.chance.random() < 0.01:
            raise Uncertain("its answer was lost")

    def close(self, connection: str) -> None:
        self._fate.may_kill()
        super().close(connection)


class MortalMailbox(MemoryMailbox):
    """Queues that deliver connections in any order, each connection's events in their own, and some of them twice."""

    def __init__(self, fate: Fate) -> None:
        super().__init__()
        self._fate = fate

    def send(self, events: Iterable[Event]) -> None:
        for event in events:
            self._fate.may_kill()
            super().send([event])

    def take(self, most: int = 10) -> list[dict[str, Any]]:
        groups = sorted({record["attributes"]["MessageGroupId"] for record in self.waiting})
        chosen = self._fate.chance.choice(groups)
        records = [record for record in self.waiting if record["attributes"]["MessageGroupId"] == chosen]
        taken = records[: self._fate.chance.randint(1, most)]
        self.waiting = [record for record in self.waiting if record not in taken]
        return taken

    def give_back(self, records: list[dict[str, Any]]) -> None:
        """Deliver again what was not acknowledged."""
        self.waiting = [*records, *self.waiting]
