"""How much there is of something, against what one owner may have of it.

Nothing is kept for this: a process looks at the index that lists what there is, whose entries carry keys only, and
trusts what it has found for some minutes, plus what it has added itself. So it is right after deletions, imports and
restores without anybody's help, and transactions do not meet at a counter. The price is that a limit may be passed,
by `TRUSTED` for each process that adds at the same time.

It decides nothing that has to hold: a refusal here is no less right because a moment later there is room.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from shared.db.engine import Item, Query
from shared.db.ranges import Range, range_of
from shared.db.store import Store
from shared.errors import LimitReached, RateLimited
from shared.limit_settings import Limits
from shared.limits.allowances import Allowances
from shared.schema.index import BoundIndex

TRUSTED: Final = 100
"""How many a process adds before it looks again."""
_TRUSTED_MS: Final = 600_000.0
_FULL_MS: Final = 10_000.0
"""How long a process believes that there is no room."""
_MOST_REMEMBERED: Final = 10_000
_MB: Final = 1_000_000


@dataclass
class _Measure:
    """What was found.

    Attributes:
        amount: how much there was.
        at_ms: when, in ms since the epoch.
        added: how much this process has added since.
        times: how often.
    """

    amount: float
    at_ms: float
    added: float = 0
    times: int = 0


class Usage:
    """Measures what owners have.

    Args:
        store: the database and the clock.
        limits: how much they may have.
        allowances: count what is not measured, since nothing lists it yet.
    """

    def __init__(self, store: Store, limits: Limits, allowances: Allowances) -> None:
        self._store = store
        self.limits = limits
        self._allowances = allowances
        self._measures: dict[str, _Measure] = {}

    def require_room(self, index: BoundIndex[Any], what: str, most: int, **fields: Any) -> None:
        """Return if one more document may be added to a range, and count it.

        Args:
            index: lists what there is.
            what: what that is, for the message.
            most: how many there may be; 0: any number.
            fields: fix the range.

        Raises:
            LimitReached: there are too many.
        """
        if most and not self._add(range_of(index, fields), 1, most, size=None):
            raise LimitReached(f"There are at most {most:,} {what}. Delete some to make room.")

    def require_bytes(self, index: BoundIndex[Any], size: float, most_mb: int, **fields: Any) -> None:
        """Return if a document of `size` bytes may be added to a range that is ordered by size, and count it.

        Args:
            index: lists what there is, by size.
            size: of what is added.
            most_mb: how many millions of bytes there may be; 0: any number.
            fields: fix the range.

        Raises:
            LimitReached: they are too many.
        """
        if most_mb and not self._add(range_of(index, fields), size, most_mb * _MB, size=index.sort[0]):
            raise LimitReached(f"Your uploads come to at most {most_mb:,} MB. Delete some to make room.")

    def announce(self, who: str, size: float) -> None:
        """Count a large upload that somebody begins, which may take its place before anything lists it.

        Raises:
            LimitReached: they have announced too much today. What is recorded of a call says so for good.
        """
        try:
            self._allowances.spend("announced_mb", who, math.ceil(size / _MB))
        except RateLimited as refused:
            raise LimitReached(refused.message) from None

    def _add(self, range_: Range, amount: float, most: int, *, size: str | None) -> bool:
        now_ms = self._store.clock.now_ms()
        measure = self._measures.get(range_.name)
        if measure is None or self._is_stale(measure, now_ms, full=measure.amount + measure.added + amount > most):
            if len(self._measures) >= _MOST_REMEMBERED:
                self._measures.clear()
            measure = self._measures[range_.name] = _Measure(self._measured(range_, most, size), now_ms)
        if measure.amount + measure.added + amount > most:
            return False
        measure.added += amount
        measure.times += 1
        return True

    def _is_stale(self, measure: _Measure, now_ms: float, *, full: bool) -> bool:
        trusted_ms = _FULL_MS if full and not measure.added else 0.0 if full else _TRUSTED_MS
        return measure.times >= TRUSTED or now_ms - measure.at_ms >= trusted_ms

    def _measured(self, range_: Range, most: int, size: str | None) -> float:
        """Return how much the index lists, or the first that is too much."""
        amount = 0.0
        for entries in self._pages(range_):
            amount += len(entries) if size is None else sum(float(entry[size]) for entry in entries)
            if amount > most:
                break
        return amount

    def _pages(self, range_: Range) -> Iterable[list[Item]]:
        index, start = range_.index, None
        while True:
            query = Query(index.document.table(), range_.values, index.secondary_index(), start_key=start)
            page = self._store.engine.query(query)
            yield page.items
            start = page.next_key
            if start is None:
                return
