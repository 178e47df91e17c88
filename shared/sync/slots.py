"""When connections are looked after: in slots of 20 s since the epoch, each in some parts that run side by side.

A clock strikes once a minute, not to the second. It has the slots of the minute after put off until they begin, so
it may be late.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from math import ceil
from typing import Final, NamedTuple

from shared.push.delays import Delayed, Delays

SLOT_S: Final = 20
LATE_S: Final = 15
"""A part that begins later after its slot did is left out: the next slot comes soon enough."""

_MINUTE_S: Final = 60


class Part(NamedTuple):
    """A share of a slot's work.

    Attributes:
        slot: the number of slots since the epoch.
        segment: which share, from 0.
        of: how many shares there are.
    """

    slot: int
    segment: int
    of: int

    def body(self) -> str:
        """Return the queue's message."""
        return json.dumps(self._asdict(), separators=(",", ":"))

    @staticmethod
    def read(body: str) -> Part:
        """Return the part that a queue's message is about."""
        return Part(**json.loads(body))

    def is_late(self, now_s: float) -> bool:
        """Tell whether it is too late for this part."""
        return now_s - self.slot * SLOT_S > LATE_S


def put_off(struck: str, now_s: float, of: int, delays: Delays) -> None:
    """Put the slots of the next minute off until they begin.

    Args:
        struck: the time at which the clock was to strike, in ISO format.
        now_s: the time, in s since the epoch.
        of: how many parts a slot has.
        delays: where messages wait.
    """
    delays.send(_parts_after(datetime.fromisoformat(struck).timestamp(), now_s, of))


def _parts_after(struck_s: float, now_s: float, of: int) -> Iterator[Delayed]:
    begin_s = (int(struck_s) // _MINUTE_S + 1) * _MINUTE_S
    for slot in range(begin_s // SLOT_S, (begin_s + _MINUTE_S) // SLOT_S):
        delay_s = max(0, ceil(slot * SLOT_S - now_s))
        for segment in range(of):
            yield Delayed(Part(slot, segment, of).body(), delay_s)
