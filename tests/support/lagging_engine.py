"""A DynamoDB in memory whose indexes lag, each entry for its own time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from heapq import heappop, heappush

from shared.db.engine import Item
from shared.schema.table import SecondaryIndex, Table
from tests.support.memory_engine import MemoryEngine, Place, Rows


@dataclass
class _Backlog:
    """What one index does not show yet: (when, order, place, entry), and when each place is up to date."""

    due: list[tuple[int, int, Place, Item | None]] = field(default_factory=list)
    settled_ns: dict[Place, int] = field(default_factory=dict)
    order: int = 0


class LaggingEngine(MemoryEngine):
    """Shows each change of an index entry later; the changes of one entry stay in order.

    Args:
        now_ns: the time, ns.
        lag_ns: draws how long one change takes to become visible, ns.
    """

    def __init__(self, now_ns: Callable[[], int], lag_ns: Callable[[], int]) -> None:
        super().__init__()
        self._now_ns = now_ns
        self._lag_ns = lag_ns
        self._backlogs: dict[tuple[str, str], _Backlog] = {}

    def visible(self, table: Table, index: SecondaryIndex) -> Rows:
        entries = super().visible(table, index)
        due = self._backlog(table, index).due
        while due and due[0][0] <= self._now_ns():
            _, _, place, entry = heappop(due)
            if entry is None:
                entries.pop(place, None)
            else:
                entries[place] = entry
        return entries

    def index_changed(self, table: Table, index: SecondaryIndex, place: Place, entry: Item | None) -> None:
        backlog = self._backlog(table, index)
        visible_ns = max(self._now_ns() + self._lag_ns(), backlog.settled_ns.get(place, 0))
        backlog.settled_ns[place] = visible_ns
        backlog.order += 1
        heappush(backlog.due, (visible_ns, backlog.order, place, entry))

    def catch_up(self) -> None:
        """Let every index show everything now."""
        for label, backlog in self._backlogs.items():
            entries = self.indexes.setdefault(label, {})
            for _, _, place, entry in sorted(backlog.due, key=lambda change: change[:2]):
                if entry is None:
                    entries.pop(place, None)
                else:
                    entries[place] = entry
            backlog.due.clear()
            backlog.settled_ns.clear()

    def _backlog(self, table: Table, index: SecondaryIndex) -> _Backlog:
        return self._backlogs.setdefault((table.name, index.name), _Backlog())
