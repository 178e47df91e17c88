"""Whoever wants to know of commits is told of each, also of one whose answer was lost."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from shared.db.access import Access
from shared.db.database import Database
from shared.db.engine import Operation, Reason, TransactionCanceled
from shared.db.outcome import Change, MutationRequest
from shared.schema.document import DOCUMENTS
from tests.db.sample import new_project
from tests.support.memory_engine import MemoryEngine
from tests.support.stores import make_store

EVERYTHING = Access(writes=frozenset(DOCUMENTS.values()))


class LosingEngine(MemoryEngine):
    """Applies the first transaction, and says that another one was in its way."""

    lost = False

    def transact(self, operations: Sequence[Operation], token: str) -> None:
        super().transact(operations, token)
        if not self.lost:
            self.lost = True
            raise TransactionCanceled([Reason("conflict") for _ in operations])


@pytest.mark.parametrize("engine", [MemoryEngine(), LosingEngine()])
@pytest.mark.parametrize("key", [None, "key/ada/1"])
def test_a_commit_is_told_with_the_connection_that_made_it(engine: MemoryEngine, key: str | None) -> None:
    told: list[Change] = []
    database = Database(make_store(engine), told.append, by="socket-1")
    request = MutationRequest("test:create", "ada", "", key and f"{key}{type(engine).__name__}")
    database.mutate(EVERYTHING, lambda db: f'"{new_project(db, "one")}"', request)
    ((_, topics, by),) = told
    (record,) = [row for row in engine.tables["commits"].values() if row["commit"] == told[0].commit]
    assert (by, record["by"]) == ("socket-1", "socket-1")
    assert set(topics) == {*record["documents"], *record["ranges"]}
