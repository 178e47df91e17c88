"""The auditor: what it finds, and that it finds nothing where nothing is wrong."""

from __future__ import annotations

import json

from shared.db.access import Access
from shared.db.audit import audit
from shared.db.database import Database, MutationRequest
from shared.db.engine import Delete, Key, Update
from shared.db.store import Store
from shared.db.writer import Writer
from shared.schema.document import Id
from shared.schema.platform import CLAIMS, RANGES
from shared.schema.tables import File, Project
from tests.support.stores import make_store

ALL = Access(writes=frozenset({Project, File}))
REQUEST = MutationRequest("test:test", "ada", "")


def store_with_a_file() -> tuple[Store, Id[Project], Id[File]]:
    store = make_store()

    def body(db: Writer) -> str:
        project = db.insert(Project, name="x", owner_id="ada", updated_at=1)
        folder = db.insert(File, project_id=project, name="src", type="folder", updated_at=1)
        db.insert(File, project_id=project, parent_id=folder, name="a", type="file", content="", updated_at=1)
        return json.dumps([project, folder])

    project, folder = json.loads(Database(store).mutate(ALL, body, REQUEST).value)
    return store, project, folder


def test_what_mutations_write_agrees() -> None:
    assert audit(store_with_a_file()[0]) == []


def test_a_wrong_count_is_found() -> None:
    store, _, _ = store_with_a_file()
    name = 'projects.by_owner/["ada"]'
    store.engine.write(Update(Key(RANGES, name), {}, {"count": 1}))
    (line,) = audit(store)
    assert line.startswith(name)


def test_a_lost_claim_is_found() -> None:
    store, project, _ = store_with_a_file()
    name = f'files.sibling_name/["{project}","-","src"]'
    store.engine.write(Delete(Key(CLAIMS, name)))
    (line,) = audit(store)
    assert line.startswith(name)


def test_a_file_whose_folder_is_gone_is_found() -> None:
    store, _, folder = store_with_a_file()
    store.engine.write(Delete(Key(File.table(), folder)))
    assert any("does not exist" in line for line in audit(store))
