"""Building the records of indexes for documents that are already there."""

from __future__ import annotations

import json

import pytest

from shared.db.access import Access
from shared.db.audit import audit
from shared.db.database import Database, MutationRequest
from shared.db.engine import Key, Put
from shared.db.rebuild import RebuildFailed, rebuild
from shared.db.store import Store
from shared.db.writer import Writer
from shared.errors import IndexNotReady
from shared.schema.document import Id
from shared.schema.platform import CLAIMS, RANGES
from shared.schema.tables import File, Project
from tests.support.memory_engine import MemoryEngine
from tests.support.memory_objects import MemoryObjects
from tests.support.stores import HashSigner, make_clock, make_store

ALL = Access(writes=frozenset({Project, File}))
REQUEST = MutationRequest("test:test", "ada", "")


def put_past_the_runtime(store: Store, count: int) -> Id[Project]:
    """Write a project and files as an import or restore would: rows and index entries, no records."""
    entropy = store.clock.entropy
    project = Project.mint_id(entropy(16))
    row = {
        "_id": project,
        "_creationTime": 1,
        "_version": store.unique(),
        "name": "x",
        "ownerId": "ada",
        "updatedAt": 1,
    }
    store.engine.write(Put(Project.table(), row))
    for number in range(count):
        file = {
            "_id": File.mint_id(entropy(16)),
            "_creationTime": 2 + number,
            "_version": store.unique(),
            "projectId": project,
            "_parentIdOrAbsent": "-",
            "name": f"file{number}",
            "type": "file",
            "updatedAt": 1,
        }
        store.engine.write(Put(File.table(), file))
    return project


def unbuilt_store() -> Store:
    return Store(MemoryEngine(), MemoryObjects(), make_clock(), HashSigner())


def test_a_count_before_the_rebuild_is_refused_and_names_the_command() -> None:
    store = unbuilt_store()
    put_past_the_runtime(store, 1)
    with pytest.raises(IndexNotReady, match="make rebuild"):
        Database(store).query(ALL, lambda db: db.count(Project.by_owner, owner_id="ada"))


def test_after_a_rebuild_counts_listings_and_unique_keys_are_right() -> None:
    store = unbuilt_store()
    project = put_past_the_runtime(store, 3)
    rebuild(store)

    def body(db: Writer) -> str:
        files = db.query(File.by_project_parent, project_id=project, parent_id=None).collect()
        named = db.lookup(File.sibling_name, project_id=project, parent_id=None, name="file1")
        return json.dumps([db.count(Project.by_owner, owner_id="ada"), len(files), named is not None])

    assert Database(store).mutate(ALL, body, REQUEST).value == "[1, 3, true]"


def test_a_rebuild_twice_writes_nothing_the_second_time() -> None:
    store = unbuilt_store()
    put_past_the_runtime(store, 3)
    rebuild(store)
    assert all(line.endswith(": 0 records written") for line in rebuild(store))


def test_a_rebuild_corrects_damaged_records_and_drops_stale_claims() -> None:
    store = make_store()
    project = put_past_the_runtime(store, 2)
    store.engine.write(
        Put(RANGES, {"range": 'projects.by_owner/["ada"]', "version": "1", "count": 7, "fingerprint": 1})
    )
    stale = f'files.sibling_name/["{project}","-","gone"]'
    store.engine.write(Put(CLAIMS, {"key": stale, "id": "nobody", "version": "1"}))
    rebuild(store)
    assert store.engine.get(Key(CLAIMS, stale)) is None
    assert audit(store) == []


def test_documents_that_share_a_unique_key_are_reported_and_nothing_is_declared_complete() -> None:
    store = unbuilt_store()
    project = put_past_the_runtime(store, 1)
    twin = File.mint_id(store.clock.entropy(16))
    row = {
        "_id": twin,
        "_creationTime": 9,
        "_version": "1",
        "projectId": project,
        "_parentIdOrAbsent": "-",
        "name": "file0",
        "type": "folder",
        "updatedAt": 1,
    }
    store.engine.write(Put(File.table(), row))
    with pytest.raises(RebuildFailed, match=twin):
        rebuild(store)
    with pytest.raises(IndexNotReady):
        Database(store).query(
            ALL, lambda db: db.lookup(File.sibling_name, project_id=project, parent_id=None, name="file9")
        )


def test_a_range_written_to_during_the_rebuild_is_counted_again() -> None:
    class Busy(MemoryEngine):
        """Creates a project just after the first time that projects were counted."""

        database: Database | None = None

        def scan(self, table, start_key, limit=None):  # type: ignore[no-untyped-def]
            page = super().scan(table, start_key, limit)
            if table.name == "projects" and self.database is not None:
                database, self.database = self.database, None
                database.mutate(
                    ALL, lambda db: json.dumps(db.insert(Project, name="y", owner_id="ada", updated_at=1)), REQUEST
                )
            return page

    engine = Busy()
    store = Store(engine, MemoryObjects(), make_clock(), HashSigner())
    put_past_the_runtime(store, 0)
    engine.database = Database(store)
    rebuild(store)
    assert Database(store).query(ALL, lambda db: db.count(Project.by_owner, owner_id="ada")) == 2
