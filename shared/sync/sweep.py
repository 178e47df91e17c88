"""What has to happen to connections when nothing happens to them: Pings, expired identities, crashed actors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Literal

from shared.db.clock import Clock
from shared.db.engine import ConditionFailed
from shared.push.mailbox import Event, Mailbox
from shared.push.sockets import Gone, Sockets, Uncertain
from shared.sync.connection_rows import Summary
from shared.sync.connections import Connections
from shared.sync.protocol import PING

PASSES: Final = 3
PASS_MS: Final = 20_000.0
"""Passes begin this far apart; with the schedule's minute they never end."""

SILENCE_MS: Final = {"js": 25_000.0, "other": 5_000.0}
"""Who was last sent something longer ago is sent a Ping: JavaScript's client hears one every 45 s (it waits for
60 s), others every 25 s (they wait for 30 s)."""


@dataclass(frozen=True)
class Sweep:
    """Looks after all connections.

    Attributes:
        connections: their rows.
        sockets: where Pings are posted.
        mailbox: carries events to actors.
        clock: time.
    """

    connections: Connections
    sockets: Sockets
    mailbox: Mailbox
    clock: Clock

    def run(self, remaining_ms: Callable[[], float]) -> None:
        """Make the passes of a minute.

        Args:
            remaining_ms: how long this may take.
        """
        began_ms = self.clock.now_ms()
        for number in range(PASSES):
            wait_ms = began_ms + number * PASS_MS - self.clock.now_ms()
            if number and wait_ms > remaining_ms() - PASS_MS / 2:
                return
            self.clock.sleep(max(wait_ms, 0) / 1000)
            for summary in self.connections.summaries():
                self.look_after(summary)

    def look_after(self, connection: Summary) -> None:
        """Do what one connection needs."""
        now_ms = self.clock.now_ms()
        if connection.state == "busy" and connection.busy_until_ms < now_ms:
            self.connections.bury(connection.id, connection.gen)
            self.sockets.close(connection.id)
            return
        if connection.state == "dead":
            self.sockets.close(connection.id)
            self.connections.discard(connection.id)
            return
        if connection.identity_expires_at_s is not None and connection.identity_expires_at_s < now_ms / 1000:
            self._tell(connection, "expire", now_ms)
        if now_ms - connection.posted_ms >= SILENCE_MS[connection.family]:
            self._ping(connection, now_ms)

    def _ping(self, connection: Summary, now_ms: float) -> None:
        try:
            self.sockets.post(connection.id, PING)
            self.connections.posted(connection.id, now_ms)
        except Gone:
            self._tell(connection, "disconnect", now_ms)
        except (Uncertain, ConditionFailed):
            return  # a Ping may be missed: the next pass sends another

    def _tell(self, connection: Summary, kind: Literal["disconnect", "expire"], now_ms: float) -> None:
        self.mailbox.send([Event(connection.id, kind, str(int(now_ms)))])
