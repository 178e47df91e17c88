"""How many connections there are, and what they watch, counted for administrators."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from shared.db.engine import Engine, Item
from shared.schema.platform import CONNECTIONS, SUBSCRIPTIONS
from shared.schema.table import Table
from shared.sync.connection_rows import MAIN

_MOST_PAGES: Final = 50
"""Of 1 MB; a deployment that is larger is told in part."""


def census(engine: Engine) -> dict[str, Any]:
    """Return how many sockets are open, of which clients, and how many live queries and subscriptions they have.

    `complete` tells whether all rows were counted.
    """
    connections, subscriptions = _Rows(engine, CONNECTIONS), _Rows(engine, SUBSCRIPTIONS)
    families: Counter[str] = Counter()
    queries = 0
    for row in connections:
        if row["row"] == MAIN:
            families[row["family"]] += row.get("state") != "dead"
        queries += row["row"].startswith("query/")
    subscribed = sum(1 for _ in subscriptions)
    return {
        "open": families.total(),
        "byFamily": {family: count for family, count in sorted(families.items()) if count},
        "queries": queries,
        "subscriptions": subscribed,
        "complete": connections.all and subscriptions.all,
    }


class _Rows:
    """The rows of a table, unless they are too many."""

    def __init__(self, engine: Engine, table: Table) -> None:
        self._engine, self._table = engine, table
        self.all = False

    def __iter__(self) -> Iterator[Item]:
        start = None
        for _ in range(_MOST_PAGES):
            page = self._engine.scan(self._table, start)
            yield from page.items
            start = page.next_key
            if start is None:
                self.all = True
                return
