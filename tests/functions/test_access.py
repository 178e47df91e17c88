"""Each function declares the tables it touches, and nothing more: its role on AWS follows from the declaration."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, cast

import pytest

from shared.db.access import Access
from shared.runtime.context import QueryContext
from shared.runtime.function import Function, query
from shared.schema.document import Document, Id
from shared.schema.tables import Project, User
from tests.functions.callers import Client, identity, registry
from tests.functions.calls import SAMPLES, Sample
from tests.functions.rows import furnish
from tests.runtime.backend import make_environment

RARELY = {
    path: {"users"}  # the owner's row is made at their first call
    for path in (
        "projects:create",
        "projects:createWithPrompt",
        "projects:generate",
        "system:createProject",
        "system:createProjectWithConversation",
        "system:startImport",
    )
}
RARELY |= {
    path: {"deletions"}  # of large folders only
    for path in ("files:deleteFile", "system:deleteFile", "system:deleteFileByPath")
}
RARELY["system:sweepDeletions"] = {"projects"}  # which name the folders that are being deleted
RARELY["files:beginLargeUpload"] = {"_storage"}  # which is measured rather than read
"""Tables that a function touches only in cases for which there is no sample."""


class Asked(frozenset[type[Document]]):
    """Tables, and which of them were asked for."""

    def __init__(self, _tables: Iterable[type[Document]]) -> None:
        self.seen: set[object] = set()

    def __contains__(self, table: object) -> bool:
        self.seen.add(table)
        return super().__contains__(table)


class Watched:
    """Stands for an `Access` and remembers what it was asked for."""

    def __init__(self, access: Access) -> None:
        self.reads, self.binary = access.reads, access.binary
        self.readable, self.writes = Asked(access.readable), Asked(access.writes)


def declared_in_vain(function: Function[Any], samples: Iterable[Sample]) -> set[str]:
    """Return the tables that a function declares and no call of `samples` touches as declared."""
    watched = Watched(function.access)
    for sample in samples:
        client = Client(make_environment(), identity("ada"), internal=True)
        rows = furnish(client.environment, "ada", "one", files=1)
        if sample.after is not None:
            sample.after.run(client, rows)
        client.wait(5)  # a project notes that something in it changed once a second
        client.run(replace(function, access=cast("Access", watched)), sample.arguments(rows))
    read_only = function.access.reads - function.access.writes
    unused = (read_only - watched.readable.seen) | (function.access.writes - watched.writes.seen)
    return {document.table_name() for document in unused}


@pytest.mark.parametrize("path", sorted(registry()))
def test_a_function_touches_every_table_that_it_declares(path: str) -> None:
    samples = [sample for sample in SAMPLES if sample.path == path]
    assert declared_in_vain(registry()[path], samples) == RARELY.get(path, set())


def test_a_table_declared_in_vain_is_noticed() -> None:
    @query(reads=[Project, User])
    def get(ctx: QueryContext, *, id: Id[Project]) -> Project | None:
        """Read one table of two."""
        return ctx.db.get(Project, id)

    assert declared_in_vain(get, [Sample("projects:getById", lambda rows: {"id": rows.project})]) == {"users"}
