"""What has to happen to connections when nothing happens to them: Pings, expired identities, crashed actors, audits.

Which connections a slot looks after follows from their numbers and the slot's, so nothing has to be noted:

every slot        Pings of clients that wait for 30 s, such as Python's
every other slot  Pings of JavaScript's clients, which wait for 60 s; identities that have expired
every 30th        a look at the main row: who is busy for longer than an actor lives is ended
by setting        a look by the actor itself at whether the client was told what is true
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Final, Literal

from shared.auth.identity import has_expired
from shared.db.engine import Key
from shared.db.store import Store
from shared.push.mailbox import Event, Mailbox
from shared.push.sockets import Gone, Sockets, Uncertain
from shared.schema.platform import CONNECTIONS
from shared.sync.connection_rows import MAIN, Claimed, read_claimed
from shared.sync.connections import Connections
from shared.sync.messages import PING
from shared.sync.shards import SHARDS, Entry, entries
from shared.sync.slots import SLOT_S, Part

LOOK_SLOTS: Final = 30
"""Ten minutes. An actor's crash shows at once when its events come again; this is for when they do not."""

_ROWS_AT_ONCE: Final = 100
"""BatchGetItem's limit."""


@dataclass(frozen=True)
class Sweep:
    """Looks after all connections.

    Attributes:
        store: the database.
        sockets: where Pings are posted.
        mailbox: carries events to actors.
        audit_minutes: how often each connection is audited, or 0: never.
    """

    store: Store
    sockets: Sockets
    mailbox: Mailbox
    audit_minutes: int = 0

    def run(self, part: Part) -> bool:
        """Look after a part of the connections; return whether it was not too late for that."""
        if part.is_late(self.store.clock.now_ms() / 1000):
            return False
        begin, begun, looked_at = self.store.engine.begin, list[Future[None]](), list[str]()
        try:
            for entry in self._found(part):
                begun.append(begin(partial(self._look_after, entry, part.slot)))
                if _is_due(entry, part.slot, LOOK_SLOTS):
                    looked_at.append(entry.id)
            begun += [begin(partial(self._end, crashed)) for crashed in self._crashed(looked_at)]
        finally:
            failed = list(_failures(begun))
        if failed:
            raise failed[0]
        return True

    def _found(self, part: Part) -> Iterator[Entry]:
        """Return the connections that this part is about, the impatient first."""
        numbers = range(part.segment, SHARDS, part.of)
        engine = self.store.engine
        return chain(
            chain.from_iterable(entries(engine, "other", number) for number in numbers),
            chain.from_iterable(entries(engine, "js", number) for number in numbers if number % 2 == part.slot % 2),
        )

    def _look_after(self, entry: Entry, slot: int) -> None:
        expires_at_s = entry.identity_expires_at_s
        if expires_at_s and has_expired(expires_at_s, self.store.clock.now_ms() / 1000):
            self._tell(entry, "expire", slot)
        if self.audit_minutes and _is_due(entry, slot, self.audit_minutes * 60 // SLOT_S):
            self._tell(entry, "audit", slot)
        self._ping(entry, slot)

    def _ping(self, entry: Entry, slot: int) -> None:
        for _ in range(2):  # a Ping may come twice, but should come
            try:
                self.sockets.post(entry.id, PING)
            except Gone:
                self._tell(entry, "disconnect", slot)
            except Uncertain:
                continue
            return

    def _tell(self, entry: Entry, kind: Literal["audit", "disconnect", "expire"], slot: int) -> None:
        self.mailbox.send([Event(entry.id, kind, str(slot))])

    def _crashed(self, connections: Sequence[str]) -> Iterator[Claimed]:
        now_ms = self.store.clock.now_ms()
        for start in range(0, len(connections), _ROWS_AT_ONCE):
            keys = [Key(CONNECTIONS, id, MAIN) for id in connections[start : start + _ROWS_AT_ONCE]]
            claims = map(read_claimed, self.store.engine.batch_get(keys))
            yield from (claimed for claimed in claims if claimed and claimed.until_ms < now_ms)

    def _end(self, crashed: Claimed) -> None:
        """End a connection; should it not close, its client hears no more Pings and gives up."""
        Connections(self.store).bury(crashed.id, crashed.gen)
        self.sockets.close(crashed.id)


def _failures(begun: Iterable[Future[None]]) -> Iterator[Exception]:
    """Wait for all and return what went wrong."""
    for future in begun:
        try:
            future.result()
        except Exception as error:  # noqa: BLE001 - one connection's trouble is not to be the others'
            yield error


def _is_due(entry: Entry, slot: int, every: int) -> bool:
    """Tell whether this is the slot, of so many, in which something is done to a connection."""
    return entry.number % every == slot % every
